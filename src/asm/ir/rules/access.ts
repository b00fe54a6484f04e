/** Loads, stores and other accesses: constants of their address become their offset; constant data is read now. */
import { fitsS16 } from "../../../support/int.ts";
import { bitsOf, type InstBody, type InstOf } from "../inst.ts";
import type { ValueId } from "../model.ts";
import { instead, number, type Rewrite, type RuleContext } from "./rule.ts";

/** `base + off` with the constant of `base` moved into the offset, where the instruction can hold it. */
function folded(base: ValueId, off: number, cx: RuleContext): { base: ValueId; off: number } | undefined {
  const def = cx.def(base);
  if (def.op !== "bin" || def.fn !== "add" || def.ty !== "ptr") return undefined;
  const by = cx.constant(def.b);
  if (by === undefined) return undefined;
  const sum = off + Number(BigInt.asIntN(64, by));
  return fitsS16(sum) && fitsS16(sum + 8) ? { base: def.a, off: sum } : undefined;
}

export function simplifyLoad(inst: InstOf<"load">, cx: RuleContext): Rewrite {
  if (inst.signed && !cx.signedLoads && inst.size * 8 < bitsOf(inst.ty)) return extendedLoad(inst, cx);
  if (inst.core) return undefined;
  const at = folded(inst.base, inst.off, cx);
  if (at) return instead({ ...inst, ...at });
  return inst.volatile ? undefined : readConstant(inst, cx);
}

/** Without an instruction for it, the sign is another step: who does not need it, or has it, goes without. */
function extendedLoad(inst: InstOf<"load">, cx: RuleContext): Rewrite {
  const { id: _, span: __, ...load } = inst;
  const from = (inst.size * 8) as 8 | 16 | 32;
  return instead({ op: "sext", ty: inst.ty, from, a: cx.emit({ ...load, ty: "i32", signed: false }) });
}

/** What constant data holds at the address, a number or the address of something. */
function readConstant(inst: InstOf<"load">, cx: RuleContext): Rewrite {
  const def = cx.def(inst.base);
  const data = def.op === "addr" && def.symbol.kind === "global" ? cx.data(def.symbol.name) : undefined;
  if (!data || def.op !== "addr" || def.symbol.kind !== "global") return undefined;
  const start = def.symbol.addend + inst.off;
  const end = start + inst.size;
  if (start < 0 || end > data.bytes.length) return undefined;
  const symbol = data.addresses.get(start);
  if (symbol && inst.size === 8 && inst.ty === "ptr") return instead({ op: "addr", ty: "ptr", symbol });
  for (const off of data.addresses.keys()) if (off < end && start < off + 8) return undefined;
  const raw = data.bytes.subarray(start, end).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  return number(inst.ty, inst.signed ? BigInt.asUintN(bitsOf(inst.ty), BigInt.asIntN(inst.size * 8, raw)) : raw);
}

export function simplifyStore(inst: InstOf<"store">, cx: RuleContext): Rewrite {
  const at = inst.core ? undefined : folded(inst.base, inst.off, cx);
  if (at) return instead({ ...inst, ...at });
  const value = storedPart(inst, cx);
  return value === undefined ? undefined : instead({ ...inst, value });
}

/** What the stored value was before bits were changed that do not reach memory. */
function storedPart(inst: InstOf<"store">, cx: RuleContext): ValueId | undefined {
  const def = cx.def(inst.value);
  const bits = inst.size * 8;
  const mask = (1n << BigInt(bits)) - 1n;
  if (def.op === "bin" && def.fn === "and") return ((cx.constant(def.b) ?? 0n) & mask) === mask ? def.a : undefined;
  if ((def.op === "zext" || def.op === "sext") && def.from >= bits) return def.a;
  return def.op === "trunc" && bits <= 32 && cx.type(def.a) === "i64" ? def.a : undefined;
}

export function simplifyAtomic(inst: InstOf<"atomic">, cx: RuleContext): Rewrite {
  const at = folded(inst.base, inst.off, cx);
  return at && instead({ ...inst, ...at });
}

export function simplifyCopy(inst: InstOf<"copy">, cx: RuleContext): Rewrite {
  const dst = folded(inst.dst, inst.dstOff, cx);
  const src = folded(inst.src, inst.srcOff, cx);
  if (!dst && !src) return undefined;
  const made: InstBody = {
    ...inst,
    ...(dst && { dst: dst.base, dstOff: dst.off }),
    ...(src && { src: src.base, srcOff: src.off }),
  };
  return instead(made);
}

export function simplifyFill(inst: InstOf<"fill">, cx: RuleContext): Rewrite {
  const at = folded(inst.dst, inst.dstOff, cx);
  return at && instead({ ...inst, dst: at.base, dstOff: at.off });
}
