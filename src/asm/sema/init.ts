/** Initialisers: of locals (stores in order), of globals (bytes and addresses), and compound literals. */
import type { Span } from "../../support/span.ts";
import type { Designator, Expr, Initializer, InitList } from "../syntax/ast.ts";
import { constantInt } from "./constants.ts";
import { isInitList, type Sema } from "./context.ts";
import { assigned, isError, type Operand, place, rvalue } from "./convert.ts";
import { checkOperand } from "./expr.ts";
import { globalFromInit } from "./globals.ts";
import { alignOf, findField, layoutOf, sizeOf } from "./layout.ts";
import { bitField } from "./places.ts";
import type { BitField, TExpr, TInit, TInitPart, TLocal } from "./tree.ts";
import { resolveType } from "./type-exprs.ts";
import { isScalar, sameType, typeText, unqualified } from "./type-ops.ts";
import type { CType, Field } from "./types.ts";

/** The type with the length that its initialiser gives an array without one. */
export function completeArray(cx: Sema, type: CType, init: Initializer): CType {
  if (type.kind !== "array" || type.length !== undefined) return type;
  if (init.kind === "string") return { ...type, length: init.bytes.length + 1 };
  const inside = listInside(cx, type, init);
  if (inside) return completeArray(cx, type, inside);
  const only = isInitList(init) && init.items.length === 1 ? init.items[0]!.value : undefined;
  if (only?.kind === "string" && isCharArray(type)) return { ...type, length: only.bytes.length + 1 };
  if (!isInitList(init)) return type;
  return { ...type, length: listLength(cx, type.elem, init) };
}

/** One more than the greatest index that a list reaches. */
function listLength(cx: Sema, elem: CType, init: InitList): number {
  const scalars = scalarCount(elem);
  let next = 0;
  let longest = 0;
  let run = 0;
  for (const item of init.items) {
    const first = item.designators[0];
    if (first?.kind === "index") next = Number(constantInt(cx, first.index, "an array index") ?? 0n);
    else if (first?.kind === "range") next = Number(constantInt(cx, first.last, "an array index") ?? 0n);
    const whole =
      isInitList(item.value) ||
      scalars === 1 ||
      item.value.kind === "string" ||
      first !== undefined ||
      isRecordValue(cx, item.value);
    if (whole) {
      next++;
      run = 0;
    } else if (++run === scalars) {
      next++;
      run = 0;
    }
    longest = Math.max(longest, next + (run > 0 ? 1 : 0));
  }
  return longest;
}

/** Brace elision needs to know whether an expression fills a whole record. */
const isRecordValue = (_cx: Sema, e: Expr): boolean => e.kind === "compound_literal";

function scalarCount(type: CType): number {
  if (type.kind === "array") return (type.length ?? 0) * scalarCount(type.elem);
  if (type.kind !== "record") return 1;
  const fields = layoutOf(type.decl)?.fields ?? [];
  if (type.decl.of === "union") return fields[0] ? scalarCount(fields[0].type) : 0;
  return fields.reduce((n, f) => n + scalarCount(f.type), 0);
}

const isCharArray = (t: CType): boolean => t.kind === "array" && t.elem.kind === "int" && t.elem.size === 1;

/** The list of a compound literal that fills an object of its own type: no second object is needed (GNU C). */
function listInside(cx: Sema, type: CType, init: Initializer): InitList | undefined {
  if (isInitList(init) || init.kind !== "compound_literal") return undefined;
  return sameType(unqualified(type), unqualified(resolveType(cx, init.type))) ? init.init : undefined;
}

/** What an initialiser makes of a variable of `type`. */
export function checkInit(cx: Sema, type: CType, init: Initializer): TInit {
  const inside = listInside(cx, type, init);
  if (inside) return checkInit(cx, type, inside);
  if (!isInitList(init)) {
    if (type.kind === "array") {
      if (init.kind === "string" && isCharArray(type)) return wholeString(cx, type, init);
      cx.sink.error("E0224", init.span, `an array takes a list in braces${isCharArray(type) ? " or a string" : ""}`);
      return { kind: "parts", zero: true, parts: [] };
    }
    const v = assigned(cx, rvalue(checkOperand(cx, init)), type, "initialisation");
    return type.kind === "record" ? { kind: "copy", from: v } : { kind: "scalar", value: v };
  }
  if (isScalar(type)) return scalarList(cx, type, init);
  const only = init.items[0];
  if (init.items.length === 1 && only!.designators.length === 0 && only!.value.kind === "string" && isCharArray(type))
    return wholeString(cx, type, only!.value);
  const filler = new Filler(cx);
  filler.fill({ type, off: 0 }, init);
  const covered = coversAll(type, filler.parts);
  return { kind: "parts", zero: !covered, parts: filler.parts };
}

function scalarList(cx: Sema, type: CType, init: InitList): TInit {
  const item = init.items[0];
  if (init.items.length > 1)
    cx.sink.warn("excess-initializers", init.items[1]!.span, "one value is enough for a scalar");
  if (!item) return { kind: "parts", zero: true, parts: [] };
  return checkInit(cx, type, item.value);
}

function wholeString(cx: Sema, type: CType, s: Extract<Expr, { kind: "string" }>): TInit {
  return { kind: "parts", zero: false, parts: [stringPart(cx, { type, off: 0 }, s)] };
}

/** Whether the parts write every byte, so that nothing need be zeroed first. */
function coversAll(type: CType, parts: readonly TInitPart[]): boolean {
  let bytes = 0;
  for (const p of parts) {
    if (p.bits) return false;
    bytes += p.value.kind === "bytes" ? p.value.bytes.length : (sizeOf(p.value.expr.type) ?? 0);
  }
  return bytes === sizeOf(type) && new Set(parts.map((p) => p.off)).size === parts.length;
}

/** Some part of the object that an initialiser fills. */
interface Slot {
  readonly type: CType;
  readonly off: number;
  readonly bits?: BitField;
}

function stringPart(cx: Sema, slot: Slot, s: Extract<Expr, { kind: "string" }>): TInitPart {
  const length = slot.type.kind === "array" ? (slot.type.length ?? s.bytes.length + 1) : 0;
  if (s.bytes.length > length)
    cx.sink.warn("excess-initializers", s.span, `the string has ${s.bytes.length} bytes, the array ${length}`);
  const bytes = new Uint8Array(length);
  bytes.set(s.bytes.subarray(0, length));
  return { off: slot.off, value: { kind: "bytes", bytes } };
}

/** The children of an aggregate, in order: what a list without designators fills one by one. */
function childCount(type: CType): number {
  if (type.kind === "array") return type.length ?? 0;
  if (type.kind !== "record") return 0;
  const fields = layoutOf(type.decl)?.fields ?? [];
  return type.decl.of === "union" ? Math.min(1, fields.length) : fields.length;
}

function child(slot: Slot, index: number): Slot {
  const { type } = slot;
  if (type.kind === "array") return { type: type.elem, off: slot.off + index * (sizeOf(type.elem) ?? 0) };
  if (type.kind !== "record") return slot;
  return fieldSlot(slot, layoutOf(type.decl)!.fields[index]!);
}

function fieldSlot(slot: Slot, f: Field): Slot {
  if (f.bitSize === undefined) return { type: f.type, off: slot.off + f.bitOff / 8 };
  const bits = bitField(f.bitOff, f.type, f.bitSize);
  return { type: f.type, off: slot.off + (f.bitOff - bits.bitOff) / 8, bits };
}

/** Walks a braced list over an aggregate (C11 6.7.9), brace elision and designators included. */
class Filler {
  readonly parts: TInitPart[] = [];
  readonly #cx: Sema;
  readonly #checked = new Map<Expr, TExpr>();

  constructor(cx: Sema) {
    this.#cx = cx;
  }

  fill(slot: Slot, list: InitList): void {
    let at = 0;
    const queue = [...list.items];
    const count = childCount(slot.type);
    while (queue.length > 0) {
      const item = queue[0]!;
      if (item.designators.length > 0) {
        queue.shift();
        at = this.#designated(slot, item.designators, item.value, item.span) + 1;
        continue;
      }
      if (at >= count) {
        this.#cx.sink.warn("excess-initializers", item.span, `'${typeText(slot.type)}' has only ${count} parts`);
        for (const { value } of queue) this.#unused(value);
        return;
      }
      this.#next(child(slot, at++), queue);
    }
  }

  /** What fills nothing is checked all the same. */
  #unused(init: Initializer): void {
    if (!isInitList(init)) this.#check(init);
    else for (const { value } of init.items) this.#unused(value);
  }

  /** One child from the front of the queue, which may hold the parts of an aggregate without braces. */
  #next(slot: Slot, queue: InitList["items"][number][]): void {
    const item = queue[0]!;
    const aggregate = slot.type.kind === "array" || slot.type.kind === "record";
    if (!aggregate || isInitList(item.value) || this.#fillsWhole(slot, item.value)) {
      queue.shift();
      this.#value(slot, item.value);
      return;
    }
    const count = childCount(slot.type);
    for (let i = 0; i < count && queue.length > 0 && queue[0]!.designators.length === 0; i++)
      this.#next(child(slot, i), queue);
    if (count === 0) queue.shift();
  }

  #fillsWhole(slot: Slot, e: Expr): boolean {
    if (slot.type.kind === "array") return e.kind === "string" && isCharArray(slot.type);
    if (e.kind === "int" || e.kind === "char" || e.kind === "string") return false;
    if (listInside(this.#cx, slot.type, e)) return true;
    const v = this.#check(e);
    return sameType(unqualified(v.type), unqualified(slot.type)) || isError(v);
  }

  /** Each expression is checked once, though brace elision may ask for its type first. */
  #check(e: Expr): TExpr {
    let v = this.#checked.get(e);
    if (!v) {
      v = rvalue(checkOperand(this.#cx, e));
      this.#checked.set(e, v);
    }
    return v;
  }

  #value(place: Slot, init: Initializer): void {
    const inside = listInside(this.#cx, place.type, init);
    if (inside) {
      this.#value(place, inside);
      return;
    }
    const slot = { ...place, type: completeArray(this.#cx, place.type, init) };
    if (isInitList(init) && !isScalar(slot.type)) {
      const only = init.items[0];
      if (init.items.length === 1 && only!.value.kind === "string" && isCharArray(slot.type))
        this.#value(slot, only!.value);
      else this.fill(slot, init);
      return;
    }
    if (init.kind === "string" && isCharArray(slot.type)) {
      this.parts.push(stringPart(this.#cx, slot, init));
      return;
    }
    const expr = isInitList(init)
      ? this.#scalar(slot, init)
      : assigned(this.#cx, this.#check(init), slot.type, "initialisation");
    if (expr) this.parts.push({ off: slot.off, ...(slot.bits && { bits: slot.bits }), value: { kind: "expr", expr } });
  }

  #scalar(slot: Slot, init: InitList): TExpr | undefined {
    const made = scalarList(this.#cx, slot.type, init);
    return made.kind === "scalar" ? made.value : undefined;
  }

  /** Fills what the designators name; returns the index of the child they begin with. */
  #designated(slot: Slot, designators: readonly Designator[], init: Initializer, span: Span): number {
    const [first, ...rest] = designators;
    const range = this.#indices(slot, first!, span);
    if (!range) return childCount(slot.type);
    for (let i = range.first; i <= range.last; i++) {
      const inner = range.slots ? range.slots : child(slot, i);
      if (rest.length > 0) this.#designated(inner, rest, init, span);
      else this.#value(inner, init);
    }
    return range.last;
  }

  #indices(slot: Slot, d: Designator, span: Span): { first: number; last: number; slots?: Slot } | undefined {
    const { type } = slot;
    if (d.kind === "field") return this.#field(slot, d, span);
    if (type.kind !== "array") {
      this.#cx.sink.error("E0224", span, `[index] does not fit '${typeText(type)}'`);
      return undefined;
    }
    const first = Number(constantInt(this.#cx, d.kind === "index" ? d.index : d.first, "an array index") ?? 0n);
    const last = d.kind === "index" ? first : Number(constantInt(this.#cx, d.last, "an array index") ?? 0n);
    if (first < 0 || last < first || last >= (type.length ?? 0)) {
      this.#cx.sink.error("E0224", span, `index ${last} is outside of '${typeText(type)}'`);
      return undefined;
    }
    return { first, last };
  }

  #field(slot: Slot, d: Extract<Designator, { kind: "field" }>, span: Span) {
    const { type } = slot;
    const found = type.kind === "record" ? findField(type.decl, d.name.name) : undefined;
    if (!found) {
      this.#cx.sink.error("E0206", span, d.name.name, typeText(type));
      return undefined;
    }
    const outer = found.path.slice(0, -1).reduce((s, f) => fieldSlot(s, f), slot);
    const index = found.path[0]!.index;
    return { first: index, last: index, slots: fieldSlot(outer, found.path.at(-1)!) };
  }
}

/** `(type){...}`: a local inside functions, an anonymous global outside. */
export function literalOperand(cx: Sema, e: Extract<Expr, { kind: "compound_literal" }>): Operand {
  const type = completeArray(cx, resolveType(cx, e.type), e.init);
  if (!cx.fn) return place(globalFromInit(cx, type, e.init, e.span));
  const local: TLocal = { name: "", type, align: alignOf(type), span: e.span };
  cx.fn.locals.push(local);
  const init = checkInit(cx, type, e.init);
  return literalPlace({ kind: "literal", local, init, type, span: e.span });
}

/** The literal's local as a place: made first, then named. */
function literalPlace(literal: Extract<TExpr, { kind: "literal" }>): Operand {
  const { local, type, span } = literal;
  const ptr = { kind: "ptr", to: type } as const;
  const address = { kind: "addr", place: { kind: "local", local, type, span }, type: ptr, span } as const;
  const made = { kind: "convert", operand: literal, type: { kind: "void" }, span } as const;
  return place({ kind: "deref", addr: { kind: "comma", left: made, right: address, type: ptr, span }, type, span });
}
