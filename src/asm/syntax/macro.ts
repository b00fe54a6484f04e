/** Macro definitions: what `#define` reads, and the checks C makes on it (C11 6.10.3). */
import type { DiagSink } from "../../diag/diagnostic.ts";
import type { Span } from "../../support/span.ts";
import { AFTER_SPACE, AT_LINE_START, spanOf, type Tok, withFlags } from "./token.ts";
import { Comma, Ellipsis, Hash, HashHash, LParen, RParen } from "./tokens.ts";

/** A body token that is no parameter. */
export const NO_PARAM = -1;

export interface Macro {
  readonly name: string;
  /** Missing for an object-like macro. The last one of a variadic macro takes the rest of the arguments. */
  readonly params?: readonly string[] | undefined;
  readonly variadic: boolean;
  readonly body: readonly Tok[];
  /** For each body token, the index of the parameter it names, or `NO_PARAM`. */
  readonly paramOf: Int32Array;
  /** The body holds `#`, `##` or `__VA_OPT__`. */
  readonly hasOperators: boolean;
  /** Where the name stands in its definition. */
  readonly span: Span;
  /** From the outermost scope: gives way to any definition or declaration of the user. */
  readonly ambient: boolean;
  /** Makes its tokens anew at each use: `__LINE__` and its kin. */
  readonly dynamic?: (use: Tok) => readonly Tok[];
  /** False where the body holds nothing that declares something; else one has to look. */
  readonly mayDeclare?: boolean;
  /** Set while its own expansion is being read. */
  disabled: boolean;
}

/** Reads `NAME body` or `NAME(params) body`, the tokens after `#define`. Reports what is wrong and returns nothing. */
export function parseMacro(line: readonly Tok[], end: Tok, ambient: boolean, sink: DiagSink): Macro | undefined {
  const name = line[0];
  if (!name) return void sink.error("E0121", spanOf(end), "a macro name", "#define");
  if (!name.word) return void sink.error("E0121", spanOf(name), "a macro name", "#define");
  if (name.image === "defined" || name.image === "__VA_ARGS__" || name.image === "__VA_OPT__")
    return void sink.error("E0122", spanOf(name), name.image);
  const open = line[1];
  const isFunction = open?.tokenType === LParen && open.startOffset === name.end && !(open.flags & AFTER_SPACE);
  const head = isFunction ? parseParams(line, end, sink) : { next: 1, variadic: false };
  if (!head) return undefined;
  const body = line.slice(head.next);
  if (body[0]) body[0] = withFlags(body[0], 0);
  const params = "params" in head ? head.params : undefined;
  const paramOf = new Int32Array(body.length).fill(NO_PARAM);
  if (params) for (let i = 0; i < body.length; i++) if (body[i]!.word) paramOf[i] = params.indexOf(body[i]!.image);
  if (!checkOperators(body, paramOf, params !== undefined, sink)) return undefined;
  return {
    name: name.image,
    params,
    variadic: head.variadic,
    body,
    paramOf,
    hasOperators: body.some((t) => t.tokenType === HashHash || (!!params && t.tokenType === Hash) || isVaOpt(t)),
    span: spanOf(name),
    ambient,
    disabled: false,
  };
}

interface Head {
  readonly params: readonly string[];
  readonly variadic: boolean;
  /** Index of the first body token. */
  readonly next: number;
}

function parseParams(line: readonly Tok[], end: Tok, sink: DiagSink): Head | undefined {
  const params: string[] = [];
  const wrong = (tok: Tok | undefined, why: string): undefined =>
    void sink.error("E0123", spanOf(tok ?? end), line[0]!.image, why);
  let at = 2;
  if (line[at]?.tokenType === RParen) return { params, variadic: false, next: at + 1 };
  for (;;) {
    const tok = line[at];
    if (!tok) return wrong(tok, "')' is missing");
    let variadic = false;
    if (tok.tokenType === Ellipsis) {
      params.push("__VA_ARGS__");
      variadic = true;
    } else if (tok.word) {
      if (params.includes(tok.image)) return wrong(tok, `'${tok.image}' appears twice`);
      if (tok.image === "__VA_ARGS__") return wrong(tok, "'__VA_ARGS__' cannot be a parameter");
      params.push(tok.image);
      if (line[at + 1]?.tokenType === Ellipsis) {
        variadic = true;
        at++;
      }
    } else return wrong(tok, `expected a parameter name, found '${tok.image}'`);
    const next = line[at + 1];
    if (next?.tokenType === RParen) return { params, variadic, next: at + 2 };
    if (!next) return wrong(next, "')' is missing");
    if (next.tokenType !== Comma || variadic)
      return wrong(next, `expected ${variadic ? "')'" : "',' or ')'"} before '${next.image}'`);
    at += 2;
  }
}

/** Whether the token is the `__VA_OPT__` of a macro body. */
export const isVaOpt = (tok: Tok): boolean => tok.word?.name === "__VA_OPT__";

/** `#` needs a parameter after it (C11 6.10.3.2p1), `##` something on both sides (6.10.3.3p1). */
function checkOperators(body: readonly Tok[], paramOf: Int32Array, isFunction: boolean, sink: DiagSink): boolean {
  for (let i = 0; i < body.length; i++) {
    const tok = body[i]!;
    if (tok.tokenType === HashHash && (i === 0 || i === body.length - 1)) return !sink.error("E0124", spanOf(tok));
    if (!isFunction || tok.tokenType !== Hash) continue;
    const next = body[i + 1];
    if (!next || (paramOf[i + 1] === NO_PARAM && !isVaOpt(next))) return !sink.error("E0125", spanOf(tok));
  }
  return true;
}

/** Whether two definitions are the same in the sense of C11 6.10.3p2, spacing aside from its presence. */
export function sameMacro(a: Macro, b: Macro): boolean {
  if (a.params?.join() !== b.params?.join() || a.variadic !== b.variadic || a.body.length !== b.body.length)
    return false;
  const spaced = (tok: Tok): boolean => (tok.flags & (AFTER_SPACE | AT_LINE_START)) !== 0;
  return a.body.every((tok, i) => tok.image === b.body[i]!.image && spaced(tok) === spaced(b.body[i]!));
}
