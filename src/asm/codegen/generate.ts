/** Code generation of one function, from SSA to symbolic instructions: the steps in their order. */
import type { DiagSink } from "../../diag/diagnostic.ts";
import type { IrFunction } from "../ir/model.ts";
import { allocate } from "./allocate.ts";
import { dropDeadSpills } from "./dead-spills.ts";
import { splitEdges } from "./edges.ts";
import { emit, MAX_REACH } from "./emit.ts";
import { dropKnownMoves } from "./forward.ts";
import { type Frame, layOutFrame } from "./frame.ts";
import { hoistConstants } from "./hoist.ts";
import { orderBlocks } from "./layout.ts";
import type { MFunction } from "./machine.ts";
import { materialise } from "./materialise.ts";
import { type Placed, place } from "./placed.ts";
import { select } from "./select.ts";
import type { Subprog } from "./subprog.ts";
import { forwardJumps, mergeTails } from "./tails.ts";
import { type Cpu, MAX_STACK, targets } from "./target.ts";

export interface GenerateOptions {
  readonly cpu: Cpu;
  /** Without it code is laid out block by block, as the source has it. */
  readonly optimise: boolean;
}

/**
 * The instructions of `fn`; branch targets are labels, stack objects have their offsets from r10.
 * Relies on: checked SSA, copies and fills expanded, at most five parameters and arguments.
 * Errors: E0440 where the frame is too large (the result then has no lines), E0442.
 */
export function generate(fn: IrFunction, options: GenerateOptions, sink: DiagSink): Subprog {
  const target = targets[options.cpu];
  const split = splitEdges(fn);
  const selected = materialise(select(split, target, sink));
  const allocated = allocate(options.optimise ? hoistConstants(selected) : selected);
  if ("pressure" in allocated) return tooLarge(fn, (allocated.pressure - 10) * 8, sink);
  const code = dropDeadSpills(allocated);
  const frame = layOutFrame(code);
  if (frame.size > MAX_STACK) return tooLarge(fn, frame.size, sink);
  const { lines, reach } = emit(finish(code, frame, split.nextId, options), target);
  if (reach > MAX_REACH)
    sink.error("E0442", fn.span, fn.name, reach).help("compile with -mcpu=v4, or split the function");
  return { ...headOf(fn), lines, stackSize: frame.size };
}

function finish(code: MFunction, frame: Frame, nextId: number, options: GenerateOptions): readonly Placed[] {
  const placed = place(code, frame);
  if (!options.optimise) return forwardJumps(placed);
  return orderBlocks(mergeTails(dropKnownMoves(placed), nextId), targets[options.cpu]);
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
