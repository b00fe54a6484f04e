/** What a skimmed declaration declares: the shapes of which one can be sure without parsing. */
import type { SkimScanner } from "./skim-scan.ts";
import { wordMeanings } from "./tokens.ts";

/** A name that a declaration brings into file scope. */
export interface Skimmed {
  readonly kind: "type" | "value" | "struct" | "union" | "enum" | "forward";
  readonly name: string;
}

/** Whether a word is a macro: one that stands for attributes and says nothing of a name, or any other. */
export type MacroKind = (word: string) => "attribute" | "other" | undefined;

/** At the top of a declaration these make a shape of their own. */
const unusual = new Set(
  "typeof __typeof__ __typeof typeof_unqual _Atomic _Alignas alignas __auto_type asm __asm__ __asm static inline __inline __inline__ auto register _Static_assert static_assert".split(
    " ",
  ),
);
const openers = new Set(["struct", "union", "enum"]);
const attributeWords = new Set(["__attribute__", "__attribute"]);

/** The pieces of a declaration that are left when attributes are taken away, by index into the scanner's. */
function core(scan: SkimScanner, macroKind: MacroKind): number[] | undefined {
  const kept: number[] = [];
  for (let i = 0; i < scan.pieces.length; i++) {
    if (scan.pieces[i] !== "word") {
      kept.push(i);
      continue;
    }
    const word = scan.word(i);
    const macro = macroKind(word);
    if (macro === "attribute") continue;
    if (macro === "other" || unusual.has(word)) return undefined;
    if (attributeWords.has(word)) {
      if (scan.pieces[++i] !== "paren") return undefined;
    } else if (word !== "__extension__") kept.push(i);
  }
  return kept;
}

const isName = (word: string): boolean => !wordMeanings.has(word);

/** The names of the declaration that `scan` has just read, or nothing where its shape is not plain. */
export function namesOf(scan: SkimScanner, macroKind: MacroKind): readonly Skimmed[] | undefined {
  if (scan.pieces.length === 0) return [];
  const kept = core(scan, macroKind);
  if (!kept || kept.length === 0) return undefined;
  const own = outer(scan, kept);
  if (!own) return undefined;
  if (scan.inner.length === 0) return own;
  const inside = scan.inner.map(
    ({ kind, start, end }): Skimmed => ({
      kind: kind === "enumerator" ? "value" : kind,
      name: scan.text.slice(start, end),
    }),
  );
  return [...own, ...inside];
}

function outer(scan: SkimScanner, kept: readonly number[]): readonly Skimmed[] | undefined {
  const first = scan.pieces[kept[0]!] === "word" ? scan.word(kept[0]!) : "";
  if (first === "typedef") return typedefName(scan, kept.slice(1));
  if (first === "struct" || first === "union" || first === "enum") {
    const bare = tagOnly(scan, kept, first);
    if (bare) return bare;
  }
  return objectName(scan, first === "extern" ? kept.slice(1) : kept, first === "extern");
}

/** `struct x {...};`, `struct x;`, `enum {...};`. */
function tagOnly(
  scan: SkimScanner,
  kept: readonly number[],
  of: "struct" | "union" | "enum",
): readonly Skimmed[] | undefined {
  const shape = kept.map((i) => scan.pieces[i]).join(" ");
  if (shape === "word brace") return [];
  const name = kept.length > 1 && scan.pieces[kept[1]!] === "word" ? scan.word(kept[1]!) : "";
  if (!isName(name) || name === "") return undefined;
  if (shape === "word word brace") return [{ kind: of, name }];
  return shape === "word word" ? [{ kind: "forward", name }] : undefined;
}

function typedefName(scan: SkimScanner, kept: readonly number[]): readonly Skimmed[] | undefined {
  const name = declaredName(scan, kept);
  if (name === undefined) return undefined;
  const tag = tagOf(scan, kept);
  return tag ? [{ kind: "type", name }, tag] : [{ kind: "type", name }];
}

/** The tag that `typedef struct x {...} y;` defines. */
function tagOf(scan: SkimScanner, kept: readonly number[]): Skimmed | undefined {
  const brace = kept.findIndex((i) => scan.pieces[i] === "brace");
  if (brace < 2 || scan.pieces[kept[brace - 2]!] !== "word" || scan.pieces[kept[brace - 1]!] !== "word")
    return undefined;
  const of = scan.word(kept[brace - 2]!);
  const name = scan.word(kept[brace - 1]!);
  return (of === "struct" || of === "union" || of === "enum") && isName(name) ? { kind: of, name } : undefined;
}

/** A prototype, or a variable that is `extern`: others are definitions, which have their place in the object. */
function objectName(scan: SkimScanner, kept: readonly number[], external: boolean): readonly Skimmed[] | undefined {
  if (kept.some((i) => scan.pieces[i] === "brace")) return undefined;
  const isPrototype = scan.pieces[kept[kept.length - 1]!] === "paren";
  if (!external && !isPrototype) return undefined;
  if (isPrototype && scan.pieces[kept[kept.length - 2]!] !== "word") return undefined;
  const name = declaredName(scan, kept);
  return name === undefined ? undefined : [{ kind: "value", name }];
}

/** The name in `T name`, `T name[2]`, `T name(args)`, `T (*name)(args)`, `T (*name)[2]`. */
function declaredName(scan: SkimScanner, kept: readonly number[]): string | undefined {
  let last = kept.length - 1;
  while (last >= 0 && scan.pieces[kept[last]!] === "bracket") last--;
  if (last < 1) return undefined;
  const piece = scan.pieces[kept[last]!];
  if (piece === "word") return named(scan, kept, last);
  if (piece !== "paren") return undefined;
  const before = scan.pieces[kept[last - 1]!];
  if (last < kept.length - 1) return before === "paren" ? undefined : pointerName(scan, kept, last);
  if (before === "paren") return pointerName(scan, kept, last - 1);
  if (before !== "word" || last < 2 || !isParameters(scan, kept[last]!)) return undefined;
  return named(scan, kept, last - 1);
}

function named(scan: SkimScanner, kept: readonly number[], at: number): string | undefined {
  const groups = kept.slice(0, at).some((i) => scan.pieces[i] === "paren" || scan.pieces[i] === "bracket");
  const name = scan.word(kept[at]!);
  const before = scan.pieces[kept[at - 1]!] === "word" ? scan.word(kept[at - 1]!) : "";
  return !groups && isName(name) && !openers.has(before) ? name : undefined;
}

/** `(*name)`, with a type before it. */
function pointerName(scan: SkimScanner, kept: readonly number[], at: number): string | undefined {
  const i = kept[at]!;
  const groups = kept.slice(0, at).some((k) => scan.pieces[k] === "paren" || scan.pieces[k] === "bracket");
  const match = /^\(\s*\*\s*(?:const\s+)?([A-Za-z_]\w*)\s*\)$/.exec(scan.text.slice(scan.starts[i]!, scan.ends[i]!));
  const name = match?.[1];
  if (at < 1 || groups || name === undefined || !isName(name)) return undefined;
  return scan.isMacro(scan.ends[i]! - 1 - name.length, scan.ends[i]! - 1) ? undefined : name;
}

/** Whether the parentheses can only hold parameters: `(*p)` and `(name)` may be a declarator. */
function isParameters(scan: SkimScanner, i: number): boolean {
  const text = scan.text.slice(scan.starts[i]! + 1, scan.ends[i]! - 1).trim();
  return !/^[*(^]/.test(text) && (!/^[A-Za-z_]\w*$/.test(text) || text === "void" || wordMeanings.has(text));
}
