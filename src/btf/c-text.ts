/** All types of a BTF as C that a compiler takes: each definition behind those that it needs. */
import { layoutOf } from "./c-layout.ts";
import { printType } from "./print.ts";
import {
  type BtfSpec,
  type BtfType,
  type EnumType,
  isEnum,
  isRecord,
  type Member,
  type RecordType,
  type TypeId,
} from "./type.ts";

/** Definitions inside definitions, and lines in all, after which types from anywhere are given up on. */
const MAX_NESTING = 1500;
const MAX_INDENT = 12;
const MAX_LINES = 500_000;

/** Structs, unions, enumerations and typedefs, in an order in which C knows each name before it is used. */
export function printTypes(btf: BtfSpec): string {
  const text = new CText(btf);
  for (let id = 1; id < btf.typeCount; id++) text.add(id as TypeId);
  return text.finish();
}

type Named = BtfType & { readonly name: string };
const hasName = (type: BtfType): type is Named => "name" in type && type.name !== "";

class CText {
  readonly #btf: BtfSpec;
  readonly #out: string[] = [];
  readonly #done = new Set<TypeId>();
  readonly #open = new Set<TypeId>();
  readonly #declared = new Set<string>();
  readonly #names = new Map<TypeId, string>();
  readonly #taken = new Map<string, number>();
  #lines = 0;

  constructor(btf: BtfSpec) {
    this.#btf = btf;
  }

  /** Defines what has a name of its own. */
  add(id: TypeId): void {
    const { kind } = this.#btf.type(id);
    if (kind === "struct" || kind === "union" || kind === "enum" || kind === "enum64" || kind === "typedef")
      this.#define(id, 0);
  }

  finish(): string {
    const cut = this.#lines > MAX_LINES ? "/* and more than can be shown */\n" : "";
    return this.#out.join("\n") + cut;
  }

  #define(id: TypeId, depth: number): void {
    if (this.#done.has(id) || this.#open.has(id) || depth > MAX_NESTING || this.#lines > MAX_LINES) return;
    const type = this.#btf.type(id);
    if (type.kind !== "typedef" && !hasName(type) && !isEnum(type)) return;
    this.#open.add(id);
    if (type.kind === "typedef") this.#need(type.type, false, depth + 1);
    else if (isRecord(type)) this.#needMembers(type, depth + 1);
    this.#open.delete(id);
    this.#done.add(id);
    this.#write(this.#definition(id, type));
  }

  #write(text: string): void {
    if (text === "") return;
    this.#lines += text.split("\n").length;
    this.#out.push(text);
  }

  #definition(id: TypeId, type: BtfType): string {
    if (type.kind === "typedef") return this.#typedef(id, type);
    if (isRecord(type)) return `${this.#record(type, this.#tag(id, type), 0)};\n`;
    return isEnum(type) && (hasName(type) || !this.#isInline(id)) ? `${this.#enum(id, type, 0)};\n` : "";
  }

  #typedef(id: TypeId, type: Extract<BtfType, { kind: "typedef" }>): string {
    if (type.name === "__builtin_va_list") return "";
    return `typedef ${this.#declare(type.type, this.#name(id, type, "word"), 0)};\n`;
  }

  #anonymous: ReadonlySet<TypeId> | undefined;

  /** Whether an anonymous enumeration stands inside another type. */
  #isInline(id: TypeId): boolean {
    this.#anonymous ??= usedInside(this.#btf);
    return this.#anonymous.has(id);
  }

  #needMembers(type: RecordType, depth: number): void {
    for (const member of type.members) this.#need(member.type, true, depth);
  }

  /** What a use of the type wants to be known before: all of it (`whole`), or behind a pointer its name. */
  #need(id: TypeId, whole: boolean, depth: number): void {
    if (depth > MAX_NESTING) return;
    const type = this.#btf.type(id);
    switch (type.kind) {
      case "ptr":
        this.#need(type.type, false, depth + 1);
        return;
      case "const":
      case "volatile":
      case "restrict":
      case "type_tag":
        this.#need(type.type, whole, depth + 1);
        return;
      case "array":
        this.#need(type.elem, true, depth + 1);
        return;
      case "func_proto":
        this.#need(type.ret, false, depth + 1);
        for (const param of type.params) this.#need(param.type, false, depth + 1);
        return;
      case "typedef":
        this.#define(id, depth);
        if (whole) this.#need(type.type, true, depth + 1);
        return;
      case "struct":
      case "union":
        if (!hasName(type)) this.#needInside(id, type, depth + 1);
        else if (whole) this.#define(id, depth);
        else this.#declareTag(`${type.kind} ${this.#tag(id, type)}`);
        return;
      case "enum":
      case "enum64":
        if (hasName(type)) this.#define(id, depth);
        return;
      case "fwd":
        this.#declareTag(`${type.of} ${type.name}`);
        return;
      default:
    }
  }

  /** The members of a record that stands where it is used; once is enough. */
  #needInside(id: TypeId, type: RecordType, depth: number): void {
    if (this.#done.has(id)) return;
    this.#done.add(id);
    this.#needMembers(type, depth);
  }

  #declareTag(words: string): void {
    if (this.#declared.has(words)) return;
    this.#declared.add(words);
    this.#write(`${words};\n`);
  }

  /** A name that nothing else of that kind has: a second `item` becomes `item___2`. */
  #fresh(name: string, space: "tag" | "word"): string {
    const key = `${space} ${name}`;
    const count = (this.#taken.get(key) ?? 0) + 1;
    this.#taken.set(key, count);
    return count === 1 ? name : `${name}___${count}`;
  }

  #name(id: TypeId, type: Named, space: "tag" | "word"): string {
    let name = this.#names.get(id);
    if (name === undefined) {
      name = this.#fresh(type.name, space);
      this.#names.set(id, name);
    }
    return name;
  }

  #tag(id: TypeId, type: BtfType): string {
    return hasName(type) ? this.#name(id, type, "tag") : "";
  }

  #record(type: RecordType, tag: string, indent: number): string {
    this.#lines += 2 + type.members.length;
    const { packed, gaps, tail } = layoutOf(this.#btf, type);
    const pad = "\t".repeat(indent + 1);
    const last = type.kind === "struct" && tail === 0 ? type.members.length - 1 : -1;
    const rows = type.members.flatMap((member, i) => [
      ...this.#gap(gaps[i]!, member).map((row) => pad + row),
      `${pad}${sized(this.#member(member, indent + 1), i === last)};`,
    ]);
    if (tail > 0) rows.push(`${pad}${this.#pad(tail)}`);
    const head = tag === "" ? type.kind : `${type.kind} ${tag}`;
    return `${head} {\n${rows.join("\n")}\n${"\t".repeat(indent)}}${packed ? " __attribute__((packed))" : ""}`;
  }

  #pads = 0;

  #pad(bytes: number): string {
    return `unsigned char __pad_${++this.#pads}[${bytes}];`;
  }

  /** Whole bytes as an array, the rest as a bit-field without a name. */
  #gap(bits: number, { bitSize }: Member): readonly string[] {
    if (bits <= 0) return [];
    if (!bitSize || bits % 8 === 0) return [this.#pad(Math.floor(bits / 8))];
    const rest = `unsigned char: ${bits % 8};`;
    return bits > 64 ? [this.#pad(Math.floor(bits / 8)), rest] : [`unsigned long long: ${bits};`];
  }

  #member({ type, name, bitSize }: Member, indent: number): string {
    return this.#declare(type, name, indent) + (bitSize ? `: ${bitSize}` : "");
  }

  #declare(id: TypeId, name: string, indent: number): string {
    return printType(this.#btf, id, name, (base) => this.#base(base, indent));
  }

  /** A record or enumeration without a name stands where it is used; others go by the name that they got. */
  #base(id: TypeId, indent: number): string | undefined {
    const type = this.#btf.type(id);
    if (type.kind === "typedef") return this.#name(id, type, "word");
    if (isRecord(type)) return hasName(type) ? `${type.kind} ${this.#tag(id, type)}` : this.#inline(type, indent);
    if (isEnum(type)) return hasName(type) ? `enum ${this.#tag(id, type)}` : this.#enum(id, type, indent);
    return undefined;
  }

  #inline(type: RecordType, indent: number): string {
    if (indent > MAX_INDENT || this.#lines > MAX_LINES) return `${type.kind} { /* ... */ }`;
    return this.#record(type, "", indent);
  }

  #enum(id: TypeId, type: EnumType, indent: number): string {
    const pad = "\t".repeat(indent + 1);
    if (type.values.length === 0) return this.#emptyEnum(this.#tag(id, type));
    const rows = type.values.map(
      ({ name, value }) => `${pad}${this.#fresh(name, "word")} = ${number(value, type.kind === "enum64")},`,
    );
    const tag = this.#tag(id, type);
    const width =
      type.size === 1 || type.size === 2 ? ` __attribute__((mode(${type.size === 1 ? "byte" : "HI"})))` : "";
    this.#lines += rows.length;
    return `enum${tag === "" ? "" : ` ${tag}`} {\n${rows.join("\n")}\n${"\t".repeat(indent)}}${width}`;
  }

  /** C has no enumeration without enumerators. */
  #emptyEnum(tag: string): string {
    return `enum${tag === "" ? "" : ` ${tag}`} { ${this.#fresh(`__empty_${tag}`, "word")} }`;
  }
}

const number = (value: bigint, wide: boolean): string => (wide ? `${value}${value < 0n ? "LL" : "ULL"}` : `${value}`);

/** Only the last member of a struct may be an array without a length. */
const sized = (member: string, isLast: boolean): string => (isLast ? member : member.replace(/\[\]$/, "[0]"));

/** Types without a name that others are made of. */
function usedInside(btf: BtfSpec): ReadonlySet<TypeId> {
  const used = new Set<TypeId>();
  for (let id = 1; id < btf.typeCount; id++) {
    const type = btf.type(id as TypeId);
    if (isRecord(type)) for (const member of type.members) used.add(member.type);
    else if (type.kind === "array") used.add(type.elem);
    else if ("type" in type) used.add(type.type);
  }
  return used;
}
