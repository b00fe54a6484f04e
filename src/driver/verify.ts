/** The verifier over an object of any compiler. */
import { type Diagnostic, DiagSink } from "../diag/diagnostic.ts";
import type { Kernel } from "../kernel/model.ts";
import type { ProgramVerdict } from "../verifier/model.ts";
import { verifyObject } from "./verdicts.ts";

export interface Verification {
  /** One for each program that can be linked, in the order of the sections. */
  readonly verdicts: readonly ProgramVerdict[];
  /** Why others cannot be linked. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What the kernel will say of the programs in an object. Throws `ElfError` for bytes that are no object. */
export function verify(object: Uint8Array, { kernel }: { readonly kernel: Kernel }): Verification {
  const sink = new DiagSink();
  const verdicts = verifyObject(object, kernel, sink);
  return { verdicts, diagnostics: sink.diagnostics };
}
