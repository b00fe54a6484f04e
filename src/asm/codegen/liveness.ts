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
  if (last?.fn !== fn) last = { fn, live: newLiveness(fn) };
  return last.live;
}

/** The last answer, for steps that ask of one function one after the other. */
let last: { readonly fn: MFunction; readonly live: Liveness } | undefined;

function newLiveness({ blocks }: MFunction): Liveness {
  const place = new Map<BlockId, number>();
  for (let i = 0; i < blocks.length; i++) place.set(blocks[i]!.id, i);
  const preds: number[][] = blocks.map(() => []);
  for (let i = 0; i < blocks.length; i++) for (const to of successors(blocks[i]!.term)) preds[place.get(to)!]!.push(i);
  const into: Set<VReg>[] = [];
  const out: Set<VReg>[] = [];
  const defs: ReadonlySet<VReg>[] = [];
  /** What is wanted at the start of which block, pair by pair. */
  const wantedIn: number[] = [];
  const wanted: VReg[] = [];
  for (let i = 0; i < blocks.length; i++) {
    into.push(new Set());
    out.push(new Set());
    const scan = scanBlock(blocks[i]!);
    defs.push(scan.defs);
    for (const reg of scan.exposed) {
      wantedIn.push(i);
      wanted.push(reg);
    }
  }
  for (let reg = wanted.pop(); reg !== undefined; reg = wanted.pop()) {
    const at = wantedIn.pop()!;
    const live = into[at]!;
    const before = live.size;
    if (live.add(reg).size === before) continue;
    for (const pred of preds[at]!) {
      out[pred]!.add(reg);
      if (defs[pred]!.has(reg)) continue;
      wantedIn.push(pred);
      wanted.push(reg);
    }
  }
  const byBlock = (sets: readonly Set<VReg>[]) => new Map(blocks.map(({ id }, i) => [id, sets[i]!]));
  return { liveIn: byBlock(into), liveOut: byBlock(out) };
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
