/** Which virtual registers are live where. Machine registers never live across the end of a block. */
import type { BlockId } from "../ir/model.ts";
import {
  defOf,
  eachTermUse,
  eachUse,
  isVirtual,
  type MBlock,
  type MFunction,
  successors,
  type VReg,
} from "./machine.ts";

export interface Liveness {
  readonly liveIn: ReadonlyMap<BlockId, ReadonlySet<VReg>>;
  readonly liveOut: ReadonlyMap<BlockId, ReadonlySet<VReg>>;
}

/**
 * Walks from every use upwards to the definitions, one register at a time: the cost is the size of the answer, not
 * blocks times registers.
 */
export function livenessOf(fn: MFunction): Liveness {
  const preds = predecessors(fn.blocks);
  const liveIn = new Map<BlockId, Set<VReg>>();
  const liveOut = new Map<BlockId, Set<VReg>>();
  const defs = new Map<BlockId, ReadonlySet<VReg>>();
  /** What is wanted at the start of which block, pair by pair. */
  const wantedIn: BlockId[] = [];
  const wanted: VReg[] = [];
  for (const block of fn.blocks) {
    liveIn.set(block.id, new Set());
    liveOut.set(block.id, new Set());
    const scan = scanBlock(block);
    defs.set(block.id, scan.defs);
    for (const reg of scan.exposed) {
      wantedIn.push(block.id);
      wanted.push(reg);
    }
  }
  for (let reg = wanted.pop(); reg !== undefined; reg = wanted.pop()) {
    const block = wantedIn.pop()!;
    const into = liveIn.get(block)!;
    if (into.has(reg)) continue;
    into.add(reg);
    for (const pred of preds.get(block) ?? []) {
      liveOut.get(pred)!.add(reg);
      if (defs.get(pred)!.has(reg)) continue;
      wantedIn.push(pred);
      wanted.push(reg);
    }
  }
  return { liveIn, liveOut };
}

function scanBlock(block: MBlock): { readonly defs: ReadonlySet<VReg>; readonly exposed: ReadonlySet<VReg> } {
  const defs = new Set<VReg>();
  const exposed = new Set<VReg>();
  const use = (r: VReg) => {
    if (isVirtual(r) && !defs.has(r)) exposed.add(r);
  };
  for (const inst of block.insts) {
    eachUse(inst, use);
    const def = defOf(inst);
    if (def !== undefined && isVirtual(def)) defs.add(def);
  }
  eachTermUse(block.term, use);
  return { defs, exposed };
}

export function predecessors(blocks: readonly MBlock[]): ReadonlyMap<BlockId, readonly BlockId[]> {
  const preds = new Map<BlockId, BlockId[]>(blocks.map((b) => [b.id, []]));
  for (const block of blocks) for (const to of successors(block.term)) preds.get(to)!.push(block.id);
  return preds;
}

/** How often each block runs, by a simple guess: branches halve, loops repeat. */
export function frequencies(blocks: readonly MBlock[]): ReadonlyMap<BlockId, number> {
  const index = new Map(blocks.map((b, i) => [b.id, i]));
  const freq = new Float64Array(blocks.length);
  const isHeader = new Uint8Array(blocks.length);
  const after = blocks.map((block) => successors(block.term).map((to) => index.get(to)!));
  after.forEach((nexts, i) => {
    for (const to of nexts) if (to <= i) isHeader[to] = 1;
  });
  freq[0] = 1;
  blocks.forEach((block, i) => {
    const own = Math.min(freq[i]! * (isHeader[i] ? LOOP_FACTOR : 1), 1e9);
    freq[i] = own;
    for (const { to, chance } of chances(block)) {
      const at = index.get(to)!;
      if (at > i) freq[at]! += own * chance;
    }
  });
  return new Map(blocks.map((b, i) => [b.id, freq[i]!]));
}

const LOOP_FACTOR = 8;
const LIKELY = 0.95;

export function chances(block: MBlock): readonly { readonly to: BlockId; readonly chance: number }[] {
  const { term } = block;
  if (term.kind === "exit") return [];
  if (term.kind === "jump") return [{ to: term.to, chance: 1 }];
  const yes = term.likely === undefined ? 0.5 : term.likely ? LIKELY : 1 - LIKELY;
  return [
    { to: term.yes, chance: yes },
    { to: term.no, chance: 1 - yes },
  ];
}
