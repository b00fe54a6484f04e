/** Code generation of one function, from SSA to symbolic instructions: the steps in their order. */
import type { DiagSink } from "../../diag/diagnostic.ts";
import { dominators } from "../ir/dominators.ts";
import type { IrFunction } from "../ir/model.ts";
import { allocate } from "./allocate.ts";
import { dropDeadSpills } from "./dead-spills.ts";
import { splitEdges } from "./edges.ts";
import { emit, MAX_REACH } from "./emit.ts";
import { askAtEntries } from "./entry-tests.ts";
import { dropKnownMoves } from "./forward.ts";
import { layOutFrame } from "./frame.ts";
import { hoistConstants } from "./hoist.ts";
import { orderBlocks } from "./layout.ts";
import { askMayGotoFirst } from "./loop-ends.ts";
import { materialise } from "./materialise.ts";
import { type Placed, place } from "./placed.ts";
import { raiseResults } from "./raise.ts";
import { select } from "./select.ts";
import { preferShortWays } from "./short-ways.ts";
import type { Subprog } from "./subprog.ts";
import { forwardJumps, mergeTails } from "./tails.ts";
import { type Cpu, MAX_STACK, type Target, targets } from "./target.ts";

export interface GenerateOptions {
  readonly cpu: Cpu;
  /** Without it code is laid out block by block, as the source has it. */
  readonly optimise: boolean;
  /** Steps of `optionalSteps` that are left out: what is each worth? */
  readonly without?: ReadonlySet<string>;
}

/** Steps that code can do without. */
export const optionalSteps = [
  "ask-at-entries",
  "ask-may-goto-first",
  "drop-dead-spills",
  "drop-known-moves",
  "hoist-constants",
  "merge-tails",
  "order-blocks",
  "raise-results",
  "short-ways",
] as const;

/** Runs a step of code generation if it is wanted. */
type Optionally = <T>(name: (typeof optionalSteps)[number], step: (given: T) => T, given: T) => T;

/**
 * The instructions of `fn`; branch targets are labels, stack objects have their offsets from r10.
 * Relies on: checked SSA, copies and fills expanded, at most five parameters and arguments.
 * Errors: E0440 where the frame is too large (the result then has no lines), E0442.
 */
export function generate(fn: IrFunction, options: GenerateOptions, sink: DiagSink): Subprog {
  const target = targets[options.cpu];
  const optionally: Optionally = (name, step, given) =>
    options.optimise && !options.without?.has(name) ? step(given) : given;
  const split = splitEdges(fn);
  const { idom } = dominators(split);
  const selected = materialise(select(split, target, sink), idom);
  const allocated = allocate(optionally("hoist-constants", hoistConstants, selected));
  if ("pressure" in allocated) return tooLarge(fn, (allocated.pressure - 10) * 8, sink);
  const code = optionally("drop-dead-spills", dropDeadSpills, allocated);
  const frame = layOutFrame(code);
  if (frame.size > MAX_STACK) return tooLarge(fn, frame.size, sink);
  const { lines, reach } = emit(finish(place(code, frame), split.nextId, target, optionally), target);
  if (reach > MAX_REACH)
    sink.error("E0442", fn.span, fn.name, reach).help("compile with -mcpu=v4, or split the function");
  return { ...headOf(fn), lines, stackSize: frame.size };
}

function finish(placed: readonly Placed[], nextId: number, target: Target, optionally: Optionally): readonly Placed[] {
  const moved = optionally("drop-known-moves", dropKnownMoves, placed);
  const merged = optionally("merge-tails", (blocks) => mergeTails(blocks, nextId), moved);
  const raised = optionally("raise-results", (blocks) => raiseResults(blocks, target), merged);
  const asked = optionally("ask-may-goto-first", askMayGotoFirst, forwardJumps(raised));
  const entered = optionally("ask-at-entries", askAtEntries, asked);
  const hinted = optionally("short-ways", (blocks) => preferShortWays(blocks, target), entered);
  return optionally("order-blocks", (blocks) => orderBlocks(blocks, target), hinted);
}

function tooLarge(fn: IrFunction, size: number, sink: DiagSink): Subprog {
  sink
    .error("E0440", fn.span, fn.name, size, MAX_STACK)
    .help("make local arrays and structs smaller, or keep them in a map with one element");
  return { ...headOf(fn), lines: [], stackSize: size };
}

const headOf = (fn: IrFunction) => ({
  name: fn.name,
  linkage: fn.linkage,
  span: fn.span,
  ...(fn.section !== undefined && { section: fn.section }),
});
