/** C's scalar types as the two widths and the pointer of SSA, and the conversions between them (C11 6.3.1). */
import type { DiagSink } from "../../diag/diagnostic.ts";
import type { Size } from "../../isa/insn.ts";
import type { IrBuilder } from "../ir/builder.ts";
import type { IrType, ValueId } from "../ir/model.ts";
import { integerShape, pointeeSpace } from "../sema/type-ops.ts";
import type { CType } from "../sema/types.ts";

/** What reporting and emitting need; `FunctionContext` is one. */
interface Emitting {
  readonly b: IrBuilder;
  readonly sink: DiagSink;
}

/** The SSA type that holds a value of a scalar type. Of 128-bit integers it is that of a half, where one was expected: E0407. */
export function scalarType(cx: Emitting, type: CType): IrType {
  switch (type.kind) {
    case "ptr":
    case "func":
    case "array":
      return "ptr";
    case "int":
    case "enum": {
      const { size } = integerShape(type);
      if (size === 16) cx.sink.error("E0407", cx.b.span, "a value in this place").help("convert it to 64 bits");
      return size >= 8 ? "i64" : "i32";
    }
    default:
      return "i32";
  }
}

export const isSigned = (type: CType): boolean => (type.kind === "ptr" ? false : integerShape(type).signed);

/** Bytes of a scalar in memory. */
export const scalarSize = (type: CType): Size =>
  type.kind === "ptr" ? 8 : (Math.min(8, integerShape(type).size) as Size);

/** Bytes and signedness of an integer, whose value an i32 or i64 holds extended. */
export interface IntShape {
  readonly size: number;
  readonly signed: boolean;
}

/** An integer of `from` as one of `to`; narrow values stay extended to 32 bits by their own signedness. */
export function resize(b: IrBuilder, value: ValueId, from: IntShape, to: IntShape): ValueId {
  if (to.size >= 8) {
    return from.size >= 8 ? value : b.emit({ op: from.signed ? "sext" : "zext", ty: "i64", from: 32, a: value });
  }
  const low = from.size >= 8 ? b.emit({ op: "trunc", ty: "i32", a: value }) : value;
  if (to.size >= 4) return low;
  const fits = from.size < to.size ? !from.signed || to.signed : from.size === to.size && from.signed === to.signed;
  return fits ? low : b.emit({ op: to.signed ? "sext" : "zext", ty: "i32", from: to.size === 2 ? 16 : 8, a: low });
}

const pointerShape: IntShape = { size: 8, signed: false };

/** Whether a scalar differs from zero, as 0 or 1. */
export function truth(b: IrBuilder, value: ValueId): ValueId {
  return b.cmp("ne", value, b.const(b.typeOf(value), 0n));
}

/** A scalar value of `from` as one of `to`. */
export function convertValue(cx: Emitting, value: ValueId, from: CType, to: CType): ValueId {
  const { b } = cx;
  if (to.kind === "bool") return from.kind === "bool" ? value : truth(b, value);
  if (to.kind === "ptr") {
    if (b.typeOf(value) === "ptr") {
      const [inSpace, outSpace] = [pointeeSpace(from), pointeeSpace(to)];
      return inSpace === outSpace
        ? value
        : b.emit({ op: "space_cast", ty: "ptr", toSpace: outSpace, fromSpace: inSpace, a: value });
    }
    const wide = resize(b, value, integerShape(from), pointerShape);
    return b.emit({ op: "cast", ty: "ptr", a: wide });
  }
  if (b.typeOf(value) === "ptr") {
    const number = b.emit({ op: "cast", ty: "i64", a: value });
    return resize(b, number, pointerShape, integerShape(to));
  }
  return resize(b, value, integerShape(from), integerShape(to));
}
