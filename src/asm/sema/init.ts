/** Initialisers: of locals (stores in order), of globals (bytes and addresses), and compound literals. */
import type { Span } from "../../support/span.ts";
import type { Designator, Expr, Initializer, InitList } from "../syntax/ast.ts";
import { constantInt } from "./constants.ts";
import { type FilledList, isInitList, type Sema } from "./context.ts";
import { assigned, isError, type Operand, place, rvalue } from "./convert.ts";
import { checkOperand } from "./expr.ts";
import { globalFromInit } from "./globals.ts";
import { alignOf, layoutOf, sizeOf, storageUnit } from "./layout.ts";
import { findMember } from "./observer.ts";
import { pathInto } from "./places.ts";
import { fitsArray, stringLength, terminated } from "./strings.ts";
import type { BitField, TExpr, TInit, TInitPart, TLocal } from "./tree.ts";
import { resolveType } from "./type-exprs.ts";
import { isScalar, sameType, typeText, unqualified } from "./type-ops.ts";
import type { CType, Field } from "./types.ts";

/** The type with the length that its initialiser gives an array without one. */
export function completeArray(cx: Sema, type: CType, init: Initializer): CType {
  if (type.kind !== "array" || type.length !== undefined) return type;
  if (fitsArray(type, init)) return { ...type, length: stringLength(init) };
  const inside = listInside(cx, type, init);
  if (inside) return completeArray(cx, type, inside);
  const only = isInitList(init) && init.items.length === 1 ? init.items[0]!.value : undefined;
  if (only && fitsArray(type, only)) return { ...type, length: stringLength(only) };
  if (!isInitList(init)) return type;
  if (isScalar(type.elem) || init.items.every((item) => fillsOne(type.elem, item)))
    return { ...type, length: listLength(cx, init) };
  const filled = fillList(cx, endless(type), init);
  cx.filledLists.set(init, filled);
  return { ...type, length: filled.length };
}

/** Fills one whole element, whatever that is: its own value need not be known to count it. */
const fillsOne = (elem: CType, { designators, value }: InitList["items"][number]): boolean =>
  isInitList(value) || fitsArray(elem, value) ? designators.length <= 1 : designators.length === 1;

/** One more than the greatest index that a list of whole elements reaches. */
function listLength(cx: Sema, init: InitList): number {
  let next = 0;
  let longest = 0;
  for (const { designators } of init.items) {
    const first = designators[0];
    if (first?.kind === "index") next = Number(constantInt(cx, first.index, "an array index") ?? 0n);
    else if (first?.kind === "range") next = Number(constantInt(cx, first.last, "an array index") ?? 0n);
    longest = Math.max(longest, ++next);
  }
  return longest;
}

/** An array whose length its initialiser is to tell. */
const endless = (type: CType): CType =>
  type.kind === "array" && type.length === undefined ? { ...type, length: 2 ** 31 } : type;

function fillList(cx: Sema, type: CType, init: InitList): FilledList {
  const filler = new Filler(cx);
  const length = filler.fill({ type, off: 0 }, init);
  return { parts: inOrder(filler.parts), length };
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
      if (fitsArray(type, init)) return wholeString(cx, type, init);
      cx.sink.error("E0224", init.span, `an array takes a list in braces${isCharArray(type) ? " or a string" : ""}`);
      return { kind: "parts", zero: true, parts: [] };
    }
    cx.facts?.filled.push({ value: init, type });
    const v = assigned(cx, rvalue(checkOperand(cx, init)), type, "initialisation");
    return type.kind === "record" ? { kind: "copy", from: v } : { kind: "scalar", value: v };
  }
  if (isScalar(type)) return scalarList(cx, type, init);
  const only = init.items[0];
  if (init.items.length === 1 && only!.designators.length === 0 && fitsArray(type, only!.value))
    return wholeString(cx, type, only!.value);
  const { parts } = cx.filledLists.get(init) ?? fillList(cx, type, init);
  const covered = coversAll(type, parts);
  return { kind: "parts", zero: !covered, parts: relocated(parts, !covered) };
}

const isConstant = ({ value }: TInitPart): boolean => value.kind === "bytes" || value.expr.kind === "const";
const isZero = ({ value }: TInitPart): boolean =>
  value.kind === "expr" && value.expr.kind === "const" && !value.expr.value;

/**
 * An initialiser whose values are all constant is laid out as in this build; of any other, each part goes where the
 * running kernel has its member, as clang does it. Zeros that are there already must not fall on such a part.
 */
function relocated(parts: readonly TInitPart[], zeroed: boolean): readonly TInitPart[] {
  if (parts.every(isConstant)) return parts.map(({ core: _, ...part }) => part);
  const twice = (part: TInitPart) => parts.filter(({ off }) => off === part.off).length > 1;
  return parts.filter((part) => !(zeroed && part.core && isZero(part) && !twice(part)));
}

function scalarList(cx: Sema, type: CType, init: InitList): TInit {
  const item = init.items[0];
  if (init.items.length > 1) cx.sink.warn("excess-initializers", init.items[1]!.span, "a scalar", 1);
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

/** `{ 0 }`: everything is zero, whatever it consists of. */
const isZeroList = ({ items }: InitList): boolean =>
  items.length === 1 &&
  items[0]!.designators.length === 0 &&
  items[0]!.value.kind === "int" &&
  items[0]!.value.value === 0n;

/** A list that ends before the members do. */
function missingFields(cx: Sema, type: CType, filled: number, list: InitList): void {
  if (type.kind !== "record" || type.decl.of === "union" || isZeroList(list)) return;
  const next = layoutOf(type.decl)?.fields[filled];
  if (!next || (next.type.kind === "array" && next.type.length === undefined)) return;
  cx.sink.warn("missing-field-initializers", { ...list.span, start: list.span.end - 1 }, next.name);
}

/** Some part of the object that an initialiser fills. */
interface Slot {
  readonly type: CType;
  readonly off: number;
  readonly bits?: BitField;
  readonly core?: TInitPart["core"];
}

function stringPart(cx: Sema, slot: Slot, s: Extract<Expr, { kind: "string" }>): TInitPart {
  const count = stringLength(s);
  const text = terminated(s);
  const size = text.length / count;
  const length = slot.type.kind === "array" ? (slot.type.length ?? count) : count;
  if (count - 1 > length) cx.sink.warn("excess-initializers", s.span, "the array", length);
  const bytes = new Uint8Array(length * size);
  bytes.set(text.subarray(0, bytes.length));
  return { off: slot.off, ...(slot.core && { core: slot.core }), value: { kind: "bytes", bytes } };
}

/** The children of an aggregate, in order: what a list without designators fills one by one. */
function childCount(type: CType): number {
  if (type.kind === "array") return type.length ?? 0;
  if (type.kind !== "record") return 0;
  const fields = layoutOf(type.decl)?.fields ?? [];
  return type.decl.of === "union" ? Math.min(1, fields.length) : fields.length;
}

function child(cx: Sema, slot: Slot, index: number): Slot {
  const { type, core } = slot;
  if (type.kind === "array") {
    const inner = core && { ...core, path: [...core.path, index] };
    return { type: type.elem, off: slot.off + index * (sizeOf(type.elem) ?? 0), ...(inner && { core: inner }) };
  }
  if (type.kind !== "record") return slot;
  return fieldSlot(cx, slot, layoutOf(type.decl)!.fields[index]!);
}

function fieldSlot(cx: Sema, slot: Slot, f: Field): Slot {
  const path = slot.type.kind === "record" ? pathInto(cx, slot.core, slot.type, [f.index]) : undefined;
  const core = path && { core: { ...path, from: slot.core?.from ?? slot.off } };
  return { ...plainSlot(slot, f), ...core };
}

function plainSlot(slot: Slot, f: Field): Slot {
  if (f.bitSize === undefined) return { type: f.type, off: slot.off + f.bitOff / 8 };
  const bits = storageUnit(f.bitOff, f.type, f.bitSize, sizeOf(slot.type));
  return { type: f.type, off: slot.off + (f.bitOff - bits.bitOff) / 8, bits };
}

/** Walks a braced list over an aggregate (C11 6.7.9), brace elision and designators included. */
class Filler {
  readonly parts: TInitPart[] = [];
  readonly #cx: Sema;
  readonly #checked = new Map<Expr, TExpr>();
  /** The list that is being read, and whether it names what it fills. */
  #list: InitList | undefined;
  #isDesignated = false;
  readonly #filled = new Set<string>();
  /** Which member of a union has a value, by the union's place. */
  readonly #members = new Map<string, number>();

  constructor(cx: Sema) {
    this.#cx = cx;
  }

  /** Fills a record or an array; one more than the last child that gets a value. */
  fill(slot: Slot, list: InitList): number {
    const [outer, outerDesignated] = [this.#list, this.#isDesignated];
    this.#list = list;
    this.#isDesignated = false;
    const filled = this.#fillAll(slot, list);
    if (!this.#isDesignated && filled > 0) missingFields(this.#cx, slot.type, filled, list);
    this.#list = outer;
    this.#isDesignated = outerDesignated;
    return filled;
  }

  /** How many children the list gets to. */
  #fillAll(slot: Slot, list: InitList): number {
    let at = 0;
    let most = 0;
    const queue = [...list.items];
    const count = childCount(slot.type);
    while (queue.length > 0) {
      const item = queue[0]!;
      if (item.designators.length > 0) {
        queue.shift();
        this.#isDesignated = true;
        const steps = stepsOf(this.#cx, slot.type, item.designators, item.span);
        at = steps ? this.#designated(slot, steps, item.value, queue) + 1 : count;
        if (steps) most = Math.max(most, at);
        continue;
      }
      if (at >= count) {
        this.#cx.sink.warn("excess-initializers", item.span, `'${typeText(slot.type)}'`, count);
        for (const { value } of queue) this.#unused(value);
        return most;
      }
      this.#next(child(this.#cx, slot, at++), queue);
      most = Math.max(most, at);
    }
    return most;
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
    if (this.#list && !isZeroList(this.#list))
      this.#cx.sink.warn("missing-braces", item.value.span, typeText(slot.type));
    for (let i = 0; i < count && queue.length > 0 && queue[0]!.designators.length === 0; i++)
      this.#next(child(this.#cx, slot, i), queue);
    if (count === 0) queue.shift();
  }

  #fillsWhole(slot: Slot, e: Expr): boolean {
    if (slot.type.kind === "array") return fitsArray(slot.type, e);
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
    const slot = { ...place, type: isInitList(init) ? endless(place.type) : place.type };
    if (isInitList(init) && !isScalar(slot.type)) {
      const only = init.items[0];
      if (init.items.length === 1 && fitsArray(slot.type, only!.value)) this.#value(place, only!.value);
      else {
        this.#drop(slot.off * 8, (slot.off + (sizeOf(place.type) ?? 0)) * 8);
        this.fill(slot, init);
      }
      return;
    }
    if (fitsArray(slot.type, init)) {
      this.#override(slot, init);
      this.#add(stringPart(this.#cx, slot, init));
      return;
    }
    this.#override(slot, init);
    if (!isInitList(init))
      this.#cx.facts?.filled.push({ value: init, type: slot.type, ...(slot.bits && { bits: slot.bits }) });
    const expr = isInitList(init)
      ? this.#scalar(slot, init)
      : assigned(this.#cx, this.#check(init), slot.type, "initialisation");
    const { off, bits, core } = slot;
    if (expr) this.#add({ off, ...(bits && { bits }), ...(core && { core }), value: { kind: "expr", expr } });
  }

  /** Told where something is given a second value; the first one is lost. */
  #override(slot: Slot, init: Initializer): void {
    const key = `${slot.off}:${slot.bits?.bitOff ?? ""}`;
    if (this.#filled.has(key)) this.#cx.sink.warn("initializer-overrides", init.span);
    this.#filled.add(key);
  }

  #scalar(slot: Slot, init: InitList): TExpr | undefined {
    const made = scalarList(this.#cx, slot.type, init);
    return made.kind === "scalar" ? made.value : undefined;
  }

  /**
   * Fills what the steps lead to, and what follows it in the records and arrays between; returns the index of the last
   * child that was filled (C11 6.7.9p17).
   */
  #designated(slot: Slot, steps: readonly Step[], init: Initializer, queue: InitList["items"][number][]): number {
    const [{ first, last }, ...rest] = steps as readonly [Step, ...Step[]];
    for (let i = first; i <= last; i++) {
      this.#chooseMember(slot, i);
      const inner = child(this.#cx, slot, i);
      if (rest.length === 0) this.#value(inner, init);
      else {
        const reached = this.#designated(inner, rest, init, i === last ? queue : []);
        if (i === last) this.#following(inner, reached + 1, queue);
      }
    }
    return last;
  }

  /** The children from `at` on take what has no designator of its own. */
  #following(slot: Slot, at: number, queue: InitList["items"][number][]): void {
    const count = childCount(slot.type);
    for (let i = at; i < count && queue.length > 0 && queue[0]!.designators.length === 0; i++)
      this.#next(child(this.#cx, slot, i), queue);
  }

  /** Another member of a union takes the place of the one that was filled before. */
  #chooseMember(slot: Slot, index: number): void {
    if (slot.type.kind !== "record" || slot.type.decl.of !== "union") return;
    const key = `${slot.off}:${slot.type.decl.tag}:${sizeOf(slot.type)}`;
    const before = this.#members.get(key);
    if (before !== undefined && before !== index) this.#drop(slot.off * 8, (slot.off + (sizeOf(slot.type) ?? 0)) * 8);
    this.#members.set(key, index);
  }

  /** Forgets what lies wholly in these bits: it is given another value. */
  #drop(from: number, to: number): void {
    const kept = this.parts.filter((part) => {
      const { start, end } = extent(part);
      return start < from || end > to;
    });
    this.parts.splice(0, this.parts.length, ...kept);
  }

  #add(part: TInitPart): void {
    const { start, end } = extent(part);
    this.#drop(start, end);
    this.parts.push(part);
  }
}

/** Bits of the object that a part fills, the last one excluded. */
function extent({ off, bits, value }: TInitPart): { readonly start: number; readonly end: number } {
  const start = off * 8 + (bits?.bitOff ?? 0);
  if (bits) return { start, end: start + bits.bitSize };
  const size = value.kind === "bytes" ? value.bytes.length : (sizeOf(value.expr.type) ?? 0);
  return { start, end: start + size * 8 };
}

/** Parts by their place: values are made in the order of the members, as clang makes them. */
const inOrder = (parts: readonly TInitPart[]): TInitPart[] =>
  [...parts].sort((a, b) => extent(a).start - extent(b).start);

/** Which children of an array or a record a designator names. */
interface Step {
  readonly first: number;
  readonly last: number;
}

/** The children that designators lead to, anonymous members among them; reports those that lead nowhere. */
function stepsOf(cx: Sema, whole: CType, designators: readonly Designator[], span: Span): Step[] | undefined {
  const steps: Step[] = [];
  let type = whole;
  for (const d of designators) {
    if (d.kind === "field") {
      const found = type.kind === "record" ? findMember(cx, type.decl, d.name) : undefined;
      if (!found) {
        cx.sink.error("E0206", span, d.name.name, typeText(type));
        return undefined;
      }
      steps.push(...found.path.map(({ index }) => ({ first: index, last: index })));
      type = found.path.at(-1)!.type;
      continue;
    }
    const step = elementStep(cx, type, d, span);
    if (!step || type.kind !== "array") return undefined;
    steps.push(step);
    type = type.elem;
  }
  return steps;
}

function elementStep(cx: Sema, type: CType, d: Exclude<Designator, { kind: "field" }>, span: Span): Step | undefined {
  if (type.kind !== "array") {
    cx.sink.error("E0224", span, `[index] does not fit '${typeText(type)}'`);
    return undefined;
  }
  const first = Number(constantInt(cx, d.kind === "index" ? d.index : d.first, "an array index") ?? 0n);
  const last = d.kind === "index" ? first : Number(constantInt(cx, d.last, "an array index") ?? 0n);
  if (first >= 0 && last >= first && last < (type.length ?? 0)) return { first, last };
  cx.sink.error("E0224", span, `index ${last} is outside of '${typeText(type)}'`);
  return undefined;
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
