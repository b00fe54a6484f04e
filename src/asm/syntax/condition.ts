/** The expressions of `#if` and `#elif` (C11 6.10.1), in 64 bits, signed or unsigned as `intmax_t` and `uintmax_t`. */
import { s64, u64 } from "../../support/int.ts";
import { isDefined, spelling } from "./directives.ts";
import { featureQueries, hasFeature } from "./features.ts";
import { charValue, decodeText, parseNumber } from "./literal.ts";
import { ASSIGN_LEVEL, COMMA_LEVEL, COND_LEVEL, operatorLevels } from "./operators.ts";
import type { Preprocessor } from "./preprocess.ts";
import { spanOf, Tok } from "./token.ts";
import { CharLit, EndOfFile, EndOfLine, LParen, NumberLit, RParen, StringLit } from "./tokens.ts";

interface Value {
  readonly value: bigint;
  readonly unsigned: boolean;
}

/** Why a condition has no value; it has been reported. */
class Unusable extends Error {}

/** Whether the condition holds; one that is wrong is reported and does not. */
export function isTrue(pp: Preprocessor, tokens: readonly Tok[], end: Tok, directive: string): boolean {
  const value = evaluate(pp, tokens, end, directive);
  return value !== undefined && value !== 0n;
}

/** The value of a constant expression without names, as in `#pragma unroll (2 * N)`; reports what is wrong with it. */
export function evaluate(pp: Preprocessor, tokens: readonly Tok[], end: Tok, directive: string): bigint | undefined {
  return pp.within(tokens, end, () => {
    try {
      return new Evaluator(pp, directive).whole().value;
    } catch (problem) {
      if (problem instanceof Unusable) return undefined;
      throw problem;
    }
  });
}

class Evaluator {
  readonly #pp: Preprocessor;
  readonly #directive: string;
  #tok: Tok;
  #depth = 0;

  constructor(pp: Preprocessor, directive: string) {
    this.#pp = pp;
    this.#directive = directive;
    this.#tok = this.#read();
  }

  whole(): Value {
    if (this.#atEnd()) this.#wrong("there is no expression");
    const value = this.#binary(COMMA_LEVEL, true);
    if (!this.#atEnd()) this.#wrong(`'${this.#tok.image}' is not expected here`);
    return value;
  }

  /** The next token, with `defined` and the `__has_` operators replaced by their answers. */
  #read(): Tok {
    const tok = this.#pp.next();
    if (tok.image === "defined" && tok.word) return this.#answer(tok, this.#isDefined(this.#operandName(tok)));
    if (featureQueries.has(tok.image) && tok.word) return this.#answer(tok, hasFeature(tok.image, this.#inParens(tok)));
    if ((tok.image === "__has_include" || tok.image === "__has_include_next") && tok.word)
      return this.#answer(tok, this.#hasInclude(tok));
    return tok;
  }

  #answer(tok: Tok, yes: boolean): Tok {
    return new Tok(NumberLit, yes ? "1" : "0", tok.file, tok.startOffset, tok.end, tok.flags, undefined, tok.origin);
  }

  #isDefined({ word }: Tok): boolean {
    const yes = word !== undefined && isDefined(this.#pp, word);
    if (word) this.#pp.asked?.defined(word.name, yes);
    return yes;
  }

  #operandName(operator: Tok): Tok {
    let tok = this.#pp.raw();
    const inParens = tok.tokenType === LParen;
    if (inParens) tok = this.#pp.raw();
    if (!tok.word) this.#wrong("'defined' needs a name", operator);
    if (inParens && this.#pp.raw().tokenType !== RParen) this.#wrong("')' is missing after 'defined(...'", operator);
    return tok;
  }

  /** The spelling of what stands in the parentheses behind an operator. */
  #inParens(operator: Tok): string {
    if (this.#pp.raw().tokenType !== LParen) this.#wrong(`'${operator.image}' needs '('`, operator);
    const inside: Tok[] = [];
    for (let depth = 1; ; ) {
      const tok = this.#pp.raw();
      if (tok.tokenType === EndOfLine || tok.tokenType === EndOfFile)
        this.#wrong(`')' is missing after '${operator.image}(...'`, operator);
      if (tok.tokenType === LParen) depth++;
      else if (tok.tokenType === RParen && --depth === 0) return spelling(inside);
      inside.push(tok);
    }
  }

  #hasInclude(operator: Tok): boolean {
    if (this.#pp.asked) this.#pp.asked.isSpoilt = true;
    const written = this.#inParens(operator);
    const match = /^(?:"(.*)"|<(.*)>)$/.exec(written);
    if (!match) this.#wrong(`'${operator.image}' needs "FILE" or <FILE>`, operator);
    const { includes } = this.#pp.input;
    const name = match[1] ?? match[2]!;
    const from = this.#pp.level.file.name;
    if (operator.image === "__has_include_next" && includes.findNext)
      return includes.findNext(name, from) !== undefined;
    return includes.find(name, match[2] !== undefined, from) !== undefined;
  }

  #advance(): Tok {
    const tok = this.#tok;
    this.#tok = this.#read();
    return tok;
  }

  #atEnd(): boolean {
    return this.#tok.tokenType === EndOfLine || this.#tok.tokenType === EndOfFile;
  }

  #wrong(why: string, at: Tok = this.#tok): never {
    if (!this.#pp.stopped) this.#pp.sink.error("E0138", spanOf(at), this.#directive, why);
    throw new Unusable();
  }

  /** Operators of at least `least`; `live` is unset where the value does not count, as behind `0 &&`. */
  #binary(least: number, live: boolean): Value {
    let left = this.#unary(live);
    for (;;) {
      const op = this.#tok.image;
      const level = this.#tok.word ? undefined : operatorLevels.get(op);
      if (level === undefined || level < least || level === ASSIGN_LEVEL || this.#atEnd()) return left;
      const at = this.#advance();
      if (op === "?") left = this.#conditional(left, live);
      else {
        const decided = (op === "&&" && left.value === 0n) || (op === "||" && left.value !== 0n);
        const right = this.#binary(level + 1, live && !decided);
        left = this.#apply(op, left, right, live && !decided, at);
      }
    }
  }

  #conditional(cond: Value, live: boolean): Value {
    this.#deeper();
    const then = this.#binary(COND_LEVEL, live && cond.value !== 0n);
    if (this.#tok.image !== ":") this.#wrong("':' is missing after '?'");
    this.#advance();
    const other = this.#binary(COND_LEVEL, live && cond.value === 0n);
    this.#depth--;
    const chosen = cond.value !== 0n ? then : other;
    return typed(chosen.value, then.unsigned || other.unsigned);
  }

  #unary(live: boolean): Value {
    this.#deeper();
    const tok = this.#advance();
    const value = this.#primary(tok, live);
    this.#depth--;
    return value;
  }

  #deeper(): void {
    const { nesting } = this.#pp.limits;
    if (++this.#depth > nesting) this.#wrong(`it is nested more than ${nesting} levels deep`);
  }

  #primary(tok: Tok, live: boolean): Value {
    if (tok.tokenType === LParen) {
      const value = this.#binary(COMMA_LEVEL, live);
      if (this.#tok.tokenType !== RParen) this.#wrong("')' is missing");
      this.#advance();
      return value;
    }
    if (tok.tokenType === NumberLit) return this.#number(tok);
    if (tok.tokenType === CharLit) return this.#char(tok);
    if (tok.word) return { value: 0n, unsigned: false };
    if (tok.tokenType === StringLit) this.#wrong("it holds a string", tok);
    if (!["+", "-", "~", "!"].includes(tok.image))
      this.#wrong(tok.image ? `'${tok.image}' is not expected here` : "it ends too early", tok);
    const operand = this.#unary(live);
    if (tok.image === "!") return truth(operand.value === 0n);
    if (tok.image === "+") return operand;
    return typed(tok.image === "-" ? -operand.value : ~operand.value, operand.unsigned);
  }

  #number(tok: Tok): Value {
    const number = parseNumber(tok.image);
    if (number.kind === "float") this.#wrong(`'${tok.image}' is no integer`, tok);
    if (number.kind === "bad") this.#wrong(number.why, tok);
    if (number.kind === "too_large") this.#wrong(`'${tok.image}' does not fit in 64 bits`, tok);
    return typed(number.value, number.suffix.startsWith("u") || number.value > 0x7fffffffffffffffn);
  }

  #char(tok: Tok): Value {
    const inner = tok.image.slice(tok.image.indexOf("'") + 1, -1);
    const value = charValue(decodeText(inner, { badEscape: () => {}, unknownEscape: () => {} }));
    if (value === undefined) this.#wrong(`${tok.image} is no character`, tok);
    return { value: BigInt(value), unsigned: false };
  }

  #apply(op: string, left: Value, right: Value, live: boolean, at: Tok): Value {
    const unsigned = left.unsigned || right.unsigned;
    const a = unsigned ? u64(left.value) : left.value;
    const b = unsigned ? u64(right.value) : right.value;
    if ((op === "/" || op === "%") && b === 0n) {
      if (live) this.#wrong("division by zero", at);
      return typed(0n, unsigned);
    }
    if (op === "<<" || op === ">>") return shift(op, left, right.value);
    const compared = comparisons[op]?.(a, b);
    if (compared !== undefined) return truth(compared);
    return typed(arithmetic[op]!(a, b), unsigned);
  }
}

const typed = (value: bigint, unsigned: boolean): Value => ({ value: unsigned ? u64(value) : s64(value), unsigned });
const truth = (yes: boolean): Value => ({ value: yes ? 1n : 0n, unsigned: false });

const comparisons: Readonly<Record<string, (a: bigint, b: bigint) => boolean>> = {
  "<": (a, b) => a < b,
  ">": (a, b) => a > b,
  "<=": (a, b) => a <= b,
  ">=": (a, b) => a >= b,
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "&&": (a, b) => a !== 0n && b !== 0n,
  "||": (a, b) => a !== 0n || b !== 0n,
};

const arithmetic: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "&": (a, b) => a & b,
  "^": (a, b) => a ^ b,
  "|": (a, b) => a | b,
  ",": (_a, b) => b,
};

/** A shift has the type of its left operand; one by 64 or more leaves no bit, a negative one goes the other way. */
function shift(op: string, left: Value, by: bigint): Value {
  const toLeft = (op === "<<") === by >= 0n;
  const distance = by < 0n ? -by : by;
  if (distance > 63n) return typed(!toLeft && left.value < 0n ? -1n : 0n, left.unsigned);
  return typed(toLeft ? left.value << distance : left.value >> distance, left.unsigned);
}
