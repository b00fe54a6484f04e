/** What is forgotten so that a loop of unknown length comes to an end. kernel/bpf/verifier.c:widen_imprecise_scalars */
import { type Scalar, sameBounds, unknownScalar } from "./domain/scalar.ts";
import { holding, type Slot, type Stack } from "./domain/stack.ts";
import type { Frame, State } from "./domain/state.ts";
import type { Value } from "./domain/value.ts";

/** Numbers in `now` that differ from what they were a round ago, and on which nothing turned, become unknown. */
export function widen(before: State, now: State): void {
  for (let i = 0; i < now.frames.length; i++) {
    const old = before.frames[i];
    const frame = now.frames[i]!;
    if (old) widenFrame(now, old, frame);
  }
}

function widenFrame(state: State, old: Frame, frame: Frame): void {
  for (let r = 0; r < frame.regs.length; r++) {
    const value = widened(old.regs[r]!, frame.regs[r]!);
    if (value === frame.regs[r]) continue;
    frame.regs[r] = value;
    state.widened = true;
  }
  const stack = widenStack(old.stack, frame.stack);
  if (stack === frame.stack) return;
  frame.stack = stack;
  state.widened = true;
}

function widenStack(old: Stack, now: Stack): Stack {
  let next: (Slot | undefined)[] | undefined;
  now.forEach((slot, i) => {
    const before = old[i];
    const value = before?.spill && slot?.spill ? widened(before.spill.value, slot.spill.value) : slot?.spill?.value;
    if (!slot?.spill || !value || value === slot.spill.value) return;
    next ??= now.slice();
    next[i] = holding(slot, slot.spill.size, value);
  });
  return next ?? now;
}

function widened(old: Value, now: Value): Value {
  if (old.kind !== "scalar" || now.kind !== "scalar" || unchanged(old, now)) return now;
  if (old.origin?.used || now.origin?.used) return now;
  return unknownScalar(now.at);
}

const unchanged = (a: Scalar, b: Scalar): boolean => a === b || sameBounds(a, b);
