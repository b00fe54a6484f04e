/** The arguments of a macro's use: found between its parentheses, and expanded when first asked for (C11 6.10.3p10 to 12). */
import type { MacroArg } from "./expand.ts";
import type { Macro } from "./macro.ts";
import type { Preprocessor } from "./preprocess.ts";
import { AFTER_SPACE, AT_LINE_START, NO_EXPAND, spanOf, type Tok, withFlags } from "./token.ts";
import { Comma, EndOfFile, EndOfLine, LParen, RParen } from "./tokens.ts";

export class ArgumentReader {
  readonly #pp: Preprocessor;
  /** How deep arguments are being expanded inside of arguments. */
  #depth = 0;

  constructor(pp: Preprocessor) {
    this.#pp = pp;
  }

  /** The arguments of a use of `macro`, whose name was just read; nothing where they are wrong, which is reported. */
  read(macro: Macro, name: Tok): { args: MacroArg[]; end: number } | undefined {
    const most = macro.variadic ? macro.params!.length : Number.POSITIVE_INFINITY;
    const lists: Tok[][] = [[]];
    this.#pp.raw();
    for (let depth = 1, count = 0; ; count++) {
      const tok = this.#pp.raw();
      if (tok.tokenType === EndOfFile || tok.tokenType === EndOfLine) {
        this.#pp.sink.error("E0126", spanOf(name), macro.name).note(`'${macro.name}' is defined here`, macro.span);
        if (tok.tokenType === EndOfFile) this.#pp.truncated = true;
        return undefined;
      }
      if (count > this.#pp.limits.expandedTokens) return this.#pp.tooMuch(name);
      if (tok.tokenType === LParen) depth++;
      else if (tok.tokenType === RParen && --depth === 0) return this.#args(macro, name, lists, endIn(name, tok));
      if (tok.tokenType === Comma && depth === 1 && lists.length < most) lists.push([]);
      else lists.at(-1)!.push(this.#asArgument(tok));
    }
  }

  /** A line break inside arguments is a space; a macro that is disabled now stays so for this token. */
  #asArgument(tok: Tok): Tok {
    let { flags } = tok;
    if (flags & AT_LINE_START) flags = (flags & ~AT_LINE_START) | AFTER_SPACE;
    if (tok.word?.macro?.disabled) flags |= NO_EXPAND;
    return withFlags(tok, flags);
  }

  #args(macro: Macro, name: Tok, lists: Tok[][], end: number): { args: MacroArg[]; end: number } | undefined {
    const want = macro.params!.length;
    if (want === 0 && lists.length === 1 && lists[0]!.length === 0) lists.pop();
    const absent = macro.variadic && (lists.length === want - 1 || (want === 1 && lists[0]?.length === 0));
    if (lists.length === want - 1 && absent) lists.push([]);
    if (lists.length !== want) {
      const counted = macro.variadic ? `at least ${want - 1} arguments` : `${want} argument${want === 1 ? "" : "s"}`;
      const report = this.#pp.sink.error("E0127", spanOf(name), macro.name, counted, lists.length);
      report.note(`'${macro.name}' is defined here`, macro.span);
      return undefined;
    }
    return { args: lists.map((raw, i) => this.#argument(raw, absent && i === want - 1)), end };
  }

  #argument(raw: readonly Tok[], absent: boolean): MacroArg {
    let expanded: readonly Tok[] | undefined;
    return {
      raw,
      absent,
      expanded: () => {
        expanded ??= this.#expandArgument(raw);
        return expanded;
      },
    };
  }

  #expandArgument(raw: readonly Tok[]): readonly Tok[] {
    if (this.#depth >= this.#pp.limits.nesting) {
      if (!this.#pp.stopped) this.#pp.sink.error("E0155", spanOf(raw[0]!), this.#pp.limits.nesting);
      this.#pp.stop();
      return [];
    }
    this.#depth++;
    const expanded = this.#pp.expandAll(raw);
    this.#depth--;
    return expanded;
  }
}

/** Where `last` ends, as seen from the file of `name`. */
function endIn(name: Tok, last: Tok): number {
  return last.file === name.file && last.end > name.end ? last.end : name.end;
}
