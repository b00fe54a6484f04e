/**
 * Loops whose source asks for it become as many copies of their body as they go round, or as the source says. A copy
 * per round where constants tell how often; else each copy keeps the tests, and the last goes back to the first.
 * Relies on: `promote` runs afterwards. Keeps: effects, their order.
 */
import type { Span } from "../../../support/span.ts";
import { dominators } from "../dominators.ts";
import { blockMap, type Pass } from "../edit.ts";
import type { InstOf } from "../inst.ts";
import { withCode, withInsts } from "../layout.ts";
import { type Loop, loopsOf } from "../loops.ts";
import type { BlockId, Inst, IrFunction } from "../model.ts";
import { tripsOf } from "../trip-count.ts";
import { type Copies, unrolled } from "../unrolled.ts";
import { definitions } from "../uses.ts";

/** Rounds beyond which nobody wants copies. */
const maxTrips = 4096;
/** Instructions that one loop may grow to. */
const maxSize = 32_768;

export const unroll: Pass = {
  name: "unroll",
  run(fn) {
    let made = fn;
    const touched = new Set<BlockId>();
    for (const { hint, loop, copies } of hintsIn(fn)) {
      if (!copies || [...loop.blocks].some((block) => touched.has(block))) continue;
      for (const block of loop.blocks) touched.add(block);
      made = unrolled(made, loop, copies, hint);
    }
    return made;
  },
};

/** The marks left out, once all that could be done is; `failed` hears of loops that asked in vain. */
export const forgetUnrolls = (failed: (span: Span | undefined) => void): Pass => ({
  name: "forget-unrolls",
  run(fn) {
    if (!fn.blocks.some((block) => block.insts.some((inst) => inst.op === "unroll"))) return fn;
    for (const { hint } of hintsIn(fn)) if (hint.times !== "disable") failed(hint.span);
    const blocks = fn.blocks.map((block) =>
      withInsts(
        block,
        block.insts.filter((inst) => inst.op !== "unroll"),
      ),
    );
    return withCode(fn, blocks);
  },
});

interface Hint {
  readonly hint: InstOf<"unroll">;
  readonly loop: Loop;
  /** Undefined where the loop cannot be unrolled as asked. */
  readonly copies: Copies | undefined;
}

const isHint = (inst: Inst): inst is InstOf<"unroll"> => inst.op === "unroll";

/** The marks whose loops are still there, those of inner loops first. */
function hintsIn(fn: IrFunction): Hint[] {
  const marked = new Map<BlockId, InstOf<"unroll">[]>();
  for (const block of fn.blocks) {
    if (!block.insts.some(isHint)) continue;
    marked.set(block.id, block.insts.filter(isHint));
  }
  if (marked.size === 0) return [];
  const doms = dominators(fn);
  const loops = loopsOf(fn, doms);
  const homes = new Map(fn.blocks.flatMap((block) => block.insts.map((inst) => [inst.id, block.id] as const)));
  const cx = { blocks: blockMap(fn), defs: definitions(fn), doms };
  const found: Hint[] = [];
  for (const loop of loops) {
    for (const [block, hints] of marked) {
      if (!loop.blocks.has(block)) continue;
      marked.delete(block);
      // Made before the loop: else that loop is gone, and this is one around it.
      const own = hints.filter(({ a }) => !loop.blocks.has(homes.get(a)!));
      for (const hint of own) found.push({ hint, loop, copies: copiesOf(hint, loop, cx) });
    }
  }
  return found;
}

function copiesOf({ times }: InstOf<"unroll">, loop: Loop, cx: Parameters<typeof tripsOf>[2]): Copies | undefined {
  if (times === "disable") return undefined;
  let size = 0;
  for (const id of loop.blocks) size += cx.blocks.get(id)!.insts.length + 1;
  const trips = tripsOf(loop, maxTrips, cx);
  const whole = trips && (times === "full" || trips.count + 1 <= times) && (trips.count + 1) * size <= maxSize;
  if (whole) return { count: trips.count + 1, trips };
  return times === "full" || times * size > maxSize ? undefined : { count: times };
}
