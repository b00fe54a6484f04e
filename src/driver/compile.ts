/** The whole compiler: source to object, on one screen. */
import { generate } from "../asm/codegen/generate.ts";
import type { Subprog } from "../asm/codegen/subprog.ts";
import type { IrFunction, IrProgram } from "../asm/ir/model.ts";
import { type OptimiseOptions, optimise } from "../asm/ir/optimise.ts";
import { printIr } from "../asm/ir/print.ts";
import { namedIn } from "../asm/lower/asm-code.ts";
import { constantData, functionTables, type KnownVariables, knownVariables } from "../asm/lower/constant-data.ts";
import { lower } from "../asm/lower/lower.ts";
import { lowerNaked } from "../asm/lower/naked.ts";
import { settle } from "../asm/lower/settle.ts";
import { ambientMacro } from "../asm/sema/ambient/index.ts";
import { check } from "../asm/sema/check.ts";
import type { TExtern, Unit } from "../asm/sema/tree.ts";
import { isAmbientType } from "../asm/sema/type-exprs.ts";
import type { TranslationUnit } from "../asm/syntax/ast.ts";
import { type PreprocessInput, parseTypeName, parseUnit, preprocessOnly } from "../asm/syntax/parse.ts";
import { type Diagnostic, DiagSink } from "../diag/diagnostic.ts";
import { type SourceFile, SourceMap } from "../diag/source.ts";
import type { SourceLine } from "../elf/model.ts";
import { writeObject } from "../elf/writer.ts";
import type { Line } from "../isa/insn.ts";
import { heededArguments } from "../kfuncs/kfunc.ts";
import type { Span } from "../support/span.ts";
import type { ProgramVerdict } from "../verifier/model.ts";
import { builtinOnly } from "./host.ts";
import { impliedLicense } from "./license.ts";
import { type Memory, withMemory } from "./memory.ts";
import { mend } from "./mend/mend.ts";
import { SourceTree } from "./mend/source-tree.ts";
import { objectModel } from "./object-model.ts";
import type { CompileOptions } from "./options.ts";
import { bindKfuncs } from "./resolve-kfuncs.ts";
import { leaveToLinker, undefinedNames } from "./undefined-names.ts";
import { type MendOf, reportVerdict, spanFinder, verifyObject } from "./verdicts.ts";
import { sinkFor } from "./warnings.ts";

/** What came of a compilation. `object` is missing where `diagnostics` hold an error. */
export interface Compilation {
  readonly object?: Uint8Array;
  readonly diagnostics: readonly Diagnostic[];
  readonly files: SourceMap;
  readonly verdicts: readonly ProgramVerdict[];
  /** Final instructions, still symbolic, for `--emit asm`. */
  readonly subprogs: readonly Subprog[];
  /** The intermediate code that they are selected from, as text, for `--emit ir`. */
  readonly ir: () => string;
}

/** What came of preprocessing alone. */
export interface Preprocessed {
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly files: SourceMap;
}

/** Compiles the text of one `.bpf` file. Pure and synchronous; never throws for bad input. */
export function compile(source: string, options: CompileOptions): Compilation {
  const files = new SourceMap();
  const main = files.add(options.fileName ?? "probe.bpf", source);
  const sink = sinkFor(files, options);
  begin(options);
  const { ast, unit } = analyse(main, files, options, sink);
  const { subprogs, linked, ir } = sink.hasErrors ? noCode : codeOf(unit, options, sink);
  const whole = { ...unit, externs: [...unit.externs, ...linked] };
  const written = sink.hasErrors ? undefined : assemble(whole, subprogs, files, main, options, sink);
  options.ended?.("write");
  const loadable = written && linked.length === 0;
  const verdicts =
    loadable && options.verify !== false ? judge(written, { ast, unit, main }, files, options, sink) : [];
  options.ended?.("verify");
  const { diagnostics } = sink;
  return { ...(written && !sink.hasErrors && { object: written }), diagnostics, files, verdicts, subprogs, ir };
}

/** The memory of earlier compilations, told what the results of this one depend on beside its text. */
function begin({ memory, kernel, cpu, level, withoutPasses }: CompileOptions): void {
  memory?.begin([kernel, cpu, level, withoutPasses?.join()]);
}

/** What stands in a file, without making code of it. */
export function checkSource(source: string, options: CompileOptions): Pick<Compilation, "diagnostics" | "files"> {
  const files = new SourceMap();
  const main = files.add(options.fileName ?? "probe.bpf", source);
  const sink = sinkFor(files, options);
  analyse(main, files, options, sink);
  return { diagnostics: sink.diagnostics, files };
}

/** A main file, as written and as checked. */
interface Analysed {
  readonly ast: TranslationUnit;
  readonly unit: Unit;
}

function analyse(main: SourceFile, files: SourceMap, options: CompileOptions, sink: DiagSink): Analysed {
  const { kernel } = options;
  const isTypeName = (name: string) => isAmbientType(name, (n) => kernel.btf.byName(n, "typedef").length > 0);
  const ast = parseUnit({ ...sourceInput(main, files, options), isTypeName, pulse: options.pulse }, sink);
  options.ended?.("parse");
  const parseType = (text: string) => parseTypeName(text, isTypeName);
  const textBefore = (span: Span) => {
    const { line, column } = files.place(span);
    return files.lineText(span.file, line).slice(0, column - 1);
  };
  const anyKfunc = options.verify === false;
  const unit = check(
    ast,
    kernel,
    { cpu: options.cpu ?? "v3", parseType, anyKfunc, textBefore, observer: options.observer },
    sink,
  );
  options.ended?.("check");
  return { ast, unit };
}

function sourceInput(main: SourceFile, files: SourceMap, options: CompileOptions): PreprocessInput {
  return {
    files,
    main,
    includes: options.includes ?? builtinOnly,
    defines: [...targetMacros(options), ...(options.defines ?? [])],
    undefs: options.undefs ?? [],
    forcedIncludes: options.forcedIncludes ?? [],
    ambientMacros: { get: (name) => ambientMacro(name, options.kernel.arch), key: options.kernel.arch },
  };
}

/** The text of a file after preprocessing (`-E`), without line markers; with errors, as far as it could be read. */
export function preprocess(source: string, options: CompileOptions): Preprocessed {
  const files = new SourceMap();
  const main = files.add(options.fileName ?? "probe.bpf", source);
  const sink = sinkFor(files, options);
  const text = preprocessOnly(sourceInput(main, files, options), sink);
  return { text, diagnostics: sink.diagnostics, files };
}

/** Macros that say for what is compiled. */
function targetMacros({ kernel, cpu = "v3", level = 2 }: CompileOptions) {
  const names = [
    `__TARGET_ARCH_${kernel.arch}`,
    "__BPF_FEATURE_MAY_GOTO",
    ...(cpu >= "v2" ? ["__BPF_FEATURE_JMP_EXT"] : []),
    ...(cpu >= "v3" ? ["__BPF_FEATURE_ALU32", "__BPF_FEATURE_JMP32"] : []),
    ...(cpu >= "v4" ? v4Features : []),
    ...(level > 0 ? ["__OPTIMIZE__"] : []),
  ];
  return [...names.map((name) => ({ name, value: "1" })), { name: "__BPF_CPU_VERSION__", value: cpu.slice(1) }];
}

const v4Features = ["LDSX", "MOVSX", "BSWAP", "SDIV_SMOD", "GOTOL", "ST"].map((f) => `__BPF_FEATURE_${f}`);

interface Code {
  readonly subprogs: readonly Subprog[];
  /** What it uses of other objects. */
  readonly linked: readonly TExtern[];
  readonly ir: () => string;
}

const noCode: Code = { subprogs: [], linked: [], ir: () => "" };

function codeOf(unit: Unit, options: CompileOptions, sink: DiagSink): Code {
  const { level = 2, strictAliasing = true } = options;
  const naked = lowerNaked(unit, sink);
  const named = namedIn(naked.flatMap(({ lines }) => lines));
  const lowered = lower(unit, sink, named, strictAliasing && level > 0);
  options.ended?.("lower");
  if (sink.hasErrors) return noCode;
  const notUnrolled = onceEach((span) => sink.warn("pass-failed", span));
  const memory = options.dump || options.checkPasses ? undefined : options.memory;
  const known = knownVariables(unit, lowered, named);
  const how = passOptions(unit, known, options, notUnrolled);
  const optimised = optimise(lowered, memory ? withMemory(how, memory, options.pulse) : how);
  for (const step of ["early", "late"]) memory?.ended(step);
  options.ended?.("optimise");
  const linked = undefinedNames(optimised, unit, sink);
  const settled = settle(optimised, unit, sink);
  if (sink.hasErrors) return noCode;
  const { made, from } = selected(settled, { lowered, known }, unit, options, sink);
  const byName = new Map<string, Subprog>([...made, ...naked].map((subprog) => [subprog.name, subprog]));
  const subprogs = unit.functions.flatMap(({ name }) => byName.get(name) ?? []);
  const bound = options.resolveKfuncs ? bindKfuncs(subprogs, options.kernel) : subprogs;
  options.ended?.("generate");
  const ir = () => from.functions.map(printIr).join("\n");
  return { subprogs: leaveToLinker(bound, linked), linked, ir };
}

function passOptions(
  unit: Unit,
  known: KnownVariables,
  { cpu = "v3", level = 2, withoutPasses = [], checkPasses = false, dump, pulse, kernel }: CompileOptions,
  notUnrolled?: (span: Span | undefined) => void,
): OptimiseOptions {
  return {
    level,
    cpu,
    constants: constantData(unit, known),
    tables: functionTables(unit, known),
    heeded: (kfunc) => heededArguments(kernel, kfunc),
    without: new Set(withoutPasses),
    check: checkPasses,
    ...(notUnrolled && { notUnrolled }),
    ...(dump ? { dump } : pulse && { dump: () => pulse() }),
  };
}

/** Passes that keep values at hand for longer, which may take more stack than there is. */
const lavish = ["hoist-loads", "reuse-loads", "unroll-small"];

/** Instructions of the program; where the stack does not hold what that code needs, of the program made without `lavish`. */
function selected(
  settled: IrProgram,
  { lowered, known }: { readonly lowered: IrProgram; readonly known: KnownVariables },
  unit: Unit,
  options: CompileOptions,
  sink: DiagSink,
): { readonly made: readonly Subprog[]; readonly from: IrProgram } {
  const first = new DiagSink();
  const made = generated(settled, options, first, options.memory);
  if (options.level !== 0 && first.diagnostics.some(({ code }) => code === "E0440")) {
    const frugal = { ...options, withoutPasses: [...(options.withoutPasses ?? []), ...lavish] };
    const second = new DiagSink();
    const again = settle(optimise(lowered, passOptions(unit, known, frugal)), unit, second);
    const less = second.hasErrors ? [] : generated(again, frugal, second);
    if (!second.hasErrors) return { made: less, from: again };
  }
  for (const diagnostic of first.diagnostics) sink.add(diagnostic);
  return { made, from: settled };
}

const generated = (
  { functions }: IrProgram,
  { cpu = "v3", level = 2, withoutPasses = [], pulse }: CompileOptions,
  sink: DiagSink,
  memory?: Memory,
): readonly Subprog[] => {
  const how = { cpu, optimise: level > 0, without: new Set(withoutPasses) };
  const made = functions.map((fn) => {
    pulse?.();
    const before = sink.diagnostics.length;
    const run = (given: IrFunction) => generate(given, how, sink);
    return memory ? memory.recall("generate", fn, run, () => sink.diagnostics.length === before) : run(fn);
  });
  memory?.ended("generate");
  return made;
};

/** Reports a place once, however many copies of its code there are. */
function onceEach(report: (span: Span) => void): (span: Span | undefined) => void {
  const seen = new Set<string>();
  return (span) => {
    if (!span || seen.has(`${span.file} ${span.start}`)) return;
    seen.add(`${span.file} ${span.start}`);
    report(span);
  };
}

function assemble(
  unit: Unit,
  subprogs: readonly Subprog[],
  files: SourceMap,
  main: SourceFile,
  options: CompileOptions,
  sink: DiagSink,
): Uint8Array {
  const license = impliedLicense(unit, subprogs, main, sink);
  const name = nameInObject(main);
  const lineOf = (line: Line<unknown>): SourceLine | undefined => {
    if (!line.span) return undefined;
    const place = files.place(line.span);
    return {
      file: name(place.file),
      line: place.line,
      column: place.column,
      text: files.lineText(line.span.file, place.line),
    };
  };
  const lines = options.debug === false ? () => undefined : lineOf;
  return writeObject(objectModel({ unit, subprogs, ...(license !== undefined && { license }), lineOf: lines }));
}

/** File names in the object do not tell in which folder it was built: they are relative to the main file's. */
function nameInObject(main: SourceFile): (name: string) => string {
  const slash = main.name.lastIndexOf("/");
  const folder = main.name.slice(0, slash + 1);
  return (name) => (folder !== "" && name.startsWith(folder) ? name.slice(folder.length) : name);
}

function judge(
  object: Uint8Array,
  { ast, unit, main }: Analysed & { readonly main: SourceFile },
  files: SourceMap,
  options: CompileOptions,
  sink: DiagSink,
): readonly ProgramVerdict[] {
  const verdicts = verifyObject(object, options.kernel, sink, options);
  const spanOf = spanFinder(files, nameInObject(main));
  const tree = new SourceTree(ast, main);
  const mendOf: MendOf = (finding, { program, section }) => {
    const at = finding.line && spanOf(finding.line);
    if (!at || at.file !== main.id) return { edits: [] };
    const made = finding.cause.made && spanOf(finding.cause.made);
    const nameSpan = unit.functions.find(({ name }) => name === program)?.nameSpan;
    const { kernel } = options;
    const lineOf = (span: Span) => files.place(span).line;
    return mend({ finding, at, section, tree, kernel, lineOf, ...(made && { made }), ...(nameSpan && { nameSpan }) });
  };
  for (const verdict of verdicts) reportVerdict(verdict, spanOf, sink, mendOf);
  return verdicts;
}
