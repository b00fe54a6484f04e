/** The public API: pure and synchronous; files and kernels come in from outside. */

export { BtfError } from "../btf/format.ts";
export type { Diagnostic, Edit, Note } from "../diag/diagnostic.ts";
export { applyEdits } from "../diag/edits.ts";
export { renderGcc } from "../diag/gcc.ts";
export { renderGithub } from "../diag/github.ts";
export { renderHuman } from "../diag/human.ts";
export { renderJson } from "../diag/json.ts";
export { type Reported, renderSarif } from "../diag/sarif.ts";
export type { Place, SourceFile, SourceMap } from "../diag/source.ts";
export { ElfError } from "../elf/object-file.ts";
export { type KernelInput, openKernel as kernelFromBtf } from "../kernel/kernel.ts";
export type { Arch, Kernel, KernelVersion } from "../kernel/model.ts";
export type { Span } from "../support/span.ts";
export type { Known } from "../verifier/known.ts";
export type { Cause, Finding, ProgramVerdict, Verdict } from "../verifier/model.ts";
export { type Compilation, compile, type Preprocessed, preprocess } from "./compile.ts";
export {
  type DisassembledFunc,
  type DisassembledInsn,
  type DisassembleOptions,
  type Disassembly,
  disassemble,
  listing,
} from "./disassemble.ts";
export { explainLog, type LoadedObject, type LogReport } from "./explain-log.ts";
export { type Fixed, type FixedSource, fixSource } from "./fix.ts";
export { includeHost, type ReadText, remembering, type SearchPath } from "./host.ts";
export { type InspectOptions, inspect } from "./inspect.ts";
export type * from "./inspection.ts";
export { Memory } from "./memory.ts";
export { type CompileOptions, optionalPasses, type PassDump, type Stage, type WarningOptions } from "./options.ts";
export { type Difference, type RoundTrip, roundTrip } from "./round-trip.ts";
export { type Verification, verify } from "./verify.ts";
