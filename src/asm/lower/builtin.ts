/** `__builtin_*`: each becomes plain instructions. */
import { assertNever } from "../../support/bug.ts";
import type { AsmConstant, ValueId } from "../ir/model.ts";
import type { TBuiltin, TExpr, TPlace } from "../sema/tree.ts";
import { intType } from "../sema/type-ops.ts";
import type { CType } from "../sema/types.ts";
import { countBits, leadingZeros, lowestOne, onesModulo2, signCopies, trailingZeros } from "./bits.ts";
import type { FunctionContext } from "./context.ts";
import { evaluate } from "./expr.ts";
import { compareMemory, copyMemory, moveMemory, setMemory } from "./memory.ts";
import { loadAcquire, storeRelease } from "./ordered.ts";
import { lowerOverflow } from "./overflow.ts";
import { addressOf, loadScalar, storeScalar } from "./place.ts";
import { convertValue, resize, scalarType } from "./scalars.ts";
import { hideWide, isWide, loadWide, storeWide } from "./wide.ts";
import { evaluateWide } from "./wide-expr.ts";

/** The value of a builtin; undefined for those that have none. */
export function lowerBuiltin(cx: FunctionContext, builtin: TBuiltin, type: CType): ValueId | undefined {
  const { b } = cx;
  switch (builtin.kind) {
    case "memcpy":
      return copyMemory(cx, builtin.dst, builtin.src, builtin.length);
    case "memmove":
      return moveMemory(cx, builtin.dst, builtin.src, builtin.length);
    case "memset":
      return setMemory(cx, builtin.dst, builtin.byte, builtin.length);
    case "memcmp":
      return compareMemory(cx, builtin.left, builtin.right, builtin.length);
    case "bswap":
      return swapBytes(cx, builtin.bits, evaluate(cx, builtin.value), type);
    case "clz":
      return narrow(cx, leadingZeros(b, evaluate(cx, builtin.value)), type);
    case "ctz":
      return narrow(cx, trailingZeros(b, evaluate(cx, builtin.value)), type);
    case "popcount":
      return narrow(cx, countBits(b, evaluate(cx, builtin.value)), type);
    case "parity":
      return narrow(cx, onesModulo2(b, evaluate(cx, builtin.value)), type);
    case "ffs":
      return narrow(cx, lowestOne(b, evaluate(cx, builtin.value)), type);
    case "clrsb":
      return narrow(cx, signCopies(b, evaluate(cx, builtin.value)), type);
    case "expect":
      return convertValue(cx, evaluate(cx, builtin.value), builtin.value.type, type);
    case "load_packet":
      return loadPacket(cx, builtin);
    case "load_acquire":
      return loadAcquire(cx, builtin, type);
    case "store_release":
      storeRelease(cx, builtin);
      return undefined;
    case "constant_p":
      return constantTest(cx, builtin.value);
    case "trap":
      b.emit({ op: "trap", ty: "void" });
      b.seal({ op: "unreachable" });
      return undefined;
    case "unreachable":
      b.seal({ op: "unreachable" });
      return undefined;
    case "overflow":
      return lowerOverflow(cx, builtin);
    case "barrier_var": {
      hideValue(cx, builtin.place);
      return undefined;
    }
    case "may_goto":
      return b.emit({ op: "may_goto", ty: "i32" });
    case "barrier":
      b.emit({ op: "barrier", ty: "void" });
      return undefined;
    default:
      return assertNever(builtin);
  }
}

/** The place keeps its value, of which the optimiser knows nothing from here on. */
function hideValue(cx: FunctionContext, place: TPlace): void {
  const { b } = cx;
  const address = addressOf(cx, place);
  if (isWide(place.type)) {
    storeWide(cx, address, hideWide(cx, loadWide(cx, address)));
    return;
  }
  const a = loadScalar(cx, address, place.type);
  storeScalar(cx, address, place.type, b.emit({ op: "opaque", ty: b.typeOf(a), a }));
}

function constantTest(cx: FunctionContext, e: TExpr): ValueId {
  const { b } = cx;
  const test = (a: ValueId): ValueId => b.emit({ op: "constant_p", ty: "i32", a });
  if (!isWide(e.type)) return test(evaluate(cx, e));
  const { lo, hi } = evaluateWide(cx, e);
  return b.bin("and", test(lo), test(hi));
}

/** The packet is r6's, the offset in the instruction or in any register; r0 to r5 are lost (RFC 9669, 5.5). */
function loadPacket(cx: FunctionContext, load: Extract<TBuiltin, { kind: "load_packet" }>): ValueId {
  const { size, skb, offset } = load;
  const packet = evaluate(cx, skb);
  const index = evaluate(cx, offset);
  const where: AsmConstant = { arg: 1, constraint: "i", register: 1, span: offset.span };
  return cx.b.emit({
    op: "asm",
    ty: "i64",
    text: { parts: [`r0 = *(u${size * 8} *)skb[`, where, "]"], span: skb.span },
    args: [packet, index],
    regs: [6, 1],
    result: 0,
    outs: [],
    writes: [0, 1, 2, 3, 4, 5],
  });
}

/** A count, of the operand's width, as the builtin's type (int). */
function narrow(cx: FunctionContext, value: ValueId, type: CType): ValueId {
  const from = { size: cx.b.typeOf(value) === "i64" ? 8 : 4, signed: false };
  return resize(cx.b, value, from, { size: scalarType(cx, type) === "i64" ? 8 : 4, signed: false });
}

function swapBytes(cx: FunctionContext, bits: 16 | 32 | 64, value: ValueId, type: CType): ValueId {
  const { b } = cx;
  const ty = bits === 64 ? "i64" : "i32";
  const width = { size: bits === 64 ? 8 : 4, signed: false };
  const operand = resize(b, value, { size: b.typeOf(value) === "i64" ? 8 : 4, signed: false }, width);
  const swapped = b.emit({ op: "bswap", ty, bits, a: operand });
  const to = type.kind === "void" ? intType : type;
  return resize(b, swapped, width, { size: scalarType(cx, to) === "i64" ? 8 : 4, signed: false });
}
