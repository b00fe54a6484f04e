/** String literals: read-only globals, one for each text. */
import type { Span } from "../../support/span.ts";
import type { Initializer, StringLiteral, WidePrefix } from "../syntax/ast.ts";
import type { Sema } from "./context.ts";
import type { TPlace } from "./tree.ts";
import { charType, intType, intTypes, qualify, sameType, uintType, unqualified } from "./type-ops.ts";
import type { CType, IntType } from "./types.ts";

type Literal = Pick<StringLiteral, "bytes" | "wide">;

/** The types of the characters that a prefix makes: `wchar_t`, `char16_t` and `char32_t` (clang, TargetInfo.cpp). */
const wideTypes = { L: intType, u: intTypes["unsigned short"], U: uintType } as const;

/** The type of a character constant, and of a string's elements. */
export const characterType = (wide: WidePrefix | undefined): IntType => (wide ? wideTypes[wide] : charType);

const unitSize = ({ wide }: Literal): number => (wide ? wideTypes[wide].size : 1);

/** How many elements a literal has, the zero behind it included. */
export const stringLength = (s: Literal): number => s.bytes.length / unitSize(s) + 1;

/** The array that a literal is. */
export const stringType = (s: Literal): CType => ({
  kind: "array",
  elem: characterType(s.wide),
  length: stringLength(s),
});

/** Whether a literal can be the initial value of an array: of its own characters, or bytes of any sign. */
export function fitsArray(type: CType, init: Initializer): init is StringLiteral {
  if (type.kind !== "array" || init.kind !== "string") return false;
  const elem = unqualified(type.elem);
  return init.wide ? sameType(elem, characterType(init.wide)) : elem.kind === "int" && elem.size === 1;
}

/** The bytes of a literal with its NUL. */
export function terminated(s: Literal): Uint8Array {
  const out = new Uint8Array(s.bytes.length + unitSize(s));
  out.set(s.bytes);
  return out;
}

/** The global that holds a literal. */
export function stringPlace(cx: Sema, literal: Literal, span: Span): TPlace {
  const type = stringType(literal);
  const bytes = terminated(literal);
  const global = cx.stringGlobal(`${unitSize(literal)} ${literal.bytes.join()}`, () => ({
    name: cx.freshName(".str"),
    type: qualify(type, { const: true }),
    section: ".rodata",
    linkage: "static",
    weak: false,
    hidden: false,
    align: unitSize(literal),
    size: bytes.length,
    bytes,
    relocs: [],
    anonymous: true,
    constant: true,
    declTags: [],
    span,
  }));
  return { kind: "global", name: global.name, type, span };
}
