/** Forgets what nobody reads any more, so that states which differ in nothing else are alike. kernel/bpf/states.c:clean_verifier_state */
import type { Cx } from "./cx.ts";
import { isKept, type Slot, type Stack } from "./domain/stack.ts";
import type { Frame, State } from "./domain/state.ts";
import { nothing } from "./domain/value.ts";
import { WORDS } from "./stack-live/marks.ts";

const NOTHING = nothing(-1);
const ALL = 0b1111111111;

export function clean(cx: Cx, state: State): void {
  const { frames } = state;
  const alive = frames.some(({ stack }) => stack.length > 0) ? cx.stackLive.alive(frames, state.at) : undefined;
  for (let i = 0; i < frames.length; i++) {
    const frame = frames[i]!;
    cleanRegs(frame, liveRegs(cx, frames[i + 1], state.at));
    if (alive && frame.stack.length > 0) frame.stack = cleanStack(frame.stack, alive, i);
  }
}

/** Registers that a frame reads later: of a caller, after the call returns. */
function liveRegs({ live: { before } }: Cx, inner: Frame | undefined, at: number): number {
  if (!inner) return before[at]!;
  return inner.why.kind === "callback" ? before[inner.callsite]! : (before[inner.callsite + 1] ?? ALL) & ~1;
}

function cleanRegs({ regs }: Frame, live: number): void {
  for (let r = 0; r < regs.length; r++) {
    if (!(live & (1 << r)) && regs[r]!.kind !== "nothing") regs[r] = NOTHING;
  }
}

function cleanStack(stack: Stack, alive: Uint32Array, frame: number): Stack {
  let next: (Slot | undefined)[] | undefined;
  for (let i = 0; i < stack.length; i++) {
    const slot = stack[i];
    if (!slot) continue;
    const halves = (alive[frame * WORDS + (i >> 4)]! >>> ((i & 15) * 2)) & 3;
    if (halves === 3) continue;
    const left = cleanSlot(slot, halves);
    if (left === slot) continue;
    next ??= stack.slice();
    next[i] = left;
  }
  return next ?? stack;
}

/** Bit 0 of `halves` stands for the last four bytes, bit 1 for the first. What the kernel keeps there stays. */
function cleanSlot(slot: Slot, halves: number): Slot | undefined {
  const { spill, zeros } = slot;
  if (isKept(spill?.value)) return slot;
  if (halves === 0) return undefined;
  const left = zeros & (halves === 1 ? 0xf0 : 0x0f);
  const kept = spill && halves === 1 && spill.size <= 4 ? undefined : spill;
  if (left === zeros && kept === spill) return slot;
  return kept || left !== 0 ? { spill: kept, zeros: left } : undefined;
}
