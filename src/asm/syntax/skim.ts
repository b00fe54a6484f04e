/** What a skimmed declaration declares: the shapes of which one can be sure without parsing. */
import { openerAt } from "./skim-body.ts";
import type { SkimScanner } from "./skim-scan.ts";
import { wordMeanings } from "./tokens.ts";

/** What a name is that a declaration brings into file scope. */
export type SkimmedKind = "type" | "value" | "struct" | "union" | "enum" | "forward";
/** Told of each: the name stands in the text from `start` to `end`. */
export type AddName = (kind: SkimmedKind, start: number, end: number) => void;

interface Skimmed {
  readonly kind: SkimmedKind;
  readonly start: number;
  readonly end: number;
}

/** Whether a word is a macro: one that stands for attributes and says nothing of a name, or any other. */
export type MacroKind = (word: string) => "attribute" | "other" | undefined;

/** At the top of a declaration these make a shape of their own. */
const unusual = new Set(
  "typeof __typeof__ __typeof typeof_unqual _Atomic _Alignas alignas __auto_type asm __asm__ __asm static inline __inline __inline__ auto register _Static_assert static_assert".split(
    " ",
  ),
);
const attributeWords = new Set(["__attribute__", "__attribute"]);

/** The pieces of a declaration that are left when attributes are taken away, by index into the scanner's. */
function core(scan: SkimScanner, macroKind: MacroKind): number[] | undefined {
  const kept: number[] = [];
  for (let i = 0; i < scan.count; i++) {
    if (scan.pieces[i] !== "word") {
      kept.push(i);
      continue;
    }
    const word = scan.word(i);
    const macro = macroKind(word);
    if (macro === "attribute") continue;
    if (macro === "other" || unusual.has(word)) return undefined;
    if (attributeWords.has(word)) {
      if (++i >= scan.count || scan.pieces[i] !== "paren") return undefined;
    } else if (word !== "__extension__") kept.push(i);
  }
  return kept;
}

const isName = (word: string): boolean => !wordMeanings.has(word);

/** Tells `add` the names of the declaration that `scan` has just read; false where its shape is not plain. */
export function skimNames(
  scan: SkimScanner,
  macroKind: MacroKind,
  isDeclared: (name: string) => boolean,
  add: AddName,
): boolean {
  const { pieces, starts, ends, count } = scan;
  if (scan.isConstant) return constantFunction(scan, macroKind, isDeclared, add);
  if (count === 0) return true;
  const opener = pieces[0] === "word" ? openerAt(scan.text, starts[0]!, ends[0]!) : undefined;
  if (opener && count === 2 && pieces[1] === "brace") return inner(scan, add);
  if (opener && count === 3 && pieces[1] === "word" && pieces[2] === "brace" && isTag(scan, 1)) {
    add(opener, starts[1]!, ends[1]!);
    return inner(scan, add);
  }
  const kept = core(scan, macroKind);
  const own = kept && kept.length > 0 ? outer(scan, kept) : undefined;
  if (!own) return false;
  for (const { kind, start, end } of own) add(kind, start, end);
  return inner(scan, add);
}

/**
 * `static T (*const name)(args) = (void *) N`, as libbpf declares helpers: a constant, which has no place in the object
 * as long as nobody asks for its address. A second one of the name is for the grammar, which tells of it.
 */
function constantFunction(
  scan: SkimScanner,
  macroKind: MacroKind,
  isDeclared: (name: string) => boolean,
  add: AddName,
): boolean {
  const { pieces, starts, ends, count } = scan;
  const at = count - 2;
  if (at < 2 || pieces[at] !== "paren" || pieces[at + 1] !== "paren" || scan.word(0) !== "static") return false;
  for (let i = 1; i < at; i++) {
    if (pieces[i] === "star") continue;
    const word = pieces[i] === "word" ? scan.word(i) : "";
    if (word === "" || unusual.has(word) || attributeWords.has(word) || macroKind(word) === "other") return false;
  }
  const text = scan.text.slice(starts[at]!, ends[at]!);
  const name = /^\(\s*\*\s*const\s+([A-Za-z_]\w*)\s*\)$/.exec(text)?.[1];
  if (name === undefined || !isName(name) || isDeclared(name)) return false;
  const start = starts[at]! + text.lastIndexOf(name);
  add("value", start, start + name.length);
  return true;
}

/** A tag is no macro of the user's; ambient ones give way behind `struct`. */
const isTag = (scan: SkimScanner, i: number): boolean =>
  !scan.isMacro(scan.starts[i]!, scan.ends[i]!) && isName(scan.word(i)) && !attributeWords.has(scan.word(i));

function inner(scan: SkimScanner, add: AddName): true {
  for (let i = 0; i < scan.innerCount; i++) {
    const kind = scan.innerKinds[i]!;
    add(kind === "enumerator" ? "value" : kind, scan.innerStarts[i]!, scan.innerEnds[i]!);
  }
  return true;
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

const at = (scan: SkimScanner, i: number, kind: SkimmedKind): Skimmed => ({
  kind,
  start: scan.starts[i]!,
  end: scan.ends[i]!,
});

/** `struct x {...};`, `struct x;`, `enum {...};`. */
function tagOnly(
  scan: SkimScanner,
  kept: readonly number[],
  of: "struct" | "union" | "enum",
): readonly Skimmed[] | undefined {
  const shape = kept.map((i) => scan.pieces[i]).join(" ");
  if (shape === "word brace") return [];
  if (!shape.startsWith("word word") || !isName(scan.word(kept[1]!))) return undefined;
  if (shape === "word word brace") return [at(scan, kept[1]!, of)];
  return shape === "word word" ? [at(scan, kept[1]!, "forward")] : undefined;
}

function typedefName(scan: SkimScanner, kept: readonly number[]): readonly Skimmed[] | undefined {
  const name = declaredName(scan, kept, "type");
  if (!name) return undefined;
  const tag = tagOf(scan, kept);
  return tag ? [name, tag] : [name];
}

/** The tag that `typedef struct x {...} y;` defines. */
function tagOf(scan: SkimScanner, kept: readonly number[]): Skimmed | undefined {
  const brace = kept.findIndex((i) => scan.pieces[i] === "brace");
  if (brace < 2 || scan.pieces[kept[brace - 2]!] !== "word" || scan.pieces[kept[brace - 1]!] !== "word")
    return undefined;
  const word = kept[brace - 2]!;
  const of = openerAt(scan.text, scan.starts[word]!, scan.ends[word]!);
  return of && isName(scan.word(kept[brace - 1]!)) ? at(scan, kept[brace - 1]!, of) : undefined;
}

/** A prototype, or a variable that is `extern`: others are definitions, which have their place in the object. */
function objectName(scan: SkimScanner, kept: readonly number[], external: boolean): readonly Skimmed[] | undefined {
  if (kept.some((i) => scan.pieces[i] === "brace")) return undefined;
  const isPrototype = scan.pieces[kept[kept.length - 1]!] === "paren";
  if (!external && !isPrototype) return undefined;
  if (isPrototype && scan.pieces[kept[kept.length - 2]!] !== "word") return undefined;
  const name = declaredName(scan, kept, "value");
  return name && [name];
}

/** The name in `T name`, `T name[2]`, `T name(args)`, `T (*name)(args)`, `T (*name)[2]`. */
function declaredName(scan: SkimScanner, kept: readonly number[], kind: SkimmedKind): Skimmed | undefined {
  let last = kept.length - 1;
  while (last >= 0 && scan.pieces[kept[last]!] === "bracket") last--;
  if (last < 1) return undefined;
  const piece = scan.pieces[kept[last]!];
  if (piece === "word") return named(scan, kept, last, kind);
  if (piece !== "paren") return undefined;
  const before = scan.pieces[kept[last - 1]!];
  if (last < kept.length - 1) return before === "paren" ? undefined : pointerName(scan, kept, last, kind);
  if (before === "paren") return pointerName(scan, kept, last - 1, kind);
  if (before !== "word" || last < 2 || !isParameters(scan, kept[last]!)) return undefined;
  return named(scan, kept, last - 1, kind);
}

/** Whether a group stands before the `n`th piece that is left. */
function hasGroup(scan: SkimScanner, kept: readonly number[], n: number): boolean {
  for (let k = 0; k < n; k++) {
    const piece = scan.pieces[kept[k]!];
    if (piece === "paren" || piece === "bracket") return true;
  }
  return false;
}

function named(scan: SkimScanner, kept: readonly number[], n: number, kind: SkimmedKind): Skimmed | undefined {
  const i = kept[n]!;
  const before = kept[n - 1]!;
  const isTagged = scan.pieces[before] === "word" && openerAt(scan.text, scan.starts[before]!, scan.ends[before]!);
  return isTagged || hasGroup(scan, kept, n) || !isName(scan.word(i)) ? undefined : at(scan, i, kind);
}

/** `(*name)`, with a type before it. */
function pointerName(scan: SkimScanner, kept: readonly number[], n: number, kind: SkimmedKind): Skimmed | undefined {
  const i = kept[n]!;
  if (n < 1 || hasGroup(scan, kept, n)) return undefined;
  const text = scan.text.slice(scan.starts[i]!, scan.ends[i]!);
  const match = /^\(\s*\*\s*(?:const\s+)?([A-Za-z_]\w*)\s*\)$/.exec(text);
  if (!match || !isName(match[1]!)) return undefined;
  const start = scan.starts[i]! + text.lastIndexOf(match[1]!);
  return { kind, start, end: start + match[1]!.length };
}

/** Whether the parentheses can only hold parameters: `(*p)` and `(name)` may be a declarator. */
function isParameters(scan: SkimScanner, i: number): boolean {
  const text = scan.text.slice(scan.starts[i]! + 1, scan.ends[i]! - 1).trim();
  return !/^[*(^]/.test(text) && (!/^[A-Za-z_]\w*$/.test(text) || text === "void" || wordMeanings.has(text));
}
