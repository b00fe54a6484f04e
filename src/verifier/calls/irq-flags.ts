/** Interrupt flags, saved in a slot of the stack and restored in the opposite order. kernel/bpf/verifier.c:process_irq_flag */
import type { Reg } from "../../isa/insn.ts";
import type { Cx } from "../cx.ts";
import { forget, isIterator, isKept, isRoom, type Kept, SLOT, slotAt, write } from "../domain/stack.ts";
import { reg as regOf, type State, setReg } from "../domain/state.ts";
import { nothing, type Pointer, pointer } from "../domain/value.ts";
import { checkReadable } from "../holds.ts";
import { type Outcome, refuse, unmodelled } from "../outcome.ts";
import { regName, valueWords } from "../words.ts";
import { clobber } from "./clobber.ts";
import type { OwnKfunc } from "./own-kfunc.ts";

/** How the kernel's own objects on the stack are called; this one has no struct. */
export const FLAGS = "set of saved interrupt flags";

/** Flags that were saved with a lock are restored with it. */
export type By = "call" | "lock";

const found = (state: State, p: Pointer): Kept | undefined => {
  const frame = p.to.kind === "stack" ? state.frames[p.to.frame] : undefined;
  const value = frame && slotAt(frame.stack, p.off);
  return isKept(value) ? value : undefined;
};

export function checkFlags(cx: Cx, state: State, name: string, r: Reg, step: "save" | "restore", by: By): Outcome {
  const unread = checkReadable(cx, state, r);
  if (unread) return unread;
  const p = regOf(state, r);
  const wrong = (want: string): Outcome => refuse("E0559", [regName(r), name, want, valueWords(cx, p)], { about: [p] });
  if (!isRoom(p, SLOT)) return wrong("a slot of the stack for interrupt flags");
  const object = found(state, p);
  const isFlags = object?.to.name === FLAGS;
  if (step === "save") {
    if (isFlags) return wrong("a slot that holds no saved flags");
    return object && !isIterator(object) ? unmodelled("interrupt flags over another object of the kernel") : undefined;
  }
  if (!object || !isFlags) return wrong("a slot in which flags were saved");
  if (object.to.mode !== by) return wrong(by === "lock" ? "flags that a lock saved" : "flags that no lock saved");
  return state.held.irq?.id === object.ref ? undefined : refuse("E0599", [name], { about: [object] });
}

export function saveFlags(cx: Cx, state: State, r: Reg, by: By): void {
  const p = regOf(state, r);
  const frame = p.kind === "ptr" && p.to.kind === "stack" ? state.frames[p.to.frame] : undefined;
  if (!frame || p.kind !== "ptr") return;
  const id = cx.newId();
  const slot = pointer({ kind: "object", name: FLAGS, mode: by, nth: 0 }, state.at, { ref: id });
  frame.stack = write(frame.stack, p.off, SLOT, slot);
  state.held = { ...state.held, irq: { id, before: state.held.irq } };
}

export function restoreFlags(state: State, r: Reg): void {
  const p = regOf(state, r);
  const frame = p.kind === "ptr" && p.to.kind === "stack" ? state.frames[p.to.frame] : undefined;
  if (!frame || p.kind !== "ptr") return;
  frame.stack = forget(frame.stack, p.off, p.off + SLOT);
  state.held = { ...state.held, irq: state.held.irq?.before };
}

const kfunc = (step: "save" | "restore"): OwnKfunc => ({
  check: (cx, state, { name }) => checkFlags(cx, state, name, 1, step, "call"),
  run(cx, state) {
    if (step === "save") saveFlags(cx, state, 1, "call");
    else restoreFlags(state, 1);
    clobber(state);
    setReg(state, 0, nothing(state.at));
    return undefined;
  },
});

export const IRQ_KFUNCS: Readonly<Record<string, OwnKfunc>> = {
  bpf_local_irq_save: kfunc("save"),
  bpf_local_irq_restore: kfunc("restore"),
};
