/** Builtins on strings that are known when compiling: literals and constant data that a pointer leads to. */
import { arg, type Builtin, type Call, type Maker, make } from "./builtin-call.ts";
import type { Sema } from "./context.ts";
import { errorValue, isError, rvalue, value } from "./convert.ts";
import { checkValue } from "./expr.ts";
import { constant } from "./fold.ts";
import { constantBytesAt } from "./known-data.ts";
import { stringPlace } from "./strings.ts";
import type { TExpr } from "./tree.ts";
import { charType, intType, ptrTo, qualify, sizeType, voidPtr } from "./type-ops.ts";

const charPtr = ptrTo(charType);
const constCharPtr = ptrTo(qualify(charType, { const: true }));

/** The bytes up to the first zero one that a pointer is known to lead to. */
function bytesAt(cx: Sema, e: TExpr): Uint8Array | undefined {
  const bytes = constantBytesAt(cx, e);
  const end = bytes?.indexOf(0) ?? -1;
  return end === -1 ? undefined : bytes?.subarray(0, end);
}

/** The string that argument `i` points at; reports E0211 where it is not known. */
function known(c: Call, i: number): Uint8Array | undefined {
  const e = arg(c, i, constCharPtr);
  const bytes = isError(e) ? undefined : bytesAt(c.cx, e);
  if (!bytes && !isError(e)) c.cx.sink.error("E0211", c.args[i]!.span, `argument ${i + 1} of '${c.name}'`);
  return bytes;
}

/** The number that argument `i` is; reports E0211 for any other. */
function length(c: Call, i: number): number | undefined {
  const e = arg(c, i, sizeType);
  if (e.kind === "const" && !isError(e) && e.value < 1n << 16n) return Number(e.value);
  if (!isError(e)) c.cx.sink.error("E0211", e.span, `argument ${i + 1} of '${c.name}'`);
  return undefined;
}

function order(a: Uint8Array, b: Uint8Array): number {
  const most = Math.max(a.length, b.length);
  for (let i = 0; i < most; i++) if (a[i] !== b[i]) return Math.sign((a[i] ?? 0) - (b[i] ?? 0));
  return 0;
}

const compared =
  (counted: boolean): Maker =>
  (c) => {
    const [left, right] = [known(c, 0), known(c, 1)];
    const most = counted ? length(c, 2) : Number.POSITIVE_INFINITY;
    if (!left || !right || most === undefined) return value(errorValue(c.span));
    return value(constant(BigInt(order(left.subarray(0, most), right.subarray(0, most))), intType, c.span));
  };

/** Of one of two strings, where a condition chooses. */
function lengthOf(c: Call, e: TExpr): TExpr | undefined {
  if (e.kind === "convert" && e.type.kind === "ptr") return lengthOf(c, e.operand);
  const bytes = bytesAt(c.cx, e);
  if (bytes) return constant(BigInt(bytes.length), sizeType, c.span);
  if (e.kind !== "cond" || !e.then) return undefined;
  const [then, other] = [lengthOf(c, e.then), lengthOf(c, e.else)];
  return then && other && { kind: "cond", cond: e.cond, then, else: other, type: sizeType, span: c.span };
}

const strlen: Maker = (c) => {
  const e = arg(c, 0, constCharPtr);
  if (isError(e)) return value(e);
  const made = lengthOf(c, e);
  if (!made) c.cx.sink.error("E0211", c.args[0]!.span, `argument 1 of '${c.name}'`);
  return value(made ?? errorValue(c.span));
};

/** Copies so many bytes of a known string, zeros behind it. */
function copied(c: Call, bytes: Uint8Array, count: number): TExpr {
  const dst = arg(c, 0, charPtr);
  if (isError(dst)) return dst;
  const padded = new Uint8Array(count);
  padded.set(bytes.subarray(0, count));
  const src = rvalue({ kind: "place", place: stringPlace(c.cx, { bytes: padded }, c.span) });
  const size = constant(BigInt(count), sizeType, c.span);
  const copy = make(c, { kind: "memcpy", dst, src, length: size }, charPtr);
  return rvalue(copy);
}

const strcpy: Maker = (c) => {
  const bytes = known(c, 1);
  return value(bytes ? copied(c, bytes, bytes.length + 1) : errorValue(c.span));
};

const strncpy: Maker = (c) => {
  const [bytes, count] = [known(c, 1), length(c, 2)];
  return value(bytes && count !== undefined ? copied(c, bytes, count) : errorValue(c.span));
};

/** No stack grows while a program runs. */
const alloca: Maker = (c) => {
  for (const e of c.args) checkValue(c.cx, e);
  c.cx.sink.error("E0230", c.span, `'${c.name}'`).help("declare an array of constant length");
  return value({ ...constant(0n, voidPtr, c.span) });
};

export const stringBuiltins: Readonly<Record<string, Builtin>> = {
  __builtin_strcmp: [2, compared(false)],
  __builtin_strncmp: [3, compared(true)],
  __builtin_strlen: [1, strlen],
  __builtin_strcpy: [2, strcpy],
  __builtin_strncpy: [3, strncpy],
};

/** Those that have a name and are refused. */
export const refusedBuiltins: Readonly<Record<string, Builtin>> = {
  __builtin_alloca: [1, alloca],
  __builtin_alloca_with_align: [2, alloca],
};
