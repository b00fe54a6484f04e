/** Whole structs and unions: copied from place to place, never values. */

import type { Size } from "../../isa/insn.ts";
import { bug } from "../../support/bug.ts";
import type { ValueId } from "../ir/model.ts";
import { alignOf, sizeOf } from "../sema/layout.ts";
import type { TExpr } from "../sema/tree.ts";
import type { CType } from "../sema/types.ts";
import { lowerCall } from "./call.ts";
import { hasCleanup, inCleanupScope } from "./cleanup.ts";
import { branchOn } from "./condition.ts";
import { at, type FunctionContext, literalSlot, sizeDividing, slotAlign, temporary } from "./context.ts";
import { runEffects } from "./expr.ts";
import { initialise } from "./init.ts";
import { type Address, addressOf, inProgram, pointerTo } from "./place.ts";
import { lowerAll } from "./stmt.ts";

/** Accesses that one copy or fill may expand to. */
const maxAccesses = 1024;

/** Copies `length` bytes that do not overlap, or are the same bytes. */
export function copyBytes(cx: FunctionContext, to: Address, from: Address, length: number): void {
  if (length === 0 || !small(cx, length, Math.min(to.align, from.align))) return;
  const dst = fixedOffset(cx, to);
  const src = fixedOffset(cx, from);
  cx.b.emit({
    op: "copy",
    ty: "void",
    dst: dst.base,
    dstOff: dst.off,
    src: src.base,
    srcOff: src.off,
    length,
    align: Math.min(to.align, from.align) as Size,
    volatile: to.volatile || from.volatile,
  });
}

/** Sets `length` bytes to one value. */
export function fillBytes(cx: FunctionContext, to: Address, byte: number, length: number): void {
  if (length === 0 || !small(cx, length, to.align)) return;
  const dst = fixedOffset(cx, to);
  cx.b.emit({ op: "fill", ty: "void", dst: dst.base, dstOff: dst.off, byte, length, align: to.align });
}

/** An address to copy by: in the program's own space, at an offset that no loader changes. */
function fixedOffset(cx: FunctionContext, named: Address): { readonly base: ValueId; readonly off: number } {
  const address = inProgram(cx, named);
  return address.core ? { base: pointerTo(cx, address, cx.b.span ?? cx.fn.span), off: 0 } : address;
}

function small(cx: FunctionContext, length: number, align: number): boolean {
  if (length <= maxAccesses * align) return true;
  cx.sink.error("E0411", cx.b.span, length, maxAccesses).help("copy in a bounded loop, or with bpf_probe_read_kernel");
  return false;
}

const recordSize = (type: CType): number => sizeOf(type) ?? 0;
export const recordAlign = (type: CType): Size => sizeDividing(Math.min(8, alignOf(type)));

/** Puts the record that `e` makes to `to`. */
export function recordInto(cx: FunctionContext, e: TExpr, to: Address): void {
  at(cx, e.span, () => {
    const from = recordPlace(cx, e, to);
    if (from) copyBytes(cx, to, from, recordSize(e.type));
  });
}

/** Where the record that `e` makes is; undefined if it was put to `to` already. */
function recordPlace(cx: FunctionContext, e: TExpr, to: Address): Address | undefined {
  switch (e.kind) {
    case "load":
      return addressOf(cx, e.place);
    case "assign":
      return assignRecord(cx, e);
    case "comma":
      runEffects(cx, e.left);
      return recordPlace(cx, e.right, to);
    case "stmt_expr":
      return inCleanupScope(cx, () => {
        lowerAll(cx, e.body);
        if (!e.value || !e.body.some(hasCleanup)) return e.value && recordPlace(cx, e.value, to);
        recordInto(cx, e.value, to);
        return undefined;
      });
    case "literal":
      return literalPlace(cx, e);
    case "cond":
      chooseRecord(cx, e, to);
      return undefined;
    case "convert":
      return recordPlace(cx, e.operand, to);
    case "call": {
      const base = lowerCall(cx, e);
      return base === undefined ? undefined : { base, off: 0, align: recordAlign(e.type), volatile: false };
    }
    default:
      return bug(`no record from ${e.kind}`);
  }
}

function chooseRecord(cx: FunctionContext, e: Extract<TExpr, { kind: "cond" }>, to: Address): void {
  const { b } = cx;
  const [yes, no, end] = [b.block(), b.block(), b.block()];
  branchOn(cx, e.cond, yes, no);
  b.enter(yes);
  if (e.then) recordInto(cx, e.then, to);
  b.jump(end);
  b.enter(no);
  recordInto(cx, e.else, to);
  b.jump(end);
  b.enter(end);
}

/** The object that a compound literal makes, with its first value. */
function literalPlace(cx: FunctionContext, e: Extract<TExpr, { kind: "literal" }>): Address {
  const base = cx.b.emit({ op: "slot", ty: "ptr", slot: literalSlot(cx, e.local) });
  initialise(cx, e.local, e.init);
  return { base, off: 0, align: slotAlign(e.local), volatile: false };
}

/** Copies a record; gives the place it was copied to. */
export function assignRecord(cx: FunctionContext, e: Extract<TExpr, { kind: "assign" }>): Address {
  const to = addressOf(cx, e.place);
  recordInto(cx, e.value, to);
  return to;
}

/** A record that nobody wants: only what making it does. */
export function runRecord(cx: FunctionContext, e: TExpr): void {
  if (e.kind === "assign") assignRecord(cx, e);
  else if (e.kind === "load") addressOf(cx, e.place);
  else {
    const base = temporary(cx, recordSize(e.type));
    recordInto(cx, e, { base, off: 0, align: recordAlign(e.type), volatile: false });
  }
}
