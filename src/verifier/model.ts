/** The verifier's answer. */
import type { ErrorCode } from "../diag/catalogue.ts";
import type { SourceLine } from "../elf/model.ts";

export type Verdict = "accepted" | "rejected" | "unknown";

/** Why a program is refused (or not judged), in terms of its instructions and source lines. */
export interface Finding {
  readonly code: ErrorCode;
  readonly text: string;
  /** Slot number of the instruction, as the kernel counts. */
  readonly insn: number;
  readonly line?: SourceLine;
  /** What led there: since when a value is what it is, the path taken. */
  readonly notes: readonly { readonly text: string; readonly line?: SourceLine }[];
  readonly help?: string;
}

export interface ProgramVerdict {
  readonly program: string;
  readonly section: string;
  readonly verdict: Verdict;
  /** Instructions processed, as the kernel counts them. */
  readonly processed: number;
  readonly findings: readonly Finding[];
  /** What is not modelled, where the verdict is `unknown`. */
  readonly unknown: readonly string[];
}
