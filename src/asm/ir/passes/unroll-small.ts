/**
 * Short loops that go round a known number of times become a copy of their body for each round, where that is little
 * code: nothing is counted or compared at run time, the kernel's verifier has fewer states to tell apart, and places in
 * arrays become constants.
 * Relies on: `promote` runs afterwards; loops that the source says something about are done. Keeps: effects, their order.
 */
import { dominators } from "../dominators.ts";
import { blockMap, type Pass } from "../edit.ts";
import { successors } from "../inst.ts";
import { type Loop, loopsOf, mayLoop } from "../loops.ts";
import type { Block, BlockId, Inst, IrFunction } from "../model.ts";
import { tripsOf } from "../trip-count.ts";
import { type Copies, unrolled } from "../unrolled.ts";
import { definitions } from "../uses.ts";

/** Rounds beyond which no body is short enough. */
const maxTrips = 64;
/** Instructions that all the copies together may have. */
const maxSize = 120;

export const unrollSmall: Pass = {
  name: "unroll-small",
  run(fn) {
    const found = mayLoop(fn) ? smallLoops(fn) : [];
    return found.reduce((made, { loop, copies }) => unrolled(made, loop, copies), fn);
  },
};

interface Small {
  readonly loop: Loop;
  readonly copies: Copies;
}

/** Innermost loops that are worth it, none with blocks of another. */
function smallLoops(fn: IrFunction): Small[] {
  const doms = dominators(fn);
  const loops = loopsOf(fn, doms);
  if (loops.length === 0) return [];
  const cx = { blocks: blockMap(fn), defs: definitions(fn), doms };
  const touched = new Set<BlockId>();
  return loops.flatMap((loop) => {
    const inner = ![...loop.blocks].some((block) => touched.has(block));
    for (const block of loop.blocks) touched.add(block);
    const size = inner ? sizeOf(loop, cx.blocks) : undefined;
    if (size === undefined || size > maxSize) return [];
    const trips = tripsOf(loop, Math.min(maxTrips, Math.floor(maxSize / Math.max(size, 1))), cx);
    return trips && trips.count > 0 && trips.count * size <= maxSize
      ? [{ loop, copies: { count: trips.count + 1, trips } }]
      : [];
  });
}

/** Instructions that each copy has of its own; undefined where the loop has to stay, or calls and may be left early. */
function sizeOf(loop: Loop, blocks: ReadonlyMap<BlockId, Block>): number | undefined {
  let size = 0;
  let exits = 0;
  let calls = false;
  for (const id of loop.blocks) {
    const { insts, term } = blocks.get(id)!;
    if (insts.some((inst) => inst.op === "unroll" || inst.op === "may_goto")) return undefined;
    for (const inst of insts) size += costOf(inst);
    if (term.op === "br") size++;
    exits += successors(term).filter((next) => !loop.blocks.has(next)).length;
    calls ||= insts.some((inst) => inst.op === "call");
  }
  if (calls && exits > 1) return undefined;
  // the test of how often is gone
  return size - 1;
}

/** What is no instruction of the machine, or is none in a copy for one round. */
const FREE: ReadonlySet<Inst["op"]> = new Set(["phi", "const", "slot", "cast", "barrier", "end"]);

function costOf(inst: Inst): number {
  if (FREE.has(inst.op)) return 0;
  return inst.op === "call" ? 1 + inst.args.length : 1;
}
