/** The names of the user's macros, for a reader that must know quickly that a word of a text is none. */
import type { TokenType } from "chevrotain";
import type { Macro } from "./macro.ts";
import { Comma, EnumWord, LBrace, RBrace, RecordWord, Semi } from "./tokens.ts";

/** What gives a macro the power to declare something where it is used. */
const powers: ReadonlySet<TokenType> = new Set([LBrace, RBrace, Comma, Semi, RecordWord, EnumWord]);

/** Whether a macro with that body may make declarations, or end one. */
export const hasPower = (body: Macro["body"]): boolean => body.some(({ tokenType }) => powers.has(tokenType));

export class MacroNames {
  readonly #all = new Set<string>();
  /** Those that may make declarations, or end one. */
  readonly shaping = new Set<string>();
  /** For each first character, which lengths there are or have been: a bit each. */
  readonly #lengths = new Uint32Array(128);

  set(name: string, macro: Macro | null | undefined): void {
    this.#all.delete(name);
    this.shaping.delete(name);
    if (!macro || macro.ambient) return;
    this.#all.add(name);
    if (macro.params) this.shaping.add(name);
    else if (macro.mayDeclare !== false && hasPower(macro.body)) this.shaping.add(name);
    this.#lengths[name.charCodeAt(0) & 127]! |= 1 << (name.length & 31);
  }

  names(): Iterable<string> {
    return this.#all;
  }

  has(name: string): boolean {
    return this.#all.has(name);
  }

  /** Whether the text from `start` to `end` is the name of a macro. */
  isSpelled(text: string, start: number, end: number): boolean {
    const bits = this.#lengths[text.charCodeAt(start) & 127]!;
    return (bits & (1 << ((end - start) & 31))) !== 0 && this.#all.has(text.slice(start, end));
  }
}
