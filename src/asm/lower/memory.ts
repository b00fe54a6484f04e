/** `memcpy` and its kin: with a length that is known they become copies and fills, else calls that wait for it. */
import type { Size } from "../../isa/insn.ts";
import type { ValueId } from "../ir/model.ts";
import { alignOf } from "../sema/layout.ts";
import type { TExpr } from "../sema/tree.ts";
import { pointeeSpace } from "../sema/type-ops.ts";
import { type FunctionContext, globalAlign, sizeDividing, slotAlign } from "./context.ts";
import { evaluate } from "./expr.ts";
import { type Address, inProgram } from "./place.ts";
import { copyBytes, fillBytes } from "./record.ts";

/** The constant value of a length; undefined where it has none. */
function constantOf(e: TExpr): number | undefined {
  let at = e;
  while (at.kind === "convert") at = at.operand;
  return at.kind === "const" && at.value >= 0n && at.value < 1n << 32n ? Number(at.value) : undefined;
}

/** What is known of a pointer's alignment: that of the object it names, else of the type it pointed to in the source. */
function alignment(cx: FunctionContext, e: TExpr): Size {
  if (e.kind === "convert" && e.operand.type.kind === "ptr") return alignment(cx, e.operand);
  if (e.kind === "addr" && e.place.kind === "local") return slotAlign(e.place.local);
  if (e.kind === "addr" && e.place.kind === "field") {
    const outer = alignment(cx, { ...e, place: e.place.base });
    return Math.min(outer, e.place.off === 0 ? 8 : sizeDividing(e.place.off)) as Size;
  }
  if (e.kind === "addr" && e.place.kind === "global") return globalAlign(cx, e.place.name, e.place.type);
  if (e.kind === "addr") return sizeDividing(Math.min(8, alignOf(e.place.type)));
  return e.type.kind === "ptr" ? sizeDividing(Math.min(8, alignOf(e.type.to))) : 1;
}

const pointee = (cx: FunctionContext, e: TExpr): Address =>
  inProgram(cx, {
    base: evaluate(cx, e),
    off: 0,
    align: alignment(cx, e),
    volatile: false,
    space: pointeeSpace(e.type),
  });

type MemoryFunction = "__builtin_memcpy" | "__builtin_memmove" | "__builtin_memset" | "__builtin_memcmp";

/**
 * A call that waits for its length to become a constant by inlining, or for its branch to go away; what is known of the
 * alignment is its last argument.
 */
function memoryCall(
  cx: FunctionContext,
  name: MemoryFunction,
  args: readonly [ValueId, ValueId, TExpr],
  align: Size,
): ValueId {
  const known = constantOf(args[2]);
  const length = known === undefined ? evaluate(cx, args[2]) : cx.b.const("i64", BigInt(known));
  return cx.b.emit({
    op: "call",
    ty: name === "__builtin_memcmp" ? "i32" : "void",
    callee: { kind: "function", name },
    args: [args[0], args[1], length, cx.b.const("i64", BigInt(align))],
  });
}

const smaller = (a: Size, b: Size): Size => (a < b ? a : b);

export function copyMemory(cx: FunctionContext, dst: TExpr, src: TExpr, length: TExpr): ValueId | undefined {
  const bytes = constantOf(length);
  const to = pointee(cx, dst);
  const from = pointee(cx, src);
  if (bytes !== undefined) copyBytes(cx, to, from, bytes);
  else memoryCall(cx, "__builtin_memcpy", [to.base, from.base, length], smaller(to.align, from.align));
  return to.base;
}

/** The objects may overlap: how they lie is seen when their addresses are known. */
export function moveMemory(cx: FunctionContext, dst: TExpr, src: TExpr, length: TExpr): ValueId | undefined {
  const to = pointee(cx, dst);
  const from = pointee(cx, src);
  memoryCall(cx, "__builtin_memmove", [to.base, from.base, length], smaller(to.align, from.align));
  return to.base;
}

export function setMemory(cx: FunctionContext, dst: TExpr, byte: TExpr, length: TExpr): ValueId | undefined {
  const bytes = constantOf(length);
  const to = pointee(cx, dst);
  if (bytes === undefined) {
    memoryCall(cx, "__builtin_memset", [to.base, evaluate(cx, byte), length], to.align);
    return to.base;
  }
  let known = byte;
  while (known.kind === "convert") known = known.operand;
  if (known.kind === "const") fillBytes(cx, to, Number(BigInt.asUintN(8, known.value)), bytes);
  else setVariable(cx, to, evaluate(cx, byte), bytes);
  return to.base;
}

/** Every byte the low byte of `value`. */
function setVariable(cx: FunctionContext, to: Address, value: ValueId, length: number): void {
  const { b } = cx;
  const low = b.emit({ op: "zext", ty: "i64", from: 8, a: value });
  const repeated = b.bin("mul", low, b.const("i64", 0x0101_0101_0101_0101n));
  for (const { off, size } of chunks(length, to.align)) {
    const part = size === 8 ? repeated : b.emit({ op: "trunc", ty: "i32", a: repeated });
    b.store({ size, base: to.base, off, value: part });
  }
}

function chunks(length: number, align: Size): { off: number; size: Size }[] {
  const list: { off: number; size: Size }[] = [];
  let size = align;
  for (let off = 0; off < length; off += size) {
    while (off + size > length) size = (size / 2) as Size;
    list.push({ off, size });
  }
  return list;
}

/** Less than, equal to or greater than 0, by the first bytes that differ. */
export function compareMemory(cx: FunctionContext, left: TExpr, right: TExpr, length: TExpr): ValueId {
  const sides = [pointee(cx, left), pointee(cx, right)] as const;
  const align = smaller(sides[0].align, sides[1].align);
  return memoryCall(cx, "__builtin_memcmp", [sides[0].base, sides[1].base, length], align);
}
