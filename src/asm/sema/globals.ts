/** Variables with static storage: their sections, their bytes, maps, externs and the licence. */
import type { Span } from "../../support/span.ts";
import type { Declarator, Initializer } from "../syntax/ast.ts";
import { type Attributes, noAttributes } from "./attributes.ts";
import { constAddress, constantNumber } from "./constants.ts";
import type { Sema } from "./context.ts";
import { isError } from "./convert.ts";
import { checkInit, completeArray } from "./init.ts";
import { withKnown } from "./known-constants.ts";
import { alignOf, sizeOf } from "./layout.ts";
import type { Entity, GlobalDraft } from "./scope.ts";
import type { TExpr, TExtern, TInit, TInitPart, TPlace } from "./tree.ts";
import { isInteger, isScalar, sameType, spaceOf, typeText } from "./type-ops.ts";
import type { CType } from "./types.ts";

type GlobalEntity = Extract<Entity, { kind: "global" }>;

export interface GlobalSpec {
  readonly name: string;
  readonly linkage: "static" | "global";
  /** `extern` without a value: declared, defined elsewhere in the file or by the loader. */
  readonly external: boolean;
  readonly attrs: Attributes;
}

/** Declares a variable at file scope (or a `static` one in a function, under a name of its own). */
export function declareGlobal(cx: Sema, d: Declarator, declared: CType, spec: GlobalSpec): void {
  const { init } = d;
  const type = init ? cx.asConstant(() => completeArray(cx, declared, init)) : declared;
  const section = spec.attrs.section;
  if (section === ".maps" && spec.external) declareLinkedMap(cx, d, type, spec);
  else if (section === ".maps") declareMap(cx, d, type);
  else if (spec.external && (section === ".ksyms" || section === ".kconfig")) declareExtern(cx, d, type, spec, section);
  else if (section === "license") declareLicense(cx, d, type);
  else declareVariable(cx, d, type, spec);
}

function declareVariable(cx: Sema, d: Declarator, type: CType, spec: GlobalSpec): void {
  const entity = globalEntity(cx, d, type, spec);
  if (entity && !spec.external) define(cx, entity, d, type, spec);
}

function globalEntity(cx: Sema, d: Declarator, type: CType, spec: GlobalSpec): GlobalEntity | undefined {
  const known = cx.scope.own(d.name.name);
  if (known && known.kind !== "global") {
    cx.sink.error("E0208", d.name.span, d.name.name);
    return undefined;
  }
  if (known) {
    const { global } = known;
    if (!sameType(global.type, type))
      cx.sink
        .error("E0233", d.name.span, d.name.name, typeText(global.type), typeText(type))
        .note("declared here", global.span);
    if (global.type.kind === "array" && global.type.length === undefined) global.type = type;
    if (!known.tentative && d.init)
      cx.sink.error("E0208", d.name.span, d.name.name).note("defined here first", global.span);
    if (spec.attrs.used) global.used = true;
    return known;
  }
  const entity: GlobalEntity = { kind: "global", global: draft(spec.name, type, spec, d.name.span), tentative: true };
  cx.scope.declare(d.name.name, entity);
  cx.declared.push(entity.global);
  return entity;
}

function draft(name: string, type: CType, spec: Pick<GlobalSpec, "linkage" | "attrs">, span: Span): GlobalDraft {
  return {
    name,
    type,
    section: spec.attrs.section ?? ".bss",
    linkage: spec.linkage,
    weak: spec.attrs.weak,
    hidden: spec.attrs.hidden,
    align: Math.max(alignOf(type), spec.attrs.align ?? 1),
    size: sizeOf(type) ?? 0,
    relocs: [],
    anonymous: false,
    constant: isConst(type) && !isVolatileAnywhere(type),
    declTags: spec.attrs.declTags,
    ...(spec.attrs.used && { used: true }),
    span,
  };
}

const elementType = (t: CType): CType => (t.kind === "array" ? elementType(t.elem) : t);
const isConst = (t: CType): boolean => elementType(t).q?.const === true;
const isVolatileAnywhere = (t: CType): boolean => elementType(t).q?.volatile === true;

/** Gives the variable its bytes and, where none is named, its section. */
function define(cx: Sema, entity: GlobalEntity, d: Declarator, type: CType, spec: GlobalSpec): void {
  const { global } = entity;
  const size = sizeOf(type);
  if (size === undefined) {
    cx.sink.error("E0212", d.name.span, typeText(type), `'${d.name.name}' needs a size`);
    return;
  }
  if (!d.init && !hasRoom(cx, size, d.name.span)) return;
  global.type = type;
  global.size = size;
  if (spec.attrs.section) global.section = spec.attrs.section;
  if (spec.linkage === "static" || !d.init) global.linkage = spec.linkage;
  if (entity.tentative && !cx.globals.includes(global)) cx.globals.push(global);
  if (d.init) {
    entity.tentative = false;
    fillGlobal(cx, global, type, d.init);
    const { init } = d;
    if (isConst(type) && isScalar(type) && global.relocs.length === 0 && init.kind !== "init_list")
      entity.value = readScalar(global);
    if (entity.value !== undefined && global.constant && !global.weak && isInteger(type))
      cx.knownValues.set(global.name, entity.value);
  }
  if (!spec.attrs.section) global.section = usualSection(type, global);
}

/** Where a variable lives that names no section. What is in an arena goes by the number of its address space, as LLVM has it. */
function usualSection(type: CType, global: GlobalDraft): string {
  if (spaceOf(type) !== 0) return `.addr_space.${spaceOf(type)}`;
  if (isConst(type)) return ".rodata";
  return global.bytes || global.relocs.length > 0 ? ".data" : ".bss";
}

function readScalar(global: GlobalDraft): bigint {
  const bytes = global.bytes ?? new Uint8Array(global.size);
  return bytes.reduceRight((v, b) => (v << 8n) | BigInt(b), 0n);
}

/** An anonymous variable for a compound literal outside of functions. */
export function globalFromInit(cx: Sema, type: CType, init: Initializer, span: Span): TPlace {
  const global = draft(cx.freshName(".compoundliteral"), type, { linkage: "static", attrs: noAttributes }, span);
  global.anonymous = true;
  fillGlobal(cx, global, type, init);
  global.section = isConst(type) ? ".rodata" : ".data";
  cx.globals.push(global);
  return { kind: "global", name: global.name, type, span };
}

// ---- bytes ----

function fillGlobal(cx: Sema, global: GlobalDraft, type: CType, init: Initializer): void {
  const made = cx.asConstant(() => checkInit(cx, type, init));
  const image = new Image(cx, flexibleSize(global.size, made), init.span);
  for (const part of partsOf(made)) image.put(part);
  global.size = image.bytes.length;
  global.relocs = image.relocs;
  if (image.bytes.some((b) => b !== 0)) global.bytes = image.bytes;
}

/** The bytes that a variable with static storage would hold; addresses in it stay zero. */
export function constantBytes(cx: Sema, type: CType, init: Initializer): Uint8Array {
  const image = new Image(cx, sizeOf(type) ?? 0, init.span);
  for (const part of partsOf(cx.asConstant(() => checkInit(cx, type, init)))) image.put(part);
  return image.bytes;
}

const partsOf = (init: TInit): readonly TInitPart[] =>
  init.kind === "parts"
    ? init.parts
    : [{ off: 0, value: { kind: "expr", expr: init.kind === "scalar" ? init.value : init.from } }];

/** A flexible member's elements lie behind the size of the type. */
function flexibleSize(size: number, init: TInit): number {
  return partsOf(init).reduce((max, p) => {
    const length = p.value.kind === "bytes" ? p.value.bytes.length : (sizeOf(p.value.expr.type) ?? 0);
    return Math.max(max, p.bits ? 0 : p.off + length);
  }, size);
}

/** Bytes of a variable at most: its section becomes the one value of an array map (arraymap.c:array_map_alloc_check). */
const MOST_BYTES = 0x7fff_ffff;

/** Whether a variable has a size that sections can have; reports E0228. */
function hasRoom(cx: Sema, size: number, span: Span): boolean {
  if (size <= MOST_BYTES) return true;
  cx.sink.error("E0228", span, `${size} bytes are too many`);
  return false;
}

/** The initial bytes of a variable: none where there are too many. */
class Image {
  readonly bytes: Uint8Array;
  readonly #isHeld: boolean;
  readonly relocs: { off: number; symbol: string; addend: number }[] = [];
  readonly #cx: Sema;

  constructor(cx: Sema, size: number, span: Span) {
    this.#cx = cx;
    this.#isHeld = hasRoom(cx, size, span);
    this.bytes = new Uint8Array(this.#isHeld ? size : 0);
  }

  put(part: TInitPart): void {
    if (!this.#isHeld) return;
    if (part.value.kind === "bytes") {
      this.bytes.set(part.value.bytes, part.off);
      return;
    }
    this.#expr(part, part.value.expr);
  }

  #expr(part: TInitPart, written: TExpr): void {
    const e = withKnown(this.#cx, written);
    if (isError(e)) return;
    const number = numberIn(e);
    if (number !== undefined) {
      if (part.bits) this.#bits(part.off, part.bits, number);
      else this.#number(part.off, sizeOf(e.type) ?? 8, number);
      return;
    }
    const inner = literalInit(e);
    if (inner) {
      for (const p of partsOf(inner)) this.put({ ...p, off: part.off + p.off });
      return;
    }
    const address = constAddress(e);
    if (address && (sizeOf(e.type) ?? 0) === 8) this.relocs.push({ off: part.off, ...address });
    else this.#cx.sink.error("E0211", e.span, "the initial value of a variable with static storage");
  }

  #number(off: number, size: number, value: bigint): void {
    for (let i = 0; i < size; i++) this.bytes[off + i] = Number((value >> BigInt(i * 8)) & 0xffn);
  }

  #bits(off: number, bits: NonNullable<TInitPart["bits"]>, value: bigint): void {
    const mask = ((1n << BigInt(bits.bitSize)) - 1n) << BigInt(bits.bitOff);
    const size = Math.max(bits.size, Math.ceil((bits.bitOff + bits.bitSize) / 8));
    let unit = 0n;
    for (let i = size - 1; i >= 0; i--) unit = (unit << 8n) | BigInt(this.bytes[off + i] ?? 0);
    this.#number(off, size, (unit & ~mask) | ((value << BigInt(bits.bitOff)) & mask));
  }
}

/** A number; a conversion to a narrower type than the number came from keeps its low bits. */
const numberIn = (e: TExpr): bigint | undefined =>
  e.kind === "convert" && e.type.kind === "int" ? constantNumber(e.operand) : constantNumber(e);

/** The initialiser of a compound literal that is used for its value. */
const literalInit = (e: TExpr): TInit | undefined => (e.kind === "literal" ? e.init : undefined);

// ---- maps, externs, licence ----

function declareMap(cx: Sema, d: Declarator, type: CType): void {
  const { name, span } = d.name;
  const known = cx.scope.own(name);
  const onlyMentioned = known?.kind === "global" && !cx.globals.includes(known.global);
  if (known && !(onlyMentioned && sameType(known.global.type, type))) cx.sink.error("E0208", span, name);
  if (type.kind !== "record") {
    cx.sink.error(
      "E0227",
      span,
      name,
      "a map is a variable of an anonymous struct type with __uint and __type members",
    );
    return;
  }
  cx.scope.declare(name, { kind: "map", name, type });
  const size = sizeOf(type) ?? 0;
  const image = d.init ? mapImage(cx, type, d.init, size) : undefined;
  cx.maps.push({ name, type, size: image?.bytes.length ?? size, relocs: image?.relocs ?? [], span });
}

/** `extern` of a map that another object defines, or this file further down. */
function declareLinkedMap(cx: Sema, d: Declarator, type: CType, spec: GlobalSpec): void {
  const { name, span } = d.name;
  if (cx.scope.own(name)) return;
  cx.scope.declare(name, { kind: "global", global: draft(name, type, spec, span), tentative: true });
  cx.declared.push(draft(name, type, spec, span));
}

/** `.values = {...}` and `[0] = &inner` of map-in-map and prog arrays: addresses only. */
function mapImage(cx: Sema, type: CType, init: Initializer, size: number): Image {
  const made = checkInit(cx, type, init);
  const image = new Image(cx, flexibleSize(size, made), init.span);
  for (const part of partsOf(made)) image.put(part);
  return image;
}

function declareExtern(cx: Sema, d: Declarator, type: CType, spec: GlobalSpec, section: ".ksyms" | ".kconfig"): void {
  const { name, span } = d.name;
  const known = cx.scope.own(name);
  if (known?.kind === "extern") return;
  if (known) cx.sink.error("E0208", span, name);
  const kind = section === ".kconfig" ? "kconfig" : "ksym_var";
  const extern: TExtern = { name, kind, type, weak: spec.attrs.weak, section, declared: true, span };
  cx.scope.declare(name, { kind: "extern", extern });
}

function declareLicense(cx: Sema, d: Declarator, type: CType): void {
  if (!d.init) {
    cx.sink.error("E0229", d.name.span, d.name.name, 'the licence needs its text here, such as = "GPL"');
    return;
  }
  const made = checkInit(cx, type, d.init);
  const image = new Image(cx, sizeOf(type) ?? 0, d.init.span);
  for (const part of partsOf(made)) image.put(part);
  const end = image.bytes.indexOf(0);
  const text = new TextDecoder().decode(image.bytes.subarray(0, end === -1 ? undefined : end));
  cx.license = { text, span: d.name.span };
  const entity = globalEntity(cx, d, type, {
    name: d.name.name,
    linkage: "global",
    external: false,
    attrs: noAttributes,
  });
  if (!entity) return;
  entity.global.section = "license";
  entity.global.size = image.bytes.length;
  entity.global.bytes = image.bytes;
  entity.tentative = false;
  cx.globals.push(entity.global);
}
