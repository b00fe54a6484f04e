/** Extensions, truncations and casts: most cancel out, many cost nothing in a narrower type. */
import { foldSwap } from "../evaluate.ts";
import { bitsOf, type InstOf } from "../inst.ts";
import { greatest, maskOf } from "../known-bits.ts";
import type { BinOp, Inst, ValueId } from "../model.ts";
import { instead, number, type Rewrite, type RuleContext, same } from "./rule.ts";

type Extend = InstOf<"zext" | "sext">;

export function simplifyZext(inst: Extend, cx: RuleContext): Rewrite {
  const { ty, from } = inst;
  const c = cx.constant(inst.a);
  if (c !== undefined) return number(ty, BigInt.asUintN(from, c));
  const type = cx.type(inst.a);
  const fits = greatest(cx.bits(inst.a), type) >> BigInt(from) === 0n;
  if (fits && type === ty) return same(inst.a);
  const def = cx.def(inst.a);
  if (fits && def.op === "core") return instead({ ...def, ty });
  if (from < 32) return zextNarrow(inst, fits, cx);
  if (def.op === "trunc" && cx.type(def.a) === "i64") return instead({ ...inst, a: def.a });
  if (def.op === "cmp" && cx.once(inst.a)) return instead({ op: "cmp", ty, fn: def.fn, a: def.a, b: def.b });
  return undefined;
}

/** 8 and 16 bits: a mask, in 32 bits where that does. */
function zextNarrow(inst: Extend, fits: boolean, cx: RuleContext): Rewrite {
  const { ty, from } = inst;
  const type = cx.type(inst.a);
  const low: ValueId = type === "i64" && ty === "i32" ? cx.emit({ op: "trunc", ty: "i32", a: inst.a }) : inst.a;
  const narrow = cx.type(low);
  if (narrow !== ty)
    return instead({ op: "zext", ty, from: 32, a: fits ? low : cx.emit({ ...inst, ty: "i32", a: low }) });
  return instead({ op: "bin", ty, fn: "and", a: low, b: cx.number(ty, (1n << BigInt(from)) - 1n) });
}

export function simplifySext(inst: Extend, cx: RuleContext): Rewrite {
  const { ty, from } = inst;
  const c = cx.constant(inst.a);
  if (c !== undefined) return number(ty, BigInt.asUintN(bitsOf(ty), BigInt.asIntN(from, c)));
  const def = cx.def(inst.a);
  const sum = from === 32 && def.op === "bin" && def.fn === "add" && def.ty === "i32" && wideSum(def, inst, cx);
  if (sum) return sum;
  const known = cx.bits(inst.a);
  if ((known.zeros >> BigInt(from - 1)) & 1n) return instead({ op: "zext", ty, from, a: inst.a });
  if (def.op === "trunc" && cx.type(def.a) === "i64") return instead({ ...inst, a: def.a });
  if (def.op === "sext" && def.from <= from)
    return def.ty === ty ? same(inst.a) : instead({ ...inst, from: def.from, a: def.a });
  // Bits above the sign do not count.
  if (def.op === "bin" && def.fn === "and") {
    const mask = cx.constant(def.b);
    const low = (1n << BigInt(from)) - 1n;
    if (mask !== undefined && (mask & low) === low) return instead({ ...inst, a: def.a });
  }
  if (def.op === "load" && def.signed && def.size * 8 <= from && def.ty === ty) return same(inst.a);
  return undefined;
}

/** x + c of 32 bits, extended: a sum of 64 bits, where it cannot overflow. */
function wideSum(sum: InstOf<"bin">, inst: Extend, cx: RuleContext): Rewrite {
  const c = cx.constant(sum.b);
  if (c === undefined || !cx.once(inst.a)) return undefined;
  const signed = BigInt.asIntN(32, c);
  const known = cx.bits(sum.a);
  const most = known.counted ?? greatest(known, "i32");
  if (most >> 31n !== 0n || (most + signed) >> 31n > 0n) return undefined;
  const wide = cx.emit({ op: "zext", ty: "i64", from: 32, a: sum.a });
  return instead({ op: "bin", ty: "i64", fn: "add", a: wide, b: cx.number("i64", BigInt.asUintN(64, signed)) });
}

/** Operations whose low bits depend on the operands' low bits only. */
const lowBitsOnly: ReadonlySet<BinOp> = new Set(["add", "sub", "mul", "and", "or", "xor"]);

export function simplifyTrunc(inst: InstOf<"trunc">, cx: RuleContext): Rewrite {
  const c = cx.constant(inst.a);
  if (c !== undefined) return number("i32", c & 0xffff_ffffn);
  const def = cx.def(inst.a);
  switch (def.op) {
    case "zext":
    case "sext":
      if (cx.type(def.a) === "i32") return def.from === 32 ? same(def.a) : instead({ ...def, ty: "i32" });
      return def.from === 32 ? instead({ ...inst, a: def.a }) : instead({ ...def, ty: "i32" });
    case "cmp":
      return cx.once(inst.a) ? instead({ ...def, ty: "i32" }) : undefined;
    case "neg":
      return cx.once(inst.a) && isExtended(def.a, cx)
        ? instead({ op: "neg", ty: "i32", a: cx.emit({ op: "trunc", ty: "i32", a: def.a }) })
        : undefined;
    case "bin":
      return narrowBin(inst, def, cx);
    default:
      return undefined;
  }
}

/** Free to take the low half of: never made of a pointer. */
function isExtended(value: ValueId, cx: RuleContext): boolean {
  const def = cx.def(value);
  if (def.op === "const") return true;
  if (def.op !== "zext" && def.op !== "sext") return false;
  return cx.type(def.a) === "i32" || (def.from === 32 && cx.def(def.a).op !== "cast");
}

function narrowBin(inst: InstOf<"trunc">, def: InstOf<"bin">, cx: RuleContext): Rewrite {
  if (def.ty !== "i64" || !cx.once(inst.a)) return undefined;
  const low = (value: ValueId): ValueId => cx.emit({ op: "trunc", ty: "i32", a: value });
  const count = cx.constant(def.b);
  if (def.fn === "shl" && count !== undefined && isExtended(def.a, cx)) {
    if (count >= 32n) return number("i32", 0n);
    return instead({ op: "bin", ty: "i32", fn: "shl", a: low(def.a), b: cx.number("i32", count) });
  }
  if (!lowBitsOnly.has(def.fn) || cx.type(def.a) !== "i64" || !isExtended(def.a, cx) || !isExtended(def.b, cx))
    return undefined;
  return instead({ op: "bin", ty: "i32", fn: def.fn, a: low(def.a), b: low(def.b) });
}

export function simplifyCast(inst: InstOf<"cast">, cx: RuleContext): Rewrite {
  const def = cx.def(inst.a);
  if (def.op === "const") return number(inst.ty, def.value);
  if (def.op === "cast") return same(def.a);
  // (ptr)((i64)p + x): arithmetic on the pointer itself.
  if (inst.ty !== "ptr" || def.op !== "bin" || (def.fn !== "add" && def.fn !== "sub") || def.ty !== "i64")
    return undefined;
  const [left, right] = [cx.def(def.a), cx.def(def.b)];
  if (left.op === "cast" && right.op !== "cast")
    return instead({ op: "bin", ty: "ptr", fn: def.fn, a: left.a, b: def.b });
  if (right.op === "cast" && left.op !== "cast" && def.fn === "add")
    return instead({ op: "bin", ty: "ptr", fn: "add", a: right.a, b: def.a });
  return undefined;
}

export function simplifyNeg(inst: InstOf<"neg">, cx: RuleContext): Rewrite {
  const c = cx.constant(inst.a);
  if (c !== undefined) return number(inst.ty, BigInt.asUintN(bitsOf(inst.ty), -c));
  const def = cx.def(inst.a);
  return def.op === "neg" ? same(def.a) : undefined;
}

/** What `def` cuts or extends without a change to the low `bits`. */
function uncut(def: Inst, bits: number, cx: RuleContext): ValueId | undefined {
  if (def.op === "zext" || def.op === "sext") return def.from >= bits ? def.a : undefined;
  if (def.op !== "bin" || def.fn !== "and") return undefined;
  const mask = cx.constant(def.b);
  return mask !== undefined && BigInt.asUintN(bits, ~mask) === 0n ? def.a : undefined;
}

export function simplifySwap(inst: InstOf<"bswap">, cx: RuleContext): Rewrite {
  const c = cx.constant(inst.a);
  if (c !== undefined) return number(inst.ty, foldSwap(inst.bits, c) & maskOf(inst.ty));
  const def = cx.def(inst.a);
  const whole = uncut(def, inst.bits, cx);
  if (whole !== undefined && cx.type(whole) === cx.type(inst.a)) return instead({ ...inst, a: whole });
  if (def.op !== "bswap" || def.bits !== inst.bits) return undefined;
  if (cx.type(def.a) !== inst.ty) return undefined;
  if (inst.bits === bitsOf(inst.ty)) return same(def.a);
  return instead({
    op: "bin",
    ty: inst.ty,
    fn: "and",
    a: def.a,
    b: cx.number(inst.ty, (1n << BigInt(inst.bits)) - 1n),
  });
}
