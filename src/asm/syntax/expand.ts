/**
 * Macro substitution: arguments into bodies, `#`, `##`, `__VA_OPT__` (C11 6.10.3.1 to 6.10.3.3 and GNU's
 * `, ## __VA_ARGS__`). Works on token lists; the preprocessor owns the rescanning.
 */
import type { TokenType } from "chevrotain";
import { isVaOpt, type Macro, NO_PARAM } from "./macro.ts";
import { AFTER_SPACE, AT_LINE_START, NO_EXPAND, type Origin, Tok, withFlags } from "./token.ts";
import { CharLit, Comma, Hash, HashHash, LParen, Placemarker, RParen, StringLit } from "./tokens.ts";

/** One argument, as written and fully expanded (made when first asked for). */
export interface MacroArg {
  readonly raw: readonly Tok[];
  /** The rest of a variadic macro for which the use has not even a comma. */
  readonly absent: boolean;
  expanded(): readonly Tok[];
}

export interface Paster {
  /** The one token that `text` spells, in place of `left`; nothing where it spells none or several. */
  paste(text: string, left: Tok, right: Tok, origin: Origin): Tok | undefined;
}

/** The tokens of a use of an object-like macro without operators. */
export function copyBody(macro: Macro, origin: Origin): Tok[] {
  const { body } = macro;
  const out = new Array<Tok>(body.length);
  for (let i = 0; i < body.length; i++) out[i] = instance(body[i]!, origin);
  return out;
}

function instance(tok: Tok, origin: Origin): Tok {
  const { tokenType, image, file, startOffset, end, flags, word } = tok;
  return new Tok(tokenType, image, file, startOffset, end, flags, word, origin);
}

/** The replacement list of `macro` with its arguments in place, not yet rescanned. */
export function substitute(macro: Macro, args: readonly MacroArg[], origin: Origin, paster: Paster): Tok[] {
  const out = new Substitution(macro, args, origin, paster).range(0, macro.body.length);
  return out.some((tok) => tok.tokenType === Placemarker) ? out.filter((tok) => tok.tokenType !== Placemarker) : out;
}

class Substitution {
  readonly #macro: Macro;
  readonly #args: readonly MacroArg[];
  readonly #origin: Origin;
  readonly #paster: Paster;

  constructor(macro: Macro, args: readonly MacroArg[], origin: Origin, paster: Paster) {
    this.#macro = macro;
    this.#args = args;
    this.#origin = origin;
    this.#paster = paster;
  }

  /** Substitutes body tokens from `at` up to `end`. */
  range(at: number, end: number): Tok[] {
    const { body, paramOf } = this.#macro;
    const out: Tok[] = [];
    while (at < end) {
      const tok = body[at]!;
      if (tok.tokenType === HashHash && out.length > 0 && at + 1 < end) {
        at = this.#pasteOperand(out, at + 1, end);
        continue;
      }
      if (paramOf[at] === NO_PARAM && !isVaOpt(tok) && !(tok.tokenType === Hash && this.#macro.params)) {
        out.push(instance(tok, this.#origin));
        at++;
        continue;
      }
      const operand = this.#operand(at, end, body[this.#operandEnd(at)]?.tokenType === HashHash);
      append(out, operand);
      at = this.#operandEnd(at);
    }
    return out;
  }

  /** The operand at `at` goes behind `##`; returns where the body continues. */
  #pasteOperand(out: Tok[], at: number, end: number): number {
    const left = out.at(-1)!;
    const isRest = this.#macro.variadic && this.#macro.paramOf[at] === this.#macro.params!.length - 1;
    if (isRest && left.tokenType === Comma) {
      const rest = this.#args.at(-1)!;
      if (rest.absent) out[out.length - 1] = this.#nothing(left);
      else append(out, this.#placed(rest.raw, this.#macro.body[at]!));
      return at + 1;
    }
    const [right, ...others] = this.#operand(at, end, true);
    out.pop();
    append(out, this.#glue(left, right!));
    append(out, others);
    return this.#operandEnd(at);
  }

  #glue(left: Tok, right: Tok): readonly Tok[] {
    if (right.tokenType === Placemarker) return [left];
    if (left.tokenType === Placemarker) return [withFlags(right, left.flags)];
    const pasted = this.#paster.paste(left.image + right.image, left, right, this.#origin);
    return pasted ? [pasted] : [left, right];
  }

  /** Index behind the operand at `at`: a token, `#` with its parameter, or `__VA_OPT__` with its parentheses. */
  #operandEnd(at: number): number {
    const { body, params } = this.#macro;
    const tok = body[at]!;
    if (tok.tokenType === Hash && params) return this.#operandEnd(at + 1);
    if (!isVaOpt(tok) || body[at + 1]?.tokenType !== LParen) return at + 1;
    let depth = 0;
    for (let i = at + 1; i < body.length; i++) {
      if (body[i]!.tokenType === LParen) depth++;
      else if (body[i]!.tokenType === RParen && --depth === 0) return i + 1;
    }
    return body.length;
  }

  /** The operand's tokens, a placemarker where it has none; arguments stay unexpanded beside `##`. */
  #operand(at: number, end: number, pasted: boolean): readonly Tok[] {
    const { body, paramOf, params } = this.#macro;
    const tok = body[at]!;
    if (tok.tokenType === Hash && params && at + 1 < end) {
      const inner = isVaOpt(body[at + 1]!) ? this.#vaOpt(at + 1) : this.#args[paramOf[at + 1]!]!.raw;
      return [this.#string(tok, inner)];
    }
    if (isVaOpt(tok)) return this.#orNothing(this.#placed(this.#vaOpt(at), tok), tok);
    const param = paramOf[at]!;
    if (param === NO_PARAM) return [instance(tok, this.#origin)];
    const arg = this.#args[param]!;
    return this.#orNothing(this.#placed(pasted ? arg.raw : arg.expanded(), tok), tok);
  }

  #vaOpt(at: number): readonly Tok[] {
    const { variadic } = this.#macro;
    if (!variadic || this.#args.at(-1)!.expanded().length === 0) return [];
    return this.range(at + 2, this.#operandEnd(at) - 1);
  }

  /** Argument tokens in the parameter's place: the first takes over its spacing. */
  #placed(tokens: readonly Tok[], param: Tok): readonly Tok[] {
    const [first, ...others] = tokens;
    return first ? [withFlags(first, (first.flags & NO_EXPAND) | param.flags), ...others] : [];
  }

  #orNothing(tokens: readonly Tok[], place: Tok): readonly Tok[] {
    return tokens.length > 0 ? tokens : [this.#nothing(place)];
  }

  #nothing(place: Tok): Tok {
    return this.#make(Placemarker, "", place);
  }

  #string(hash: Tok, tokens: readonly Tok[]): Tok {
    return this.#make(StringLit, stringify(tokens), hash);
  }

  #make(type: TokenType, image: string, place: Tok): Tok {
    return new Tok(type, image, place.file, place.startOffset, place.end, place.flags, undefined, this.#origin);
  }
}

/** Like `push(...tokens)`, for lists of any length. */
function append(out: Tok[], tokens: readonly Tok[]): void {
  for (const tok of tokens) out.push(tok);
}

/** The spelling of `tokens` as a string literal (C11 6.10.3.2p2). */
export function stringify(tokens: readonly Tok[]): string {
  let text = "";
  for (const [i, tok] of tokens.entries()) {
    if (tok.tokenType === Placemarker) continue;
    if (i > 0 && text && tok.flags & (AFTER_SPACE | AT_LINE_START)) text += " ";
    const quoted = tok.tokenType === StringLit || tok.tokenType === CharLit;
    text += quoted ? tok.image.replace(/["\\]/g, "\\$&") : tok.image;
  }
  return `"${text}"`;
}
