/** Algebra of binary operations. */
import { fitsS16, onlyBit } from "../../../support/int.ts";
import { foldBin } from "../evaluate.ts";
import { bitsOf, type InstOf, inverse } from "../inst.ts";
import { greatest, isNonNegative, maskOf } from "../known-bits.ts";
import type { BinOp, Inst, IrType, ValueId } from "../model.ts";
import { simplifyBytes } from "./bytes.ts";
import { instead, number, type Rewrite, type RuleContext, same } from "./rule.ts";

type Bin = InstOf<"bin">;

const commutative: ReadonlySet<BinOp> = new Set(["add", "mul", "and", "or", "xor"]);

/** Rules for two values, then for one value and a constant. */
export function simplifyBin(inst: Bin, cx: RuleContext): Rewrite {
  const a = cx.constant(inst.a);
  const b = cx.constant(inst.b);
  const bits = bitsOf(inst.ty);
  if (a !== undefined && b !== undefined) {
    const value = foldBin(inst.fn, bits, a, b);
    if (value !== undefined) return number(inst.ty, value);
  }
  if (a !== undefined && b === undefined && commutative.has(inst.fn)) {
    return cx.type(inst.a) === cx.type(inst.b) ? instead({ ...inst, a: inst.b, b: inst.a }) : undefined;
  }
  if (inst.ty === "ptr" || cx.type(inst.a) === "ptr") return pointerRules(inst, b, cx);
  if (inst.a === inst.b) return equalOperands(inst);
  if (b !== undefined) return constantRules(inst, b, cx);
  if (a !== undefined && inst.fn === "sub") return fromConstant(inst, a, cx) ?? valueRules(inst, cx);
  return valueRules(inst, cx) ?? simplifyBytes(inst, cx);
}

/** c - 0, c1 - (c2 - x) and c1 - (x + c2). */
function fromConstant(inst: Bin, c: bigint, cx: RuleContext): Rewrite {
  const { ty } = inst;
  if (c === 0n) return instead({ op: "neg", ty, a: inst.b });
  const inner = cx.def(inst.b);
  if (inner.op !== "bin" || inner.ty !== ty || !cx.once(inst.b)) return undefined;
  const [first, second] = [cx.constant(inner.a), cx.constant(inner.b)];
  const less = (by: bigint): ValueId => cx.number(ty, BigInt.asUintN(bitsOf(ty), c - by));
  if (inner.fn === "sub" && first !== undefined) return instead({ ...inst, fn: "add", a: inner.b, b: less(first) });
  if (inner.fn === "add" && second !== undefined) return instead({ ...inst, a: less(second), b: inner.a });
  return undefined;
}

function equalOperands(inst: Bin): Rewrite {
  if (inst.fn === "sub" || inst.fn === "xor") return number(inst.ty, 0n);
  return inst.fn === "and" || inst.fn === "or" ? same(inst.a) : undefined;
}

function pointerRules(inst: Bin, b: bigint | undefined, cx: RuleContext): Rewrite {
  const outer = cx.def(inst.a);
  if (inst.ty !== "ptr") return distance(inst.a, inst.b, cx);
  if (b === 0n) return same(inst.a);
  if (b !== undefined && inst.fn === "sub")
    return instead({ ...inst, fn: "add", b: cx.number("i64", BigInt.asUintN(64, -b)) });
  if (outer.op === "addr" && outer.symbol.kind === "global" && b !== undefined && inst.fn === "add") {
    const addend = outer.symbol.addend + Number(BigInt.asIntN(64, b));
    if (addend >= 0 && addend < 1 << 30) return instead({ ...outer, symbol: { ...outer.symbol, addend } });
  }
  if (outer.op !== "bin" || outer.ty !== "ptr" || outer.fn !== "add" || inst.fn !== "add") return undefined;
  const inner = cx.constant(outer.b);
  if (inner === undefined) return undefined;
  if (b !== undefined) return instead({ ...inst, a: outer.a, b: cx.number("i64", BigInt.asUintN(64, inner + b)) });
  // (p + c) + x: the constant goes outside, where accesses take it as their offset.
  if (!cx.once(inst.a) || !fitsS16(Number(BigInt.asIntN(64, inner)))) return undefined;
  return instead({ ...inst, a: cx.emit({ op: "bin", ty: "ptr", fn: "add", a: outer.a, b: inst.b }), b: outer.b });
}

/** (p + x) - p, p - (p + x) and (p + x) - (p + y), without the pointers. */
function distance(a: ValueId, b: ValueId, cx: RuleContext): Rewrite {
  const [from, to] = [moved(b, cx), moved(a, cx)];
  if (from.base !== to.base) return undefined;
  if (to.by === undefined)
    return from.by === undefined ? number("i64", 0n) : instead({ op: "neg", ty: "i64", a: from.by });
  if (from.by === undefined) return same(to.by);
  return instead({ op: "bin", ty: "i64", fn: "sub", a: to.by, b: from.by });
}

/** A pointer as a value and what was added to it. */
function moved(pointer: ValueId, cx: RuleContext): { readonly base: ValueId; readonly by?: ValueId } {
  const whole = uncast(pointer, cx);
  const def = cx.def(whole);
  return def.op === "bin" && def.fn === "add" && def.ty === "ptr"
    ? { base: uncast(def.a, cx), by: def.b }
    : { base: whole };
}

function uncast(value: ValueId, cx: RuleContext): ValueId {
  let at = value;
  for (let def = cx.def(at); def.op === "cast"; def = cx.def(at)) at = def.a;
  return at;
}

/** What `x fn c` is for the constants that leave x as it is, or nothing of it. */
function identity(fn: BinOp, ty: IrType, c: bigint): "x" | "zero" | "c" | undefined {
  const full = maskOf(ty);
  if (c === 0n) {
    if (fn === "mul" || fn === "and") return "zero";
    return fn === "udiv" || fn === "sdiv" || fn === "umod" || fn === "smod" ? undefined : "x";
  }
  if (c === 1n && (fn === "mul" || fn === "udiv" || fn === "sdiv")) return "x";
  if (c === 1n && (fn === "umod" || fn === "smod")) return "zero";
  if (c === full && fn === "and") return "x";
  return c === full && fn === "or" ? "c" : undefined;
}

function constantRules(inst: Bin, c: bigint, cx: RuleContext): Rewrite {
  const { ty, fn } = inst;
  const bits = bitsOf(ty);
  const kept = identity(fn, ty, c);
  if (kept === "x") return same(inst.a);
  if (kept) return number(ty, kept === "zero" ? 0n : c);
  if (fn === "sub") return instead({ ...inst, fn: "add", b: cx.number(ty, BigInt.asUintN(bits, -c)) });
  if ((fn === "shl" || fn === "lshr" || fn === "ashr") && c >= BigInt(bits))
    return instead({ ...inst, b: cx.number(ty, c & BigInt(bits - 1)) });
  return reassociate(inst, c, cx) ?? strengthRules(inst, c, cx) ?? bitRules(inst, c, cx);
}

/** (x fn c1) fn c2; (c1 - x) + c2. */
function reassociate(inst: Bin, c: bigint, cx: RuleContext): Rewrite {
  const inner = cx.def(inst.a);
  if (inner.op !== "bin" || inner.ty !== inst.ty) return undefined;
  const from = cx.constant(inner.a);
  if (inst.fn === "add" && inner.fn === "sub" && from !== undefined && cx.once(inst.a))
    return instead({ ...inner, a: cx.number(inst.ty, BigInt.asUintN(bitsOf(inst.ty), from + c)) });
  const first = cx.constant(inner.b);
  if (first === undefined) return undefined;
  const { fn, ty } = inst;
  const bits = bitsOf(ty);
  if (inner.fn === fn) {
    if (commutative.has(fn))
      return instead({ ...inst, a: inner.a, b: cx.number(ty, foldBin(fn, bits, first, c) ?? 0n) });
    if (fn !== "shl" && fn !== "lshr" && fn !== "ashr") return undefined;
    const sum = first + c;
    if (sum < BigInt(bits)) return instead({ ...inst, a: inner.a, b: cx.number(ty, sum) });
    return fn === "ashr" ? instead({ ...inst, a: inner.a, b: cx.number(ty, BigInt(bits - 1)) }) : number(ty, 0n);
  }
  return inner.fn === "shl" && first === c && first > 0n ? shiftedBack(inst, inner, c, cx) : undefined;
}

/** (x << c) >> c: the low bits, extended. */
function shiftedBack(inst: Bin, inner: Bin, c: bigint, cx: RuleContext): Rewrite {
  const { ty } = inst;
  const left = bitsOf(ty) - Number(c);
  if (inst.fn === "ashr" && (left === 8 || left === 16 || (left === 32 && ty === "i64")))
    return instead({ op: "sext", ty, from: left as 8, a: inner.a });
  if (inst.fn !== "lshr") return undefined;
  if (left === 32 && ty === "i64") return instead({ op: "zext", ty, from: 32, a: inner.a });
  return left < 32
    ? instead({ ...inst, fn: "and", a: inner.a, b: cx.number(ty, (1n << BigInt(left)) - 1n) })
    : undefined;
}

/** Multiplications and divisions that are shifts and masks. */
function strengthRules(inst: Bin, c: bigint, cx: RuleContext): Rewrite {
  const { ty, fn } = inst;
  const bits = bitsOf(ty);
  if (fn === "mul" && c === maskOf(ty)) return instead({ op: "neg", ty, a: inst.a });
  if (fn === "sdiv" && c === maskOf(ty)) return instead({ op: "neg", ty, a: inst.a });
  if (fn === "sdiv" || fn === "smod") return signedDivision(inst, c, cx);
  const bit = onlyBit(c);
  if (bit === undefined) return undefined;
  if (fn === "mul") return instead({ ...inst, fn: "shl", b: cx.number(ty, BigInt(bit)) });
  if (fn === "udiv") return instead({ ...inst, fn: "lshr", b: cx.number(ty, BigInt(bit)) });
  return fn === "umod" ? instead({ ...inst, fn: "and", b: cx.number(ty, BigInt.asUintN(bits, c - 1n)) }) : undefined;
}

function signedDivision(inst: Bin, c: bigint, cx: RuleContext): Rewrite {
  const { ty } = inst;
  const bits = bitsOf(ty);
  const unsigned = inst.fn === "sdiv" ? "udiv" : "umod";
  if (c < 1n << BigInt(bits - 1) && isNonNegative(cx.bits(inst.a), ty)) return instead({ ...inst, fn: unsigned });
  const bit = onlyBit(c);
  if (bit === undefined || bit === bits - 1) return undefined;
  // Rounds toward zero: negative numbers get c - 1 added before the shift.
  const count = BigInt(bit);
  const sign = cx.emit({ op: "bin", ty, fn: "ashr", a: inst.a, b: cx.number(ty, BigInt(bits - 1)) });
  const round = cx.emit({ op: "bin", ty, fn: "lshr", a: sign, b: cx.number(ty, BigInt(bits) - count) });
  const sum = cx.emit({ op: "bin", ty, fn: "add", a: inst.a, b: round });
  if (inst.fn === "sdiv") return instead({ op: "bin", ty, fn: "ashr", a: sum, b: cx.number(ty, count) });
  const whole = cx.emit({ op: "bin", ty, fn: "and", a: sum, b: cx.number(ty, BigInt.asUintN(bits, -c)) });
  return instead({ op: "bin", ty, fn: "sub", a: inst.a, b: whole });
}

function bitRules(inst: Bin, c: bigint, cx: RuleContext): Rewrite {
  const { ty, fn } = inst;
  const inner = cx.def(inst.a);
  if (fn === "and") {
    const known = cx.bits(inst.a);
    if (((known.zeros | known.ones) & c) === c) return same(cx.number(ty, known.ones & c));
    if ((greatest(known, ty) & ~c) === 0n) return same(inst.a);
    const low = lowBits(inner, c, ty, cx);
    if (low !== undefined) return instead({ ...inst, a: low });
    if (ty === "i64" && c === 0xffff_ffffn) return instead({ op: "zext", ty, from: 32, a: inst.a });
  }
  if (fn === "lshr" && greatest(cx.bits(inst.a), ty) >> c === 0n) return number(ty, 0n);
  if (fn === "xor" && c === 1n && inner.op === "cmp" && cx.once(inst.a)) {
    const not = inverse(inner.fn);
    if (not) return instead({ op: "cmp", ty, fn: not, a: inner.a, b: inner.b });
  }
  if (fn === "ashr" && isNonNegative(cx.bits(inst.a), ty)) return instead({ ...inst, fn: "lshr" });
  return undefined;
}

/** What was extended, where a mask asks for none of the bits that were added. */
function lowBits(def: Inst, mask: bigint, ty: IrType, cx: RuleContext): ValueId | undefined {
  if (def.op !== "sext" && def.op !== "zext") return undefined;
  if (mask >> BigInt(def.from) !== 0n) return undefined;
  const type = cx.type(def.a);
  if (type === "i64" && ty === "i32" && cx.def(def.a).op !== "cast") return cx.emit({ op: "trunc", ty, a: def.a });
  return type === ty ? def.a : undefined;
}

/** Neither operand is a constant. */
function valueRules(inst: Bin, cx: RuleContext): Rewrite {
  const { ty, fn } = inst;
  if (fn === "sdiv" || fn === "smod") {
    if (!isNonNegative(cx.bits(inst.a), ty) || !isNonNegative(cx.bits(inst.b), ty)) return undefined;
    return instead({ ...inst, fn: fn === "sdiv" ? "udiv" : "umod" });
  }
  if (fn === "ashr" && isNonNegative(cx.bits(inst.a), ty)) return instead({ ...inst, fn: "lshr" });
  if (fn === "shl" || fn === "lshr" || fn === "ashr") return maskedCount(inst, cx);
  const other = cx.def(inst.b);
  if (fn === "udiv") return byPower(inst, other, cx);
  if (fn === "add" && other.op === "neg") return instead({ ...inst, fn: "sub", b: other.a });
  if (fn === "sub" && other.op === "neg") return instead({ ...inst, fn: "add", b: other.a });
  const left = cx.def(inst.a);
  if (fn === "sub" && left.op === "bin" && left.fn === "add" && left.a === inst.b) return same(left.b);
  if (fn === "sub" && left.op === "bin" && left.fn === "add" && left.b === inst.b) return same(left.a);
  const cast = left.op === "cast" || other.op === "cast";
  return fn === "sub" && ty === "i64" && cast ? distance(inst.a, inst.b, cx) : undefined;
}

/** x / (1 << n): both shifts mask their count alike. */
function byPower(inst: Bin, divisor: Inst, cx: RuleContext): Rewrite {
  if (divisor.op !== "bin" || divisor.fn !== "shl" || divisor.ty !== inst.ty) return undefined;
  return cx.constant(divisor.a) === 1n ? instead({ ...inst, fn: "lshr", b: divisor.b }) : undefined;
}

/** The machine masks shift counts itself. */
function maskedCount(inst: Bin, cx: RuleContext): Rewrite {
  const count = cx.def(inst.b);
  if (count.op !== "bin" || count.fn !== "and") return undefined;
  const mask = cx.constant(count.b);
  const needed = BigInt(bitsOf(inst.ty) - 1);
  return mask !== undefined && (mask & needed) === needed ? instead({ ...inst, b: count.a }) : undefined;
}
