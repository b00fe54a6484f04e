/**
 * Decides chevrotain's alternatives by the next token and their gates. The tables are made when a decision is first
 * taken, so building the parser costs little; the grammar resolves by gates what one token cannot tell.
 */
import {
  Alternation,
  Alternative,
  type ILookaheadStrategy,
  type IOrAlt,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  type Rule,
  Terminal,
} from "chevrotain";
import type { Tok } from "./token.ts";

/** By token kind, the alternatives that can begin with it. */
type Table = readonly (readonly number[] | undefined)[];
type Production = Rule["definition"][number];

/** The token kinds something can begin with, by `tokenTypeIdx`, and whether it can be empty. */
interface First {
  readonly kinds: ReadonlySet<number>;
  readonly nullable: boolean;
}

interface TokenSource {
  LA_FAST(howMuch: number): Tok;
}

/** By chevrotain's name of what is optional, which a bundler leaves alone. */
const optionalKinds = {
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
} as const;

export class FirstTokenStrategy implements ILookaheadStrategy {
  readonly #ofRule = new Map<Rule, First>();

  validate(): [] {
    return [];
  }

  /** The index of the first alternative that can begin with the next token and whose gate is open. */
  buildLookaheadForAlternation({ rule, prodOccurrence }: { rule: Rule; prodOccurrence: number }) {
    const makeTable = (): Table => this.#alternatives(rule, prodOccurrence);
    let table: Table | undefined;
    return function (this: TokenSource, alts?: IOrAlt<unknown>[]): number | undefined {
      table ??= makeTable();
      const candidates = table[this.LA_FAST(1).tokenTypeIdx];
      return candidates?.find((i) => alts![i]!.GATE?.call(this) ?? true);
    } as (alts?: IOrAlt<unknown>[]) => number | undefined;
  }

  buildLookaheadForOptional({
    rule,
    prodOccurrence,
    prodType,
  }: {
    rule: Rule;
    prodOccurrence: number;
    prodType: keyof typeof optionalKinds;
  }) {
    const makeKinds = (): ReadonlySet<number> => this.#optional(rule, prodOccurrence, prodType);
    let kinds: ReadonlySet<number> | undefined;
    return function (this: TokenSource): boolean {
      kinds ??= makeKinds();
      return kinds.has(this.LA_FAST(1).tokenTypeIdx);
    } as () => boolean;
  }

  #alternatives(rule: Rule, occurrence: number): Table {
    const found = findProduction(rule.definition, (prod) => prod instanceof Alternation && prod.idx === occurrence);
    const table: number[][] = [];
    for (const [i, alt] of definitionOf(found).entries())
      for (const kind of this.#ofSequence(definitionOf(alt)).kinds) {
        table[kind] ??= [];
        table[kind].push(i);
      }
    return table;
  }

  #optional(rule: Rule, occurrence: number, type: keyof typeof optionalKinds): ReadonlySet<number> {
    const found = findProduction(
      rule.definition,
      (prod) => prod instanceof optionalKinds[type] && prod.idx === occurrence,
    );
    return this.#ofSequence(definitionOf(found)).kinds;
  }

  #ofSequence(sequence: readonly Production[]): First {
    const kinds = new Set<number>();
    for (const prod of sequence) {
      const first = this.#of(prod);
      for (const kind of first.kinds) kinds.add(kind);
      if (!first.nullable) return { kinds, nullable: false };
    }
    return { kinds, nullable: true };
  }

  #of(prod: Production): First {
    if (prod instanceof Terminal) return { kinds: new Set([prod.terminalType.tokenTypeIdx!]), nullable: false };
    if (prod instanceof NonTerminal) return this.#rule(prod.referencedRule);
    if (prod instanceof Alternation) {
      const alts = prod.definition.map((alt) => this.#ofSequence(definitionOf(alt)));
      return { kinds: new Set(alts.flatMap((alt) => [...alt.kinds])), nullable: alts.some((alt) => alt.nullable) };
    }
    const inner = this.#ofSequence(definitionOf(prod));
    const mandatory = prod instanceof RepetitionMandatory || prod instanceof RepetitionMandatoryWithSeparator;
    return mandatory || prod instanceof Alternative ? inner : { kinds: inner.kinds, nullable: true };
  }

  #rule(rule: Rule): First {
    let first = this.#ofRule.get(rule);
    if (!first) {
      first = this.#ofSequence(rule.definition);
      this.#ofRule.set(rule, first);
    }
    return first;
  }
}

/** What a production is made of; a terminal is made of nothing. */
function definitionOf(prod: Production | undefined): readonly Production[] {
  return prod && "definition" in prod ? (prod.definition as readonly Production[]) : [];
}

function findProduction(
  sequence: readonly Production[],
  wanted: (prod: Production) => boolean,
): Production | undefined {
  for (const prod of sequence) {
    if (wanted(prod)) return prod;
    const found = prod instanceof NonTerminal ? undefined : findProduction(definitionOf(prod), wanted);
    if (found) return found;
  }
  return undefined;
}
