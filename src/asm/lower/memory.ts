/** `memcpy` and its kin, with a length that is known: they become copies, fills and compares of fixed size. */
import type { Size } from "../../isa/insn.ts";
import { bug } from "../../support/bug.ts";
import type { PhiArg, ValueId } from "../ir/model.ts";
import { alignOf } from "../sema/layout.ts";
import type { TExpr } from "../sema/tree.ts";
import { pointeeSpace } from "../sema/type-ops.ts";
import { type FunctionContext, sizeDividing, slotAlign, temporary } from "./context.ts";
import { evaluate } from "./expr.ts";
import { type Address, inProgram } from "./place.ts";
import { copyBytes, fillBytes } from "./record.ts";

/** The constant value of a length; undefined where it has none. */
function constantOf(e: TExpr): number | undefined {
  let at = e;
  while (at.kind === "convert") at = at.operand;
  return at.kind === "const" && at.value >= 0n && at.value < 1n << 32n ? Number(at.value) : undefined;
}

/** The same; a diagnostic where it has none. */
function constantLength(cx: FunctionContext, e: TExpr, name: string): number | undefined {
  const known = constantOf(e);
  if (known !== undefined) return known;
  cx.sink.error("E0409", e.span, name).help("loop over the bytes, or use a helper such as bpf_probe_read_kernel");
  return undefined;
}

/** What is known of a pointer's alignment: that of the object it names, else of the type it pointed to in the source. */
function alignment(e: TExpr): Size {
  if (e.kind === "convert" && e.operand.type.kind === "ptr") return alignment(e.operand);
  if (e.kind === "addr" && e.place.kind === "local") return slotAlign(e.place.local);
  if (e.kind === "addr" && e.place.kind === "field") {
    const outer = alignment({ ...e, place: e.place.base });
    return Math.min(outer, e.place.off === 0 ? 8 : sizeDividing(e.place.off)) as Size;
  }
  if (e.kind === "addr") return sizeDividing(Math.min(8, alignOf(e.place.type)));
  return e.type.kind === "ptr" ? sizeDividing(Math.min(8, alignOf(e.type.to))) : 1;
}

const pointee = (cx: FunctionContext, e: TExpr): Address =>
  inProgram(cx, { base: evaluate(cx, e), off: 0, align: alignment(e), volatile: false, space: pointeeSpace(e.type) });

type LengthLater = "__builtin_memcpy" | "__builtin_memset";

/** Waits, as a call, for its length to become a constant by inlining, or for its branch to go away. */
function settledLater(cx: FunctionContext, name: LengthLater, dst: TExpr, second: TExpr, length: TExpr): ValueId {
  const to = pointee(cx, dst).base;
  const args = [
    to,
    name === "__builtin_memcpy" ? pointee(cx, second).base : evaluate(cx, second),
    evaluate(cx, length),
  ];
  cx.b.emit({ op: "call", ty: "void", callee: { kind: "function", name }, args });
  return to;
}

export function copyMemory(cx: FunctionContext, dst: TExpr, src: TExpr, length: TExpr): ValueId | undefined {
  const bytes = constantOf(length);
  if (bytes === undefined) return settledLater(cx, "__builtin_memcpy", dst, src, length);
  const to = pointee(cx, dst);
  copyBytes(cx, to, pointee(cx, src), bytes);
  return to.base;
}

/** The objects may overlap: by way of a temporary, which goes away where it fits registers. */
export function moveMemory(cx: FunctionContext, dst: TExpr, src: TExpr, length: TExpr): ValueId | undefined {
  const bytes = constantLength(cx, length, "__builtin_memmove");
  if (bytes === undefined) return undefined;
  const to = pointee(cx, dst);
  const from = pointee(cx, src);
  const between: Address = { base: temporary(cx, bytes), off: 0, align: from.align, volatile: false };
  copyBytes(cx, between, from, bytes);
  copyBytes(cx, to, { ...between, align: to.align }, bytes);
  return to.base;
}

export function setMemory(cx: FunctionContext, dst: TExpr, byte: TExpr, length: TExpr): ValueId | undefined {
  const bytes = constantOf(length);
  if (bytes === undefined) return settledLater(cx, "__builtin_memset", dst, byte, length);
  const to = pointee(cx, dst);
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
export function compareMemory(cx: FunctionContext, left: TExpr, right: TExpr, length: TExpr): ValueId | undefined {
  const bytes = constantLength(cx, length, "__builtin_memcmp");
  if (bytes === undefined) return undefined;
  const { b } = cx;
  const sides = [pointee(cx, left), pointee(cx, right)] as const;
  if (bytes === 0) return b.const("i32", 0n);
  const align = Math.min(sides[0].align, sides[1].align) as Size;
  const [differ, end] = [b.block(), b.block()];
  const found: { block: PhiArg["block"]; values: readonly [ValueId, ValueId] }[] = [];
  for (const { off, size } of chunks(bytes, align)) {
    const load = (side: Address): ValueId => b.load({ ty: "i64", size, signed: false, base: side.base, off });
    const values = [load(sides[0]), load(sides[1])] as const;
    const next = b.block();
    found.push({ block: b.current, values });
    b.branch("ne", values[0], values[1], differ, next);
    b.enter(next);
  }
  const same: PhiArg = { block: b.current, value: b.const("i32", 0n) };
  b.jump(end);
  b.enter(differ);
  const order = firstDifference(cx, found);
  b.jump(end);
  b.enter(end);
  return b.phi("i32", [same, { block: differ, value: order }]);
}

/** -1 or 1: the values as they lie in memory, first byte first. */
function firstDifference(
  cx: FunctionContext,
  found: readonly { block: PhiArg["block"]; values: readonly [ValueId, ValueId] }[],
): ValueId {
  const { b } = cx;
  if (found.length === 0) return bug("nothing to compare");
  const phi = (side: 0 | 1): ValueId =>
    b.phi(
      "i64",
      found.map(({ block, values }) => ({ block, value: values[side] })),
    );
  const sides = [phi(0), phi(1)] as const;
  const [left, right] = sides.map((value) => b.emit({ op: "bswap", ty: "i64", bits: 64, a: value }));
  const less = b.cmp("ult", left!, right!);
  const twice = b.bin("shl", less, b.const("i32", 1n));
  return b.bin("sub", b.const("i32", 1n), twice);
}
