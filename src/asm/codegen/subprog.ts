/** What code generation hands on: the final, still symbolic, instructions of each function. */
import type { CoreAccess } from "../../btf/core.ts";
import type { Line } from "../../isa/insn.ts";
import type { Span } from "../../support/span.ts";

export interface Subprog {
  readonly name: string;
  /** Undefined: `.text`. */
  readonly section?: string;
  readonly linkage: "static" | "global";
  /** Branch targets are labels of this subprogram's lines. */
  readonly lines: readonly Line<CoreAccess>[];
  /** Bytes of stack in use. */
  readonly stackSize: number;
  readonly span: Span;
}
