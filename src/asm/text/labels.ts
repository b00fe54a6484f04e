/** The labels of a text: names once, numbers as often as wanted (`1f` is the next `1:`, `1b` the one before). */
import type { Token } from "./token.ts";

interface Mark {
  /** Unique in the text. */
  readonly name: string;
  readonly token: Token;
}

const NO_MARKS: readonly Mark[] = [];
const NO_TOKENS: readonly Token[] = [];

export class Labels {
  readonly #statements: (readonly Token[])[];
  /** Names that were set before. */
  readonly doubles: readonly Token[];
  readonly #marks: readonly (readonly Mark[])[];
  readonly #names = new Set<string>();
  /** Statements that each number marks, in order, with the unique names. */
  readonly #numbers = new Map<string, { readonly index: number; readonly name: string }[]>();
  readonly #used = new Set<string>();

  constructor(statements: readonly (readonly Token[])[]) {
    this.#statements = [...statements];
    const doubles: Token[] = [];
    this.#marks = statements.map((tokens, i) => this.#read(tokens, i, doubles));
    this.doubles = doubles;
  }

  /** How many statements there are. */
  get count(): number {
    return this.#statements.length;
  }

  /** The tokens of a statement, which are given away: in a long text they would be most of what is kept. */
  take(index: number): readonly Token[] {
    const tokens = this.#statements[index]!;
    this.#statements[index] = NO_TOKENS;
    return tokens;
  }

  /** Labels at the front of a statement, each of two tokens. */
  of(index: number): readonly Mark[] {
    return this.#marks[index]!;
  }

  /** The unique name of the label that `token`, in statement `index`, refers to. */
  find(token: Token, index: number): string | undefined {
    const name = token.kind === "local" ? this.#near(token.text, index) : this.#known(token.text);
    if (name !== undefined) this.#used.add(name);
    return name;
  }

  isUsed(name: string): boolean {
    return this.#used.has(name);
  }

  #known(name: string): string | undefined {
    return this.#names.has(name) ? name : undefined;
  }

  #near(text: string, index: number): string | undefined {
    const places = this.#numbers.get(text.slice(0, -1)) ?? [];
    const later = firstBehind(places, index);
    return places[text.endsWith("f") ? later : later - 1]?.name;
  }

  #read(tokens: readonly Token[], index: number, doubles: Token[]): readonly Mark[] {
    if (tokens[1]?.text !== ":") return NO_MARKS;
    const marks: Mark[] = [];
    for (let at = 0; tokens[at + 1]?.text === ":"; at += 2) {
      const token = tokens[at]!;
      if (token.kind === "number") marks.push({ name: this.#number(token.text, index), token });
      else if (token.kind !== "word") break;
      else {
        if (this.#names.has(token.text)) doubles.push(token);
        this.#names.add(token.text);
        marks.push({ name: token.text, token });
      }
    }
    return marks;
  }

  #number(text: string, index: number): string {
    const places = this.#numbers.get(text) ?? [];
    const name = `${text}@${places.length}`;
    places.push({ index, name });
    this.#numbers.set(text, places);
    return name;
  }
}

/** The first place behind a statement; the places are in order. */
function firstBehind(places: readonly { readonly index: number }[], index: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (places[mid]!.index > index) high = mid;
    else low = mid + 1;
  }
  return low;
}
