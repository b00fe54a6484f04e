/** `__builtin_object_size`: the bytes from an address to the end of the object that it lies in, where that is known. */
import type { Expr } from "../syntax/ast.ts";
import { arg, type Builtin, type Maker } from "./builtin-call.ts";
import type { Sema } from "./context.ts";
import { errorValue, isError, operandType, value } from "./convert.ts";
import { checkOperand, checkValue } from "./expr.ts";
import { constant } from "./fold.ts";
import { findField, sizeOf } from "./layout.ts";
import { intType, sizeType } from "./type-ops.ts";

/** A place in an object: where it is, how large the object is, and which part of it is meant. */
interface Within {
  readonly off: number;
  readonly size: number;
  readonly part: { readonly off: number; readonly size: number };
}

const whole = (size: number): Within => ({ off: 0, size, part: { off: 0, size } });

/** The object that an lvalue is or lies in. */
function objectOf(cx: Sema, e: Expr): Within | undefined {
  switch (e.kind) {
    case "string":
      return whole(sizeOf(operandType(checkOperand(cx, e))) ?? 0);
    case "name": {
      const operand = checkOperand(cx, e);
      const named = operand.kind === "place" && (operand.place.kind === "local" || operand.place.kind === "global");
      const size = named ? sizeOf(operand.place.type) : undefined;
      return size === undefined ? undefined : whole(size);
    }
    case "member": {
      if (e.arrow) return undefined;
      const base = objectOf(cx, e.base);
      const type = operandType(checkOperand(cx, e.base));
      const found = type.kind === "record" ? findField(type.decl, e.name.name) : undefined;
      const last = found?.path.at(-1);
      if (!base || !found || !last) return undefined;
      const off = base.off + found.bitOff / 8;
      return { off, size: base.size, part: { off, size: sizeOf(last.type) ?? base.size - off } };
    }
    case "index":
      return moved(cx, e.base, e.index, 1n);
    case "unary":
      return e.op === "*" ? pointed(cx, e.operand) : undefined;
    default:
      return undefined;
  }
}

/** What a pointer leads to: only addresses that are written out. */
function pointed(cx: Sema, e: Expr): Within | undefined {
  if (e.kind === "cast") return pointed(cx, e.operand);
  if (e.kind === "unary" && e.op === "&") return objectOf(cx, e.operand);
  if (e.kind === "binary" && (e.op === "+" || e.op === "-")) return moved(cx, e.left, e.right, e.op === "+" ? 1n : -1n);
  return operandType(checkOperand(cx, e)).kind === "array" ? objectOf(cx, e) : undefined;
}

function moved(cx: Sema, base: Expr, by: Expr, sign: bigint): Within | undefined {
  const from = pointed(cx, base);
  const type = operandType(checkOperand(cx, base));
  const elem = type.kind === "array" ? type.elem : type.kind === "ptr" ? type.to : undefined;
  const steps = checkValue(cx, by);
  if (!from || !elem || steps.kind !== "const") return undefined;
  return { ...from, off: from.off + Number(steps.value * sign) * (sizeOf(elem) ?? 1) };
}

/** `kind` 1 and 3 ask of the part alone; 2 and 3 want 0 where nothing is known, which is refused here. */
const objectSize: Maker = (c) => {
  const kind = arg(c, 1, intType);
  const ptr = checkValue(c.cx, c.args[0]!);
  if (isError(ptr) || isError(kind)) return value(errorValue(c.span));
  if (kind.kind !== "const" || kind.value < 0n || kind.value > 3n) {
    c.cx.sink.error("E0211", kind.span, `argument 2 of '${c.name}', from 0 to 3,`);
    return value(errorValue(c.span));
  }
  const found = pointed(c.cx, c.args[0]!);
  if (!found) {
    c.cx.sink.error("E0211", ptr.span, `the object of '${c.name}'`).help("ask of the variable itself");
    return value(errorValue(c.span));
  }
  const end = (kind.value & 1n) === 1n ? found.part.off + found.part.size : found.size;
  return value(constant(BigInt(Math.max(0, found.off < 0 ? 0 : end - found.off)), sizeType, c.span));
};

export const sizeBuiltins: Readonly<Record<string, Builtin>> = {
  __builtin_object_size: [2, objectSize],
  __builtin_dynamic_object_size: [2, objectSize],
};
