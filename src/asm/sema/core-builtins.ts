/** `__builtin_preserve_*` and `__builtin_btf_type_id`: questions that the loader answers (CO-RE). */
import type { CoreKind } from "../../btf/core.ts";
import type { Span } from "../../support/span.ts";
import type { Expr } from "../syntax/ast.ts";
import { constantInt } from "./constants.ts";
import type { Sema } from "./context.ts";
import { errorValue, isError, type Operand, operandType, rvalue, value } from "./convert.ts";
import { checkOperand } from "./expr.ts";
import { sizeOf } from "./layout.ts";
import type { TExpr, TPlace } from "./tree.ts";
import { integerShape, isInteger, typeText, uintType, ulongType } from "./type-ops.ts";
import type { CType } from "./types.ts";

const fieldKinds: readonly CoreKind[] = [
  "field_byte_offset",
  "field_byte_size",
  "field_exists",
  "field_signed",
  "field_lshift_u64",
  "field_rshift_u64",
];
const typeKinds: readonly CoreKind[] = ["type_exists", "type_size", "type_matches"];
const typeIdKinds: readonly CoreKind[] = ["type_id_local", "type_id_target"];
const enumKinds: readonly CoreKind[] = ["enumval_exists", "enumval_value"];

type Handler = (cx: Sema, args: readonly Expr[], span: Span) => Operand;

const handlers: Readonly<Record<string, readonly [number, Handler]>> = {
  __builtin_preserve_access_index: [1, preserveAccess],
  __builtin_preserve_field_info: [2, fieldInfo],
  __builtin_preserve_type_info: [2, typeInfo],
  __builtin_preserve_enum_value: [2, enumValue],
  __builtin_btf_type_id: [2, typeId],
};

export const isCoreBuiltin = (name: string): boolean => Object.hasOwn(handlers, name);
export const coreBuiltinNames = (): readonly string[] => Object.keys(handlers);

export function checkCoreBuiltin(cx: Sema, name: string, args: readonly Expr[], span: Span): Operand {
  const [want, handler] = handlers[name]!;
  if (args.length === want) return handler(cx, args, span);
  cx.sink.error("E0209", span, name, `${want} argument${want === 1 ? "" : "s"}`, args.length);
  return value(errorValue(span));
}

function preserving<T>(cx: Sema, body: () => T): T {
  cx.preserving++;
  try {
    return body();
  } finally {
    cx.preserving--;
  }
}

function preserveAccess(cx: Sema, args: readonly Expr[]): Operand {
  return preserving(cx, () => value(rvalue(checkOperand(cx, args[0]!))));
}

function kindOf(cx: Sema, e: Expr, kinds: readonly CoreKind[]): CoreKind | undefined {
  const index = constantInt(cx, e, "the kind of a CO-RE question");
  const kind = index === undefined ? undefined : kinds[Number(index)];
  if (!kind && index !== undefined) cx.sink.error("E0230", e.span, `CO-RE question ${index}`);
  return kind;
}

function fieldInfo(cx: Sema, args: readonly Expr[], span: Span): Operand {
  const operand = preserving(cx, () => checkOperand(cx, args[0]!));
  const kind = kindOf(cx, args[1]!, fieldKinds);
  const place =
    operand.kind === "place"
      ? operand.place
      : operand.kind === "value" && operand.expr.kind === "addr"
        ? operand.expr.place
        : undefined;
  if (!kind || isError({ type: operandType(operand) })) return value(errorValue(span));
  if (place?.kind !== "field" || !place.core) {
    cx.sink.error("E0236", args[0]!.span, "__builtin_preserve_field_info");
    return value(errorValue(span));
  }
  return value({ kind: "core", access: { kind, ...place.core }, guess: fieldGuess(kind, place), type: uintType, span });
}

/** What the answer is in the kernel of this build (libbpf, relo_core.c: bpf_core_calc_field_relo). */
export function fieldGuess(kind: CoreKind, place: Extract<TPlace, { kind: "field" }>): bigint {
  const { bits } = place;
  switch (kind) {
    case "field_byte_offset":
      return BigInt(place.off);
    case "field_byte_size":
      return BigInt(bits ? bits.size : (sizeOf(place.type) ?? 0));
    case "field_signed":
      return isInteger(place.type) && integerShape(place.type).signed ? 1n : 0n;
    case "field_lshift_u64":
      return BigInt(bits ? 64 - (bits.bitOff + bits.bitSize) : 64 - 8 * (sizeOf(place.type) ?? 8));
    case "field_rshift_u64":
      return BigInt(64 - (bits ? bits.bitSize : 8 * (sizeOf(place.type) ?? 8)));
    default:
      return 1n;
  }
}

const rootKey = (type: CType) => (type.kind === "record" && !type.sugar ? type.decl : typeText(type));

function typeQuestion(cx: Sema, kind: CoreKind | undefined, e: Expr, type: CType, span: Span): Operand {
  const of = operandType(checkOperand(cx, e));
  if (!kind || isError({ type: of })) return value(errorValue(span));
  const guess = kind === "type_size" ? BigInt(sizeOf(of) ?? 0) : kind.startsWith("type_id") ? 0n : 1n;
  const root = cx.localType(of, rootKey(of));
  return value({ kind: "core", access: { kind, root, path: [0] }, guess, type, span });
}

/** Loaders look types up by name: only what has one can be asked about (clang, SemaBPF.cpp). */
const hasName = (type: CType): boolean =>
  type.sugar !== undefined || ((type.kind === "record" || type.kind === "enum") && type.decl.tag !== "");

function typeInfo(cx: Sema, args: readonly Expr[], span: Span): Operand {
  const of = operandType(checkOperand(cx, args[0]!));
  if (!hasName(of) && !isError({ type: of })) {
    const name = "argument 1 of '__builtin_preserve_type_info'";
    cx.sink.error("E0203", args[0]!.span, name, "a struct, union, enum or typedef", typeText(of));
    return value(errorValue(span));
  }
  return typeQuestion(cx, kindOf(cx, args[1]!, typeKinds), args[0]!, uintType, span);
}

function typeId(cx: Sema, args: readonly Expr[], span: Span): Operand {
  return typeQuestion(cx, kindOf(cx, args[1]!, typeIdKinds), args[0]!, ulongType, span);
}

/** The argument is `*(typeof(enum type) *)ENUMERATOR`. */
function enumValue(cx: Sema, args: readonly Expr[], span: Span): Operand {
  const kind = kindOf(cx, args[1]!, enumKinds);
  const operand = checkOperand(cx, args[0]!);
  const type = operandType(operand);
  const name = enumeratorName(args[0]!);
  if (!kind || isError({ type })) return value(errorValue(span));
  const index = type.kind === "enum" ? (type.decl.values ?? []).findIndex((v) => v.name === name) : -1;
  if (type.kind !== "enum" || index === -1) {
    cx.sink.error("E0206", args[0]!.span, name ?? "?", typeText(type));
    return value(errorValue(span));
  }
  const guess: bigint = kind === "enumval_exists" ? 1n : type.decl.values![index]!.value;
  const root = cx.localType(type, `enum ${rootKey(type)}`);
  const expr: TExpr = { kind: "core", access: { kind, root, path: [index] }, guess, type: ulongType, span };
  return value(expr);
}

function enumeratorName(e: Expr): string | undefined {
  if (e.kind === "name") return e.name;
  if (e.kind === "unary") return enumeratorName(e.operand);
  return e.kind === "cast" ? enumeratorName(e.operand) : undefined;
}
