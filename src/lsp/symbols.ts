/** The outline of a document: programs, functions, maps, variables, types. */
import type { DocumentSymbol, SymbolKind } from "vscode-languageserver";
import type { Declaration, Declarator, FunctionDef, Ident, RecordSpec, TypeExpr } from "../asm/syntax/ast.ts";
import type { Span } from "../support/span.ts";
import { type Analysis, MAIN } from "./analysis.ts";

/** Of the protocol. */
const kinds = {
  enum: 10,
  function: 12,
  variable: 13,
  field: 8,
  struct: 23,
  enumMember: 22,
  typedef: 26,
  map: 19,
} as const;

/** What BPF_PROG and its kin put before the name of the body. */
const BODY = "____";

export function documentSymbols(a: Analysis): DocumentSymbol[] {
  const found: DocumentSymbol[] = [];
  for (const item of a.names.ast?.items ?? []) {
    if (item.span.file !== MAIN) continue;
    if (item.kind === "function") addFunction(a, item, found);
    else if (item.kind === "declaration") found.push(...declarationSymbols(a, item));
  }
  return found;
}

/** The body of a program that a macro splits in two belongs to the one function that the user wrote. */
function addFunction(a: Analysis, { name, span, body }: FunctionDef, found: DocumentSymbol[]): void {
  if (name.span.via || name.name.startsWith(BODY)) {
    const outer = found.find((one) => one.name === name.name.slice(BODY.length));
    if (outer) outer.range = { start: outer.range.start, end: a.lines.position(body.span.end) };
    return;
  }
  const section = sectionOf(a, name.name);
  found.push({ ...symbol(a, name, span, kinds.function), ...(section !== undefined && { detail: section }) });
}

const sectionOf = (a: Analysis, name: string): string | undefined =>
  a.made.subprogs.find((s) => s.name === name)?.section;

function declarationSymbols(a: Analysis, d: Declaration): DocumentSymbol[] {
  const types = typeSymbols(a, d.base, d.storage === "typedef" ? d.declarators[0]?.name : undefined);
  const named = d.declarators.flatMap((one) => variableSymbols(a, d, one, types));
  return d.storage === "typedef" && types.length > 0 ? types : [...types, ...named];
}

function variableSymbols(a: Analysis, d: Declaration, one: Declarator, types: DocumentSymbol[]): DocumentSymbol[] {
  if (one.type.kind === "func" || one.name.span.via || one.name.name.startsWith(BODY)) return [];
  if (d.storage === "typedef") return types.length > 0 ? [] : [symbol(a, one.name, d.span, kinds.typedef)];
  const isMap = [...d.attributes, ...one.attributes].some(
    ({ name, args: [section] }) =>
      name === "section" && section?.kind === "string" && textOf(section.bytes) === ".maps",
  );
  return [symbol(a, one.name, d.span, isMap ? kinds.map : kinds.variable)];
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** The struct, union or enum that a declaration defines, under its tag or the typedef's name. */
function typeSymbols(a: Analysis, type: TypeExpr, alias: Ident | undefined): DocumentSymbol[] {
  if (type.kind === "qualified" || type.kind === "attributed") return typeSymbols(a, type.of, alias);
  if (type.kind === "enum" && type.values) {
    const children = type.values.map(({ name }) => symbol(a, name, name.span, kinds.enumMember));
    const name = type.tag ?? alias;
    return name ? [{ ...symbol(a, name, type.span, kinds.enum), children }] : children;
  }
  if (type.kind !== "record" || !type.members) return [];
  const name = type.tag ?? alias;
  return name ? [{ ...symbol(a, name, type.span, kinds.struct), children: fieldSymbols(a, type) }] : [];
}

const fieldSymbols = (a: Analysis, type: RecordSpec): DocumentSymbol[] =>
  (type.members ?? []).flatMap((m) =>
    m.kind === "member"
      ? m.declarators.flatMap((d) => (d.name && !d.name.span.via ? [symbol(a, d.name, d.span, kinds.field)] : []))
      : [],
  );

/** The whole always holds the name, as the protocol demands. */
function symbol(a: Analysis, { name, span }: Ident, whole: Span, kind: SymbolKind): DocumentSymbol {
  const range = a.lines.range(Math.min(whole.start, span.start), Math.max(whole.end, span.end));
  return { name, kind, range, selectionRange: a.lines.range(span.start, span.end) };
}
