/** What one run of the verifier carries along: the program, the facts, and numbers for what must be told apart. */
import type { CtxModel, Facts } from "./facts.ts";
import type { Liveness } from "./live.ts";
import type { Need } from "./needs.ts";
import type { Prepared } from "./prepare.ts";

export interface Cx {
  readonly prep: Prepared;
  readonly facts: Facts;
  readonly live: Liveness;
  /** Needs of each instruction, by index. */
  readonly needs: readonly (readonly Need[])[];
  readonly ctx: CtxModel;
  /** Numbers are known as closely as can be: to tell whether a refusal is certain. */
  readonly sharp: boolean;
  /** A number above 0 that was not given before. */
  newId(): number;
}
