/** The public API: pure and synchronous; files and kernels come in from outside. */

export type { Diagnostic, Edit, Note } from "../diag/diagnostic.ts";
export { renderGcc } from "../diag/gcc.ts";
export { renderHuman } from "../diag/human.ts";
export { renderJson } from "../diag/json.ts";
export type { Place, SourceFile, SourceMap } from "../diag/source.ts";
export { type KernelInput, openKernel as kernelFromBtf } from "../kernel/kernel.ts";
export type { Arch, Kernel, KernelVersion } from "../kernel/model.ts";
export type { Span } from "../support/span.ts";
export type { Finding, ProgramVerdict, Verdict } from "../verifier/model.ts";
export { type Compilation, compile, type Preprocessed, preprocess } from "./compile.ts";
export { type Disassembly, disassemble, listing } from "./disassemble.ts";
export { includeHost, type ReadText, remembering, type SearchPath } from "./host.ts";
export { type CompileOptions, optionalPasses, type PassDump, type Stage, type WarningOptions } from "./options.ts";
export { type Difference, type RoundTrip, roundTrip } from "./round-trip.ts";
