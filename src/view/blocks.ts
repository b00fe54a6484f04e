/** The control flow of a function: stretches of instructions that run one after the other, and the ways between them. */
import type { DisassembledFunc, DisassembledInsn } from "../driver/disassemble.ts";

export interface Edge {
  /** Slot at which the block begins. */
  readonly from: number;
  readonly to: number;
  /** A branch that is taken, one that is not, or a way without a choice. */
  readonly kind: "taken" | "not-taken" | "next";
}

/** A row of a block, as pictures show it. */
export interface BlockRow {
  readonly kind: "source" | "insn";
  readonly text: string;
  readonly slot: number;
}

export interface Block {
  /** Slot of the first instruction. */
  readonly slot: number;
  readonly rows: readonly BlockRow[];
}

export interface Flow {
  readonly name: string;
  readonly blocks: readonly Block[];
  readonly edges: readonly Edge[];
}

/** Longer source lines are cut: a picture is no listing. */
const MAX_TEXT = 72;
export const shortened = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text);

/** Blocks in the order of the code; a branch to what is no instruction of the function has no edge. */
export function flowOf({ name, insns }: DisassembledFunc): Flow {
  const slots = new Set(insns.map(({ slot }) => slot));
  const starts = new Set([
    ...insns.slice(0, 1).map(({ slot }) => slot),
    ...insns.flatMap(({ target }) => (target !== undefined && slots.has(target) ? [target] : [])),
    ...insns.flatMap((insn, i) => (breaksAfter(insn) && insns[i + 1] ? [insns[i + 1]!.slot] : [])),
  ]);
  const blocks: DisassembledInsn[][] = [];
  for (const insn of insns) {
    if (starts.has(insn.slot)) blocks.push([]);
    blocks.at(-1)!.push(insn);
  }
  return {
    name,
    blocks: blocks.map((block) => ({ slot: block[0]!.slot, rows: block.flatMap(rowsOf) })),
    edges: blocks.flatMap((block, i) => edgesOf(block, blocks[i + 1]?.[0], starts)),
  };
}

const breaksAfter = ({ target, ends }: DisassembledInsn): boolean => target !== undefined || ends === true;

function rowsOf({ line, text, slot }: DisassembledInsn): readonly BlockRow[] {
  const source: BlockRow[] = line
    ? [{ kind: "source", text: `${line.line}: ${line.text.trim().replace(/\s+/g, " ")}`, slot }]
    : [];
  return [...source, { kind: "insn", text, slot }];
}

function edgesOf(
  block: readonly DisassembledInsn[],
  next: DisassembledInsn | undefined,
  starts: ReadonlySet<number>,
): readonly Edge[] {
  const from = block[0]!.slot;
  const { target, ends } = block.at(-1)!;
  const edges: Edge[] = [];
  if (target !== undefined && starts.has(target)) edges.push({ from, to: target, kind: ends ? "next" : "taken" });
  if (!ends && next) edges.push({ from, to: next.slot, kind: target === undefined ? "next" : "not-taken" });
  return edges;
}
