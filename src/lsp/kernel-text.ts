/** Types as C text with the place of each member: for hovers, and as a document to read. */
import { fieldNames, layoutOf, sizeOf } from "../asm/sema/layout.ts";
import { typeText } from "../asm/sema/type-ops.ts";
import type { CType, EnumDecl, Field, RecordDecl } from "../asm/sema/types.ts";

export type NamedType = RecordDecl | EnumDecl;

export const isRecord = (decl: NamedType): decl is RecordDecl => "of" in decl;

/** `struct sk_buff`. */
export const nameOfType = (decl: NamedType): string =>
  `${isRecord(decl) ? decl.of : "enum"} ${decl.tag || "(anonymous)"}`;

/** Text and, for the members that a name leads to, the line of each (from 0). */
export interface TypeDocument {
  readonly text: string;
  readonly lines: ReadonlyMap<string, number>;
}

/** The definition of a type, each member with its offset and size in bytes. */
export function typeDocument(decl: NamedType, heading?: string): TypeDocument {
  const lines = heading === undefined ? [] : [`/* ${heading} */`, ""];
  const places = new Map<string, number>();
  if (isRecord(decl)) writeRecord(decl, lines, places);
  else writeEnum(decl, lines, places);
  return { text: `${lines.join("\n")}\n`, lines: places };
}

function writeRecord(decl: RecordDecl, out: string[], places: Map<string, number>): void {
  const layout = layoutOf(decl);
  out.push(`${nameOfType(decl).replace(" (anonymous)", "")} {`);
  if (!layout) out.push("\t/* incomplete */");
  for (const field of layout?.fields ?? []) writeField(field, 0, 1, out, places);
  out.push(layout ? `};\t/* ${plural(layout.size, "byte")} */` : "};");
}

/** Anonymous records are written where they stand; `base` is where the record around begins, in bits. */
function writeField(field: Field, base: number, depth: number, out: string[], places: Map<string, number>): void {
  const { name, type } = field;
  const bitOff = base + field.bitOff;
  const indent = "\t".repeat(depth);
  const inner = type.kind === "record" && type.decl.tag === "" && !type.sugar ? type.decl : undefined;
  if (!inner) {
    if (name !== "") places.set(name, out.length);
    const bits = field.bitSize === undefined ? "" : `:${field.bitSize}`;
    out.push(`${indent}${typeText(type, name)}${bits};\t/* ${placeText(bitOff, field)} */`);
    return;
  }
  if (name !== "") places.set(name, out.length);
  out.push(`${indent}${inner.of} {`);
  for (const each of layoutOf(inner)?.fields ?? [])
    writeField(each, bitOff, depth + 1, out, name === "" ? places : new Map());
  out.push(`${indent}}${name === "" ? "" : ` ${name}`};\t/* ${placeText(bitOff, field)} */`);
}

const plural = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;

/** `offset 112, 4 bytes`. */
export function placeText(bitOff: number, { type, bitSize }: Pick<Field, "type" | "bitSize">): string {
  if (bitSize !== undefined) return `bits ${bitOff} to ${bitOff + bitSize - 1}`;
  const size = sizeOf(type);
  return `offset ${bitOff / 8}${size === undefined ? "" : `, ${plural(size, "byte")}`}`;
}

function writeEnum(decl: EnumDecl, out: string[], places: Map<string, number>): void {
  out.push(`${nameOfType(decl).replace(" (anonymous)", "")} {`);
  for (const { name, value } of decl.values ?? []) {
    places.set(name, out.length);
    out.push(`\t${name} = ${value},`);
  }
  out.push(`};\t/* ${plural(decl.size, "byte")} */`);
}

/** `struct sk_buff, 232 bytes, 98 members`. */
export function summary(decl: NamedType): string {
  if (!isRecord(decl))
    return `${nameOfType(decl)}, ${plural(decl.size, "byte")}, ${plural(decl.values?.length ?? 0, "value")}`;
  const layout = layoutOf(decl);
  if (!layout) return `${nameOfType(decl)}, incomplete`;
  return `${nameOfType(decl)}, ${plural(layout.size, "byte")}, ${plural(fieldNames(decl).length, "member")}`;
}

/** The struct, union or enum that a type is, or leads to through pointers and arrays. */
export function namedTypeIn(type: CType): NamedType | undefined {
  if (type.kind === "record" || type.kind === "enum") return type.decl;
  if (type.kind === "ptr") return namedTypeIn(type.to);
  return type.kind === "array" ? namedTypeIn(type.elem) : undefined;
}
