/** What a check can answer: nothing to say (it holds), a refusal, or that it turns on something that is not modelled. */
import { type ErrorCode, errorTexts } from "../diag/catalogue.ts";
import type { Value } from "./domain/value.ts";

export interface Refusal {
  readonly kind: "refused";
  readonly code: ErrorCode;
  readonly text: string;
  /** What `text` is made of, as the catalogue takes it. */
  readonly args: readonly unknown[];
  readonly help?: string;
  /** Values that the refusal speaks of; the notes tell where each comes from. */
  readonly about: readonly Value[];
  /** Instructions that belong to the story, with what to say of each. */
  readonly marks: readonly { readonly at: number; readonly text: string }[];
}

export interface Unmodelled {
  readonly kind: "unmodelled";
  readonly what: string;
}

/** Undefined: it holds. */
export type Outcome = Refusal | Unmodelled | undefined;

type Args<C extends ErrorCode> = Parameters<(typeof errorTexts)[C]>;
type More = Partial<Pick<Refusal, "help" | "about" | "marks">>;

/** The text of a code with arguments that come from one of its refusals. */
export const textOf = (code: ErrorCode, args: readonly unknown[]): string =>
  (errorTexts[code] as (...a: readonly unknown[]) => string)(...args);

/** A refusal by code; `more` tells the mend and the values it speaks of. */
export function refuse<C extends ErrorCode>(code: C, args: Args<C>, more: More = {}): Refusal {
  return {
    kind: "refused",
    code,
    text: textOf(code, args),
    args,
    about: more.about ?? [],
    marks: more.marks ?? [],
    ...(more.help && { help: more.help }),
  };
}

/** The argument `name` takes in `reg` may be NULL, and must not. */
export const refuseNull = (reg: string, name: string, value: Value): Refusal =>
  refuse("E0550", [reg, name], { about: [value], help: "compare it with NULL before the call" });

export const unmodelled = (what: string): Unmodelled => ({ kind: "unmodelled", what });

/** The first that does not hold. */
export function firstOf(outcomes: Iterable<Outcome>): Outcome {
  for (const o of outcomes) if (o) return o;
  return undefined;
}
