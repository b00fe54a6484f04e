/** The ends of locals: behind its scope the bytes of a stack object are nobody's, and others may lie there. */
import type { SlotId } from "../ir/model.ts";
import type { FunctionContext } from "./context.ts";

const end = (cx: FunctionContext, slot: SlotId): void => {
  cx.b.emit({ op: "end", ty: "void", slot });
};

/** Lowers a scope whose locals end behind it, after `body` has made its value. */
export function inScope<T>(cx: FunctionContext, body: () => T): T {
  const first = cx.open.length;
  const made = body();
  for (const slot of cx.open.splice(first)) end(cx, slot);
  return made;
}

/** The mark of what is made from here on, for `endSince`. */
export const slotMark = (cx: FunctionContext): number => cx.b.slotCount;

/**
 * Ends, at a place that jumps out of scopes lead to, the objects made between two marks. Those of compound literals
 * are left out: some code goes on using them.
 */
export function endSince(cx: FunctionContext, mark: number, to: number = slotMark(cx)): void {
  for (let slot = mark; slot < to; slot++) if (!cx.literals.has(slot as SlotId)) end(cx, slot as SlotId);
}
