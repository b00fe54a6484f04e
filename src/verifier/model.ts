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
  /** What the rule asks for. */
  readonly expected: string;
  /** What led there: since when a value is what it is. */
  readonly notes: readonly { readonly text: string; readonly line?: SourceLine }[];
  /** The source lines where the path parted from others, oldest first; the last ones where they are many. */
  readonly path: readonly SourceLine[];
  /** How to mend it. */
  readonly help: string;
  /** What an edit of the source turns on. */
  readonly cause: Cause;
}

/** The value that a finding speaks of, as far as a tool can use it. */
export interface Cause {
  /** The function that gave it, and where the call is. */
  readonly maker?: string;
  readonly made?: SourceLine;
  /** Bytes of the region that an offset has to stay in. */
  readonly room?: number;
  /** The function that is called. */
  readonly callee?: string;
  /** Argument of that call, from 0. */
  readonly arg?: number;
  /** What a result must be. */
  readonly want?: string;
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
