/** Where a name is declared, and everywhere else that means the same. */
import type { Location, Position } from "vscode-languageserver";
import { sizeOf } from "../asm/sema/layout.ts";
import type { RecordDecl } from "../asm/sema/types.ts";
import { type Analysis, MAIN } from "./analysis.ts";
import { describe } from "./describe.ts";
import { type NamedType, namedTypeIn, nameOfType, typeDocument } from "./kernel-text.ts";
import { macrosIn } from "./lexical.ts";
import { locationOf, type Uris } from "./locations.ts";
import type { Meaning, Occurrence } from "./names.ts";
import { wordAt } from "./text.ts";

/** In the sources if it is there, else in a document made of the kernel's BTF. */
export function definition(a: Analysis, position: Position, uris: Uris): Location | undefined {
  const offset = a.lines.offset(position);
  const named = a.names.at(MAIN, offset);
  if (!named) return macroDefinition(a, offset, uris);
  const declared = a.names.declaration(named.key);
  return (declared && locationOf(a, declared.span, uris)) ?? kernelPlace(a, named, uris);
}

/** That of the type of a variable, through its pointers. */
export function typeDefinition(a: Analysis, position: Position, uris: Uris): Location | undefined {
  const named = a.names.at(MAIN, a.lines.offset(position));
  const type = named && typeOf(named.meaning);
  if (!type) return undefined;
  const declared = a.names.declaration(type);
  return (declared && locationOf(a, declared.span, uris)) ?? typePlace(a, type, undefined, uris);
}

function typeOf(meaning: Meaning): NamedType | undefined {
  if (meaning.kind === "tag") return meaning.decl;
  if (meaning.kind === "member") return namedTypeIn(meaning.found.path.at(-1)!.type);
  const { entity } = meaning;
  if (entity.kind === "local") return namedTypeIn(entity.local.type);
  if (entity.kind === "global") return namedTypeIn(entity.global.type);
  return entity.kind === "map" || entity.kind === "typedef" ? namedTypeIn(entity.type) : undefined;
}

function macroDefinition(a: Analysis, offset: number, uris: Uris): Location | undefined {
  const word = wordAt(a.text, offset);
  const found = macrosIn(a.text, a.lexemes).findLast(({ name }) => name === word?.text);
  return found && { uri: uris.main, range: a.lines.range(found.start, found.end) };
}

/** Where what the sources do not declare is described. */
function kernelPlace(a: Analysis, { name, meaning }: Occurrence, uris: Uris): Location | undefined {
  if (meaning.kind === "tag") return typePlace(a, meaning.decl, undefined, uris);
  if (meaning.kind === "member") return typePlace(a, meaning.record, name, uris);
  const { entity } = meaning;
  if (entity.kind === "typedef") {
    const decl = namedTypeIn(entity.type);
    if (decl && sizeOf(entity.type) !== undefined) return typePlace(a, decl, undefined, uris);
  }
  if (entity.kind === "local" || entity.kind === "builtin") return undefined;
  const { code, facts } = describe(name, meaning, a.kernel);
  const text = `/* ${facts.join("\n * ")}\n */\n${code}${code.endsWith(";") ? "" : ";"}\n`;
  const line = facts.length + 1;
  return placed(uris.kernel(name, { text, lines: new Map() }), line);
}

function typePlace(a: Analysis, decl: NamedType, member: string | undefined, uris: Uris): Location | undefined {
  if ((decl as RecordDecl).kernelType === undefined) return undefined;
  const document = typeDocument(decl, `${a.kernel.name}, from its BTF`);
  const line = member === undefined ? 2 : (document.lines.get(member) ?? 2);
  return placed(uris.kernel(nameOfType(decl), document), line);
}

const placed = (uri: string, line: number): Location => ({
  uri,
  range: { start: { line, character: 0 }, end: { line, character: 0 } },
});

/** All places of a name, in the document and in what it includes. */
export function references(a: Analysis, position: Position, declarations: boolean, uris: Uris): Location[] {
  const named = a.names.at(MAIN, a.lines.offset(position));
  if (!named) return [];
  return a.names.of(named.key).flatMap((one) => {
    if (!declarations && one.role === "declaration") return [];
    const location = locationOf(a, one.span, uris);
    return location ? [location] : [];
  });
}
