/** What one run of the verifier carries along: the program, the facts, and numbers for what must be told apart. */
import type { Recall } from "./domain/recall.ts";
import type { Scalar } from "./domain/scalar.ts";
import type { CtxModel, Facts } from "./facts.ts";
import type { Liveness } from "./live.ts";
import type { Need } from "./needs.ts";
import type { LastMove } from "./pointer-math.ts";
import type { Prepared } from "./prepare.ts";
import type { StackLiveness } from "./stack-live/live.ts";

export interface Cx {
  readonly prep: Prepared;
  readonly facts: Facts;
  readonly live: Liveness;
  readonly stackLive: StackLiveness;
  /** The last needs of instructions, by index; filled as they are asked for. */
  readonly needs: (Need | "none" | undefined)[];
  /** What the walk asks of each instruction, by index: bits of `Trait`. */
  readonly traits: Uint32Array;
  readonly ctx: CtxModel;
  /** Numbers are known as closely as can be: to tell whether a refusal is certain. */
  readonly sharp: boolean;
  /** Immediates as 64-bit operands, by index; filled as they are asked for. */
  readonly immediates: (Scalar | undefined)[];
  readonly recall: Recall;
  readonly lastMove: LastMove;
  /** A number above 0 that was not given before. */
  newId(): number;
}
