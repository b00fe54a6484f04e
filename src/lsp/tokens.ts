/** Semantic tokens: what grammar alone cannot tell of a name, as the protocol's flat list of numbers. */
import { type Analysis, MAIN } from "./analysis.ts";
import { macrosIn } from "./lexical.ts";
import type { Occurrence } from "./names.ts";

export const tokenTypes = [
  "type",
  "struct",
  "enum",
  "enumMember",
  "variable",
  "parameter",
  "property",
  "function",
  "macro",
] as const;
export const tokenModifiers = ["declaration", "readonly", "static", "defaultLibrary"] as const;

type TokenType = (typeof tokenTypes)[number];
type Modifier = (typeof tokenModifiers)[number];

export interface SemanticToken {
  readonly start: number;
  readonly end: number;
  readonly type: TokenType;
  readonly modifiers: readonly Modifier[];
}

/** By place. */
export function semanticTokens(a: Analysis): readonly SemanticToken[] {
  const macros = macrosIn(a.text, a.lexemes);
  const macroNames = new Set(macros.map(({ name }) => name));
  const found: SemanticToken[] = [];
  for (const one of a.names.all) {
    if (one.span.file !== MAIN || macroNames.has(one.name)) continue;
    const declared: Modifier[] = one.role === "declaration" ? ["declaration"] : [];
    const { type, modifiers } = tokenOf(one);
    found.push({ start: one.span.start, end: one.span.end, type, modifiers: [...declared, ...modifiers] });
  }
  for (const { kind, start, end } of a.lexemes)
    if (kind === "word" && macroNames.has(a.text.slice(start, end)))
      found.push({ start, end, type: "macro", modifiers: [] });
  for (const { start, end } of macros) found.push({ start, end, type: "macro", modifiers: ["declaration"] });
  return found.sort((x, y) => x.start - y.start);
}

interface Kind {
  readonly type: TokenType;
  readonly modifiers: readonly Modifier[];
}

const plain = (type: TokenType, ...modifiers: Modifier[]): Kind => ({ type, modifiers });

function tokenOf({ meaning }: Occurrence): Kind {
  if (meaning.kind === "member") return plain("property", ...kernelOnly(meaning.record));
  if (meaning.kind === "tag") return plain("of" in meaning.decl ? "struct" : "enum", ...kernelOnly(meaning.decl));
  const { entity } = meaning;
  switch (entity.kind) {
    case "typedef":
      return plain("type");
    case "enumerator":
      return plain("enumMember", "readonly");
    case "local":
      return plain(meaning.parameter ? "parameter" : "variable", ...(isConst(entity.local.type) ? readonly : []));
    case "global":
      return plain("variable", "static", ...(isConst(entity.global.type) ? readonly : []));
    case "map":
      return plain("variable", "static");
    case "function":
      return plain("function");
    case "extern":
      return plain(entity.extern.type.kind === "func" ? "function" : "variable", "defaultLibrary");
    case "helper":
    case "builtin":
      return plain("function", "defaultLibrary");
  }
}

const readonly = ["readonly"] as const;
const isConst = (type: { readonly q?: { readonly const?: true } }): boolean => type.q?.const === true;
const kernelOnly = (decl: { readonly kernelType?: unknown }): readonly Modifier[] =>
  decl.kernelType === undefined ? [] : ["defaultLibrary"];

/** Five numbers a token, places relative to the token before. */
export function encodeTokens(a: Analysis, tokens: readonly SemanticToken[]): number[] {
  const data: number[] = [];
  let [line, character] = [0, 0];
  for (const { start, end, type, modifiers } of tokens) {
    const at = a.lines.position(start);
    const bits = modifiers.reduce((sum, m) => sum | (1 << tokenModifiers.indexOf(m)), 0);
    data.push(at.line - line, at.line === line ? at.character - character : at.character);
    data.push(end - start, tokenTypes.indexOf(type), bits);
    [line, character] = [at.line, at.character];
  }
  return data;
}
