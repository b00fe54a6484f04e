/** First values of locals and compound literals. */
import type { Size } from "../../isa/insn.ts";
import { sizeOf } from "../sema/layout.ts";
import type { TExpr, TInit, TInitPart, TLocal } from "../sema/tree.ts";
import type { CType } from "../sema/types.ts";
import { type FunctionContext, sizeDividing, slotAlign, slotOf } from "./context.ts";
import { evaluate } from "./expr.ts";
import { type Address, pointerTo, storeScalar } from "./place.ts";
import { fillBytes, recordInto } from "./record.ts";
import { isWide, storeWide } from "./wide.ts";
import { evaluateWide } from "./wide-expr.ts";

/** Gives a local its first value. */
export function initialise(cx: FunctionContext, local: TLocal, init: TInit): void {
  const base = cx.b.emit({ op: "slot", ty: "ptr", slot: slotOf(cx, local) });
  const volatile = local.type.q?.volatile === true;
  const whole: Address = { base, off: 0, align: slotAlign(local), volatile };
  switch (init.kind) {
    case "scalar":
      storeValue(cx, whole, local.type, init.value);
      return;
    case "copy":
      recordInto(cx, init.from, whole);
      return;
    case "parts":
      if (init.zero) fillBytes(cx, whole, 0, sizeOf(local.type) ?? 0);
      for (const part of init.parts) initialisePart(cx, whole, part);
  }
}

function initialisePart(cx: FunctionContext, whole: Address, part: TInitPart): void {
  const { value } = part;
  const place = partPlace(cx, whole, part);
  if (value.kind === "bytes") storeBytes(cx, place, value.bytes);
  else if (value.expr.type.kind === "record") recordInto(cx, value.expr, place);
  else storeValue(cx, place, value.expr.type, value.expr);
}

function storeValue(cx: FunctionContext, place: Address, type: CType, value: TExpr): void {
  if (isWide(type)) storeWide(cx, place, evaluateWide(cx, value));
  else storeScalar(cx, place, type, evaluate(cx, value));
}

function partPlace(cx: FunctionContext, whole: Address, { off, bits, core, value }: TInitPart): Address {
  const align = Math.min(whole.align, off === 0 ? 8 : sizeDividing(off)) as Size;
  if (!core) return { ...whole, off: whole.off + off, align, ...(bits && { bits }) };
  const { from, ...path } = core;
  const span = value.kind === "expr" ? value.expr.span : cx.fn.span;
  const base = pointerTo(cx, { ...whole, off: whole.off + from }, span);
  const place: Address = { ...whole, base, off: off - from, align, core: path, ...(bits && { bits }) };
  if (value.kind === "expr") return place;
  const { core: _, ...plain } = place;
  return { ...plain, base: pointerTo(cx, place, span), off: 0 };
}

/** Constant bytes, in the greatest stores that are aligned and take no 64-bit constant. */
function storeBytes(cx: FunctionContext, to: Address, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    const size = storeSize(bytes, at, sizeDividing(to.off + at), to.align);
    const value = littleEndian(bytes.subarray(at, at + size));
    cx.b.store({
      size,
      base: to.base,
      off: to.off + at,
      value: cx.b.const(size === 8 ? "i64" : "i32", value),
      volatile: to.volatile,
    });
    at += size;
  }
}

function storeSize(bytes: Uint8Array, at: number, natural: Size, align: Size): Size {
  const most = Math.min(at % align === 0 ? align : sizeDividing(at % align), natural, bytes.length - at);
  if (most < 8) return most >= 4 ? 4 : most >= 2 ? 2 : 1;
  const wide = BigInt.asIntN(64, littleEndian(bytes.subarray(at, at + 8)));
  return wide === BigInt.asIntN(32, wide) ? 8 : 4;
}

const littleEndian = (bytes: Uint8Array): bigint =>
  bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
