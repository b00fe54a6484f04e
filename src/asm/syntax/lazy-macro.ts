/**
 * Definitions whose text is plain enough to be sure that nothing is wrong with it: they are passed by, and read when
 * the macro is first used. A header defines hundreds of macros, of which a program uses a few.
 */
import { DiagSink } from "../../diag/diagnostic.ts";
import type { SourceFile } from "../../diag/source.ts";
import { bug } from "../../support/bug.ts";
import type { Span } from "../../support/span.ts";
import { type Macro, parseMacro } from "./macro.ts";
import { hasPower } from "./macro-names.ts";
import { Scanner } from "./scan.ts";
import type { Tok, WordTable } from "./token.ts";
import { EndOfFile, EndOfLine } from "./tokens.ts";

/** `NAME` or `NAME(a, b)`, at the end of a line or before a space; the last parameter may be, or end in, `...`. */
const plainHead =
  /[A-Za-z_]\w*(?:\((?:[ \t]*[A-Za-z_]\w*(?:[ \t]*,[ \t]*[A-Za-z_]\w*)*(?:[ \t]*,?[ \t]*\.\.\.)?|[ \t]*\.\.\.)?[ \t]*\)|(?=\s))/y;
/** What may make a definition wrong, or end elsewhere than its line does: operators, comments, constants. */
const special = /[#"']|\/\*|%:|\\(?!\r?\n)/;
/** What a macro that declares something has in its text. */
const powerful = /[{},;]|<%|%>|struct|union|enum/;
const names = /\w+/g;
const reserved: ReadonlySet<string> = new Set(["defined", "__VA_ARGS__", "__VA_OPT__"]);

/** A definition that nothing is wrong with, and where its line ends. */
export interface Plain {
  readonly name: string;
  readonly params: readonly string[] | undefined;
  readonly variadic: boolean;
  /** Whether the body may hold what declares something: where not, nobody need read it for that. */
  readonly mayDeclare: boolean;
  readonly end: number;
}

/** The definition of the text at `start`, where the name of the macro stands; undefined where it has to be read. */
export function plainDefinition(text: string, start: number): Plain | undefined {
  plainHead.lastIndex = start;
  const head = plainHead.exec(text)?.[0];
  if (head === undefined) return undefined;
  const end = lineEnd(text, start);
  const line = text.slice(start, end);
  if (special.test(line)) return undefined;
  const [name, ...params] = head.match(names)!;
  if (reserved.has(name!) || params.some((param, i) => params.indexOf(param) !== i || reserved.has(param)))
    return undefined;
  const variadic = head.includes("...");
  if (rest.test(head)) params.push("__VA_ARGS__");
  const mayDeclare = powerful.test(line);
  return { name: name!, params: head.endsWith(")") ? params : undefined, variadic, mayDeclare, end };
}

/** The same of a macro that was read, and whose definition ends at `end`. */
export const readDefinition = ({ name, params, variadic, body }: Macro, end: number): Plain => ({
  name,
  params,
  variadic,
  mayDeclare: hasPower(body),
  end,
});

/** `...` with no name of its own. */
const rest = /[(,][ \t]*\.\.\./;

/** The newline behind `start` that no backslash is before, or the end of the text. */
function lineEnd(text: string, start: number): number {
  for (let at = text.indexOf("\n", start); at !== -1; at = text.indexOf("\n", at + 1)) {
    const before = text.charCodeAt(at - 1) === 13 ? at - 2 : at - 1;
    if (text.charCodeAt(before) !== 92) return at;
  }
  return text.length;
}

/** A macro that is read when its body is first asked for. */
export class LazyMacro implements Macro {
  readonly name: string;
  readonly variadic: boolean;
  readonly span: Span;
  readonly ambient = false;
  disabled = false;
  readonly params?: readonly string[] | undefined;
  readonly mayDeclare: boolean;
  readonly #file: SourceFile;
  readonly #start: number;
  readonly #words: WordTable;
  #read: Macro | undefined;

  constructor(file: SourceFile, start: number, { name, params, variadic, mayDeclare }: Plain, words: WordTable) {
    this.name = name;
    this.span = { file: file.id, start, end: start + name.length };
    this.variadic = variadic;
    if (params) this.params = params;
    this.mayDeclare = mayDeclare;
    this.#file = file;
    this.#start = start;
    this.#words = words;
  }

  get body(): readonly Tok[] {
    return this.#whole.body;
  }

  get paramOf(): Int32Array {
    return this.#whole.paramOf;
  }

  get hasOperators(): boolean {
    return this.#whole.hasOperators;
  }

  get #whole(): Macro {
    this.#read ??= this.#parse();
    return this.#read;
  }

  #parse(): Macro {
    const scanner = new Scanner(this.#file, this.#words, () => {});
    scanner.pos = this.#start;
    scanner.inDirective = true;
    const line: Tok[] = [];
    let tok = scanner.next();
    for (; tok.tokenType !== EndOfLine && tok.tokenType !== EndOfFile; tok = scanner.next()) line.push(tok);
    return parseMacro(line, tok, false, new DiagSink()) ?? bug(`the definition of '${this.name}' is not plain`);
  }
}
