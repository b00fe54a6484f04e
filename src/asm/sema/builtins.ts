/** `__builtin_*`: what BPF code calls of them; atomics and CO-RE questions have files of their own. */

import { nearestOf } from "../../btf/nearest.ts";
import { didYouMean } from "../../kernel/problem.ts";
import type { Span } from "../../support/span.ts";
import type { Expr } from "../syntax/ast.ts";
import { atomicNames, checkAtomic, isAtomicBuiltin } from "./atomics.ts";
import { bitBuiltins, lengths, unsigned } from "./builtin-bits.ts";
import { arg, type Builtin, type Call, kept, type Maker, make } from "./builtin-call.ts";
import { refusedBuiltins, stringBuiltins } from "./builtin-strings.ts";
import type { Sema } from "./context.ts";
import { assigned, errorValue, isError, type Operand, rvalue, value } from "./convert.ts";
import { checkCoreBuiltin, coreBuiltinNames, isCoreBuiltin } from "./core-builtins.ts";
import { hasEffects } from "./effects.ts";
import { checkOperand, checkValue } from "./expr.ts";
import { constant, convert } from "./fold.ts";
import { withKnown } from "./known-constants.ts";
import { sizeBuiltins } from "./object-size.ts";
import { derefPlace, ptrAdd } from "./places.ts";
import type { TExpr } from "./tree.ts";
import {
  boolType,
  intType,
  intTypes,
  isAtomic,
  isInteger,
  isPtr,
  isScalar,
  longType,
  ptrTo,
  qualify,
  sizeType,
  typeText,
  voidPtr,
  voidType,
} from "./type-ops.ts";
import type { CType, IntType } from "./types.ts";

const constVoidPtr: CType = ptrTo(qualify(voidType, { const: true }));

const copy =
  (kind: "memcpy" | "memmove"): Maker =>
  (c) =>
    make(c, { kind, dst: arg(c, 0, voidPtr), src: arg(c, 1, constVoidPtr), length: arg(c, 2, sizeType) }, voidPtr);

/** `memcpy` that gives the address behind the copy. */
const mempcpy: Maker = (c) => {
  const [dst, src, length] = [arg(c, 0, voidPtr), arg(c, 1, constVoidPtr), arg(c, 2, sizeType)];
  return value(
    kept(c.cx, length, (n) => {
      const copied: TExpr = {
        kind: "builtin",
        builtin: { kind: "memcpy", dst, src, length: n },
        type: voidPtr,
        span: c.span,
      };
      return ptrAdd(copied, n, 1, c.span);
    }),
  );
};

const memset: Maker = (c) =>
  make(c, { kind: "memset", dst: arg(c, 0, voidPtr), byte: arg(c, 1, intType), length: arg(c, 2, sizeType) }, voidPtr);

const memcmp: Maker = (c) =>
  make(
    c,
    { kind: "memcmp", left: arg(c, 0, constVoidPtr), right: arg(c, 1, constVoidPtr), length: arg(c, 2, sizeType) },
    intType,
  );

const expect: Maker = (c) => {
  const v = arg(c, 0, longType);
  const likely = arg(c, 1, longType);
  if (v.kind === "const" || likely.kind !== "const") return value(v);
  return make(c, { kind: "expect", value: v, likely: likely.value }, longType);
};

const nothing =
  (kind: "unreachable" | "trap"): Maker =>
  (c) =>
    make(c, { kind }, voidType);

/** Anything that is no constant here may become one by inlining; what has effects is not looked at, as in clang. */
const constantP: Maker = (c) => {
  const v = withKnown(c.cx, checkValue(c.cx, c.args[0]!));
  const known = v.kind === "const" || (v.kind === "addr" && c.args[0]!.kind === "string");
  if (known || c.cx.needsConstant || !isScalar(v.type) || hasEffects(v))
    return value(constant(known ? 1n : 0n, intType, c.span));
  return make(c, { kind: "constant_p", value: v }, intType);
};

/** Takes one of two expressions; the other is not looked at. */
const choose: Maker = (c) => {
  const cond = c.cx.asConstant(() => checkValue(c.cx, c.args[0]!));
  if (cond.kind !== "const") {
    if (!isError(cond)) c.cx.sink.error("E0211", c.args[0]!.span, `the first argument of '${c.name}'`);
    return value(errorValue(c.span));
  }
  return checkOperand(c.cx, c.args[cond.value !== 0n ? 1 : 2]!);
};

const overflow =
  (op: "add" | "sub" | "mul", type?: IntType): Maker =>
  (c) => {
    const ptr = checkValue(c.cx, c.args[2]!);
    if (!isPtr(ptr.type) || !isInteger(ptr.type.to) || isAtomic(ptr.type.to)) {
      if (!isError(ptr))
        c.cx.sink.error("E0203", ptr.span, `argument 3 of '${c.name}'`, "a pointer to an integer", typeText(ptr.type));
      return value(errorValue(c.span));
    }
    const result = derefPlace(c.cx, ptr, c.span);
    const operand = (i: number) => (type ? arg(c, i, type) : number(c, i));
    return make(c, { kind: "overflow", op, left: operand(0), right: operand(1), result }, boolType);
  };

/** An integer of whatever type: overflow is asked of the exact result. */
function number(c: Call, i: number): TExpr {
  const v = checkValue(c.cx, c.args[i]!);
  return isInteger(v.type) ? v : assigned(c.cx, v, longType, `argument ${i + 1} of '${c.name}'`);
}

/** Evaluated for nothing: hints to an optimiser that we do not need. */
const hint: Maker = (c) => value(convert(rvalue(checkOperand(c.cx, c.args[0]!)), voidType, c.span));

const same: Maker = (c) => checkOperand(c.cx, c.args[0]!);

const typedOverflows = Object.fromEntries(
  (["add", "sub", "mul"] as const).flatMap((op) =>
    Object.entries(lengths).flatMap(([end, name]): [string, Builtin][] => [
      [`__builtin_s${op}${end}_overflow`, [3, overflow(op, intTypes[name])]],
      [`__builtin_u${op}${end}_overflow`, [3, overflow(op, unsigned[name])]],
    ]),
  ),
);

/** Names its argument, which the others only hint about. */
const firstOf: Maker = (c) => {
  for (const e of c.args.slice(1)) checkOperand(c.cx, e);
  return value(rvalue(checkOperand(c.cx, c.args[0]!)));
};

const bzero: Maker = (c) =>
  make(
    c,
    { kind: "memset", dst: arg(c, 0, voidPtr), byte: constant(0n, intType, c.span), length: arg(c, 1, sizeType) },
    voidType,
  );

const builtins: Readonly<Record<string, Builtin>> = {
  __builtin_memcpy: [3, copy("memcpy")],
  __builtin_memmove: [3, copy("memmove")],
  __builtin_memset: [3, memset],
  __builtin_memcmp: [3, memcmp],
  __builtin_bcmp: [3, memcmp],
  memcpy: [3, copy("memcpy")],
  memmove: [3, copy("memmove")],
  memset: [3, memset],
  memcmp: [3, memcmp],
  ...bitBuiltins,
  ...stringBuiltins,
  ...sizeBuiltins,
  ...typedOverflows,
  __builtin_memcpy_inline: [3, copy("memcpy")],
  __builtin_memset_inline: [3, memset],
  __builtin_bzero: [2, bzero],
  __builtin_expect_with_probability: [3, expect],
  __builtin_assume_aligned: [2, firstOf],
  __builtin_expect: [2, expect],
  __builtin_unpredictable: [1, (c) => value(arg(c, 0, longType))],
  __builtin_mempcpy: [3, mempcpy],
  __builtin_unreachable: [0, nothing("unreachable")],
  __builtin_trap: [0, nothing("trap")],
  __builtin_bpf_may_goto: [0, (c) => make(c, { kind: "may_goto" }, intType)],
  __builtin_constant_p: [1, constantP],
  __builtin_choose_expr: [3, choose],
  __builtin_add_overflow: [3, overflow("add")],
  __builtin_sub_overflow: [3, overflow("sub")],
  __builtin_mul_overflow: [3, overflow("mul")],
  __builtin_assume: [1, hint],
  __builtin_prefetch: [1, hint],
  __builtin_launder: [1, same],
};

export const isBuiltin = (name: string): boolean =>
  Object.hasOwn(builtins, name) || isAtomicBuiltin(name) || isCoreBuiltin(name) || name.startsWith("__builtin_");

/** Every builtin that is a function here, by name. */
export const builtinNames = (): readonly string[] => [
  ...Object.keys(builtins),
  ...atomicNames(),
  ...coreBuiltinNames(),
];

const builtinOf = (name: string): Builtin | undefined => {
  if (Object.hasOwn(builtins, name)) return builtins[name];
  return Object.hasOwn(refusedBuiltins, name) ? refusedBuiltins[name] : undefined;
};

/** A call of a builtin; reports unknown ones and wrong counts. */
export function checkBuiltin(cx: Sema, name: string, args: readonly Expr[], span: Span): Operand {
  if (isAtomicBuiltin(name)) return value(checkAtomic(cx, name, args, span));
  if (isCoreBuiltin(name)) return checkCoreBuiltin(cx, name, args, span);
  const known = builtinOf(name);
  if (!known) {
    const report = cx.sink.error("E0226", span, name);
    const help = didYouMean(nearestOf(name, Object.keys(builtins), 3));
    if (help) report.help(help);
    return value(errorValue(span));
  }
  const [want, maker, most = want] = known;
  if (args.length < want || args.length > most) {
    cx.sink.error("E0209", span, name, `${want} argument${want === 1 ? "" : "s"}`, args.length);
    return value(errorValue(span));
  }
  const made = maker({ cx, name, args, span });
  return made.kind === "value" && hasErrorOperand(made.expr) ? value(errorValue(span)) : made;
}

function hasErrorOperand(e: TExpr): boolean {
  if (e.kind !== "builtin") return false;
  return Object.values(e.builtin).some(
    (v) => typeof v === "object" && v !== null && "type" in v && isError(v as TExpr),
  );
}
