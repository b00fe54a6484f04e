/**
 * `if (c) return 1; ...return x;`: a way that only sets the result and returns does so before its branch, which then goes
 * to the one exit. That saves an exit, where the other way makes a result of its own anyway.
 */
import type { Reg } from "../../isa/insn.ts";
import type { BlockId } from "../ir/model.ts";
import { written } from "./forward.ts";
import { type Item, type Placed, type PlacedTerm, successorsOf } from "./placed.ts";
import { oppositeOf } from "./select-branch.ts";
import type { Target } from "./target.ts";

type Branch = Extract<PlacedTerm, { readonly kind: "branch" }>;

/** Relies on: tails are merged, exits are one block. Keeps: blocks and edges; emptied blocks vanish in layout. */
export function raiseResults(blocks: readonly Placed[], target: Target): readonly Placed[] {
  const exits = new Map(blocks.filter(isExit).map(({ id }) => [id, jumpsTo(blocks, id)]));
  if (![...exits.values()].some((jumps) => jumps > 1)) return blocks;
  const entries = entriesOf(blocks);
  const byId = new Map(blocks.map((block) => [block.id, block]));
  const live = resultLiveIn(blocks);
  for (const { id, term } of blocks) {
    if (term.kind !== "branch") continue;
    for (const [arm, other] of [
      [term.yes, term.no],
      [term.no, term.yes],
    ] as const) {
      const way = byId.get(arm)!;
      const exit = way.term.kind === "jump" ? way.term.to : undefined;
      const jumps = exit === undefined ? undefined : exits.get(exit);
      // The last way into the exit by a jump falls through: it costs nothing.
      if (jumps === undefined || jumps < 2 || other === exit || live.has(other)) continue;
      if (entries.get(arm) !== 1 || !setsResult(way) || !mayRaise(term, arm, target)) continue;
      const before = byId.get(id)!;
      byId.set(id, { ...before, items: [...before.items, ...way.items] });
      byId.set(arm, { ...way, items: [] });
      exits.set(exit!, jumps - 1);
      break;
    }
  }
  return blocks.map(({ id }) => byId.get(id)!);
}

const isExit = ({ items, term }: Placed): boolean => items.length === 0 && term.kind === "exit";

const jumpsTo = (blocks: readonly Placed[], id: BlockId): number =>
  blocks.filter(({ term }) => term.kind === "jump" && term.to === id).length;

function entriesOf(blocks: readonly Placed[]): ReadonlyMap<BlockId, number> {
  const entries = new Map<BlockId, number>();
  for (const { term } of blocks) for (const to of successorsOf(term)) entries.set(to, (entries.get(to) ?? 0) + 1);
  return entries;
}

const isResult = (item: Item): boolean =>
  !item.asm &&
  !item.unless &&
  !item.core &&
  item.insn.kind === "alu" &&
  item.insn.op === "mov" &&
  item.insn.dst === 0 &&
  "imm" in item.insn.src;

const setsResult = ({ items }: Placed): boolean => items.length === 1 && isResult(items[0]!);

/** The branch does not ask r0, can jump to the exit, and no hint says that the other way is the usual one. */
function mayRaise({ cond, likely, yes }: Branch, arm: BlockId, target: Target): boolean {
  if (asksZero(cond)) return false;
  if (arm !== yes && oppositeOf(cond, target) === undefined) return false;
  return likely === undefined || likely === (arm === yes);
}

/** What an item does with r0: reads it (or may), sets it without reading it, or neither. */
function useOfResult(item: Item): "reads" | "sets" | undefined {
  if (item.asm) return "reads";
  const { insn, unless } = item;
  if (insn.kind === "call" && !unless) return "sets";
  const { reads, writes } = touched(item);
  if (reads || (writes && unless)) return "reads";
  return writes ? "sets" : undefined;
}

function touched({ insn, unless }: Extract<Item, { readonly asm?: undefined }>) {
  const writes = written(insn).includes(0);
  const guard = unless ? registersOf(unless) : [];
  switch (insn.kind) {
    case "ld_imm64":
      return { writes, reads: guard.includes(0) };
    case "alu":
      return { writes, reads: [...guard, insn.op === "mov" ? undefined : insn.dst, regOf(insn.src)].includes(0) };
    case "load":
      return { writes, reads: [...guard, insn.base].includes(0) };
    case "store":
      return { writes, reads: [...guard, insn.base, regOf(insn.src)].includes(0) };
    default:
      return { writes, reads: true };
  }
}

const registersOf = (cond: Branch["cond"]): readonly (Reg | undefined)[] =>
  cond === "may_goto" ? [] : [cond.dst, regOf(cond.src)];

const asksZero = (cond: Branch["cond"]): boolean => registersOf(cond).includes(0);

const regOf = (src: { readonly reg: Reg } | { readonly imm: number }): Reg | undefined =>
  "reg" in src ? src.reg : undefined;

/** Blocks at whose start r0 may still be asked for what it holds. */
function resultLiveIn(blocks: readonly Placed[]): ReadonlySet<BlockId> {
  const live = new Set<BlockId>();
  const clear: Placed[] = [];
  for (const block of blocks) {
    const first = block.items.map(useOfResult).find((use) => use !== undefined);
    if (first === "reads" || (first === undefined && asksResult(block.term))) live.add(block.id);
    else if (first === undefined) clear.push(block);
  }
  for (let changed = true; changed; ) {
    changed = false;
    for (const { id, term } of clear) {
      if (live.has(id) || !successorsOf(term).some((to) => live.has(to))) continue;
      live.add(id);
      changed = true;
    }
  }
  return live;
}

const asksResult = (term: PlacedTerm): boolean =>
  term.kind === "exit" || (term.kind === "branch" && asksZero(term.cond));
