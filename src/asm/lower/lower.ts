/** Typed tree to SSA: each local a stack object, each access a load or store; `asm/ir` makes registers of them. */
import type { DiagSink } from "../../diag/diagnostic.ts";
import type { Size } from "../../isa/insn.ts";
import { IrBuilder } from "../ir/builder.ts";
import type { AddrSymbol } from "../ir/inst.ts";
import type { IrFunction, IrProgram, IrType } from "../ir/model.ts";
import { sizeOf } from "../sema/layout.ts";
import type { TFunction, Unit } from "../sema/tree.ts";
import type { CType } from "../sema/types.ts";
import { type FunctionContext, sizeDividing, slotAlign, slotOf } from "./context.ts";
import { storeScalar } from "./place.ts";
import { copyBytes } from "./record.ts";
import { refuseRecursion } from "./recursion.ts";
import { scalarType } from "./scalars.ts";
import { endFunction, lowerStatement } from "./stmt.ts";
import { isWide, storeWide } from "./wide.ts";

/**
 * The unit's functions as SSA, naked ones and those that were refused left out. What BPF cannot express is reported to
 * `sink`. Functions of `wanted` stay, though no SSA calls them.
 */
export function lower(
  unit: Unit,
  sink: DiagSink,
  wanted: ReadonlySet<string> = new Set(),
  strictAliasing = true,
): IrProgram {
  const names = {
    symbols: symbolKinds(unit),
    aligns: knownAligns(unit),
    localTypes: unit.localTypes,
    strictAliasing,
  };
  const named = new Set([...namedByData(unit), ...wanted]);
  const functions = unit.functions.flatMap((fn) => {
    const made = lowerFunction(fn, names, sink);
    return made ? [named.has(fn.name) ? { ...made, keep: true as const } : made] : [];
  });
  const called = namedInText(functions);
  const program = { functions: functions.map((fn) => (called.has(fn.name) ? { ...fn, keep: true as const } : fn)) };
  refuseRecursion(program, sink);
  return program;
}

/** What each name of the unit stands for in an address. */
export function symbolKinds(unit: Unit): Map<string, AddrSymbol["kind"]> {
  return new Map<string, AddrSymbol["kind"]>([
    ...unit.functions.map((fn) => [fn.name, "func"] as const),
    ...unit.globals.map((global) => [global.name, "global"] as const),
    ...unit.maps.map((map) => [map.name, "map"] as const),
    ...unit.externs.map((extern) => [extern.name, "extern"] as const),
  ]);
}

/** Variables of this file that no other object's may replace lie where their own alignment says. */
const knownAligns = (unit: Unit): Map<string, Size> =>
  new Map(unit.globals.filter((g) => !g.weak).map((g) => [g.name, sizeDividing(Math.min(8, g.align))]));

/** Words in the assembly of functions: what they call by name has to stay. */
export function namedInText(functions: readonly IrFunction[]): Set<string> {
  const insts = functions.flatMap((fn) => fn.blocks.flatMap((block) => block.insts));
  const texts = insts.flatMap((inst) => (inst.op === "asm" ? inst.text.parts : []));
  return new Set(texts.flatMap((part) => (typeof part === "string" ? (part.match(/[A-Za-z_][\w.]*/g) ?? []) : [])));
}

/** Functions whose address is in initialised data: they stay, though no code calls them. */
function namedByData(unit: Unit): Set<string> {
  return new Set([...unit.globals, ...unit.maps].flatMap(({ relocs }) => relocs.map((reloc) => reloc.symbol)));
}

function lowerFunction(
  fn: TFunction,
  names: Pick<FunctionContext, "symbols" | "aligns" | "localTypes" | "strictAliasing">,
  sink: DiagSink,
): IrFunction | undefined {
  if (!supported(fn, sink)) return undefined;
  const shape = { sink, b: new IrBuilder({ ...head(fn), params: [], ret: "void" }) };
  const written = fn.params.flatMap((param) => parameterTypes(shape, param.type));
  const params = isStored(fn.type.ret) ? (["ptr", ...written] as const) : written;
  const ret = fn.type.ret.kind === "void" || isStored(fn.type.ret) ? "void" : scalarType(shape, fn.type.ret);
  const b = new IrBuilder({ ...head(fn), params, ret });
  b.span = fn.nameSpan;
  const cx: FunctionContext = {
    b,
    sink,
    fn,
    ...names,
    slots: new Map(),
    open: [],
    literals: new Set(),
    labels: new Map(),
    cases: new Map(),
    breaks: [],
    continues: [],
    cleanups: [],
  };
  storeParams(cx, params);
  const body = b.block();
  b.jump(body);
  b.enter(body);
  lowerStatement(cx, fn.body);
  b.span = endOf(fn);
  endFunction(cx);
  return b.finish();
}

/** The closing brace: where a function without a `return` ends. */
const endOf = ({ span }: TFunction): TFunction["span"] => ({
  file: span.file,
  start: Math.max(span.start, span.end - 1),
  end: span.end,
});

function head(fn: TFunction): Omit<IrFunction, "params" | "ret" | "slots" | "blocks" | "nextId"> {
  return {
    name: fn.name,
    linkage: fn.linkage,
    inlining: fn.weak ? "never" : mustInline(fn) ? "always" : fn.inlining,
    ...(fn.section !== undefined && { section: fn.section }),
    ...(fn.weak && { weak: true as const }),
    span: fn.span,
  };
}

const isRecord = (type: CType): boolean => type.kind === "record";

/** Whether results of the type go to a place whose address the caller gives. */
const isStored = (type: CType): boolean => isRecord(type) || isWide(type);

/** The registers that pass an argument, by the type of its parameter: of 128 bits there are two. */
function parameterTypes(shape: Pick<FunctionContext, "b" | "sink">, type: CType): readonly IrType[] {
  if (isWide(type)) return ["i64", "i64"];
  return [isRecord(type) ? "ptr" : scalarType(shape, type)];
}

/** Registers that a call takes: a result in memory needs the address of its place. */
const registers = (fn: TFunction): number =>
  fn.params.reduce((sum, { type }) => sum + (isWide(type) ? 2 : 1), isStored(fn.type.ret) ? 1 : 0);

/** More parameters than registers: possible only where no call remains. */
const mustInline = (fn: TFunction): boolean => registers(fn) > 5 && fn.linkage === "static" && fn.inlining !== "never";

/** Scalars as they come; of records, and of the place for a record's result, the address (see `lowerCall`). */
function storeParams(cx: FunctionContext, types: readonly IrType[]): void {
  const values = types.map((ty, index) => cx.b.emit({ op: "param", ty, index }));
  if (isStored(cx.fn.type.ret)) cx.result = values.shift()!;
  for (const param of cx.fn.params) {
    const value = values.shift()!;
    const base = cx.b.emit({ op: "slot", ty: "ptr", slot: slotOf(cx, param) });
    const place = { base, off: 0, align: slotAlign(param), volatile: false };
    if (isRecord(param.type)) copyBytes(cx, place, { ...place, base: value }, sizeOf(param.type) ?? 0);
    else if (isWide(param.type)) storeWide(cx, place, { lo: value, hi: values.shift()! });
    else storeScalar(cx, place, param.type, value);
  }
}

/** E0401: a function takes more than the five registers that BPF passes arguments in. */
export function tooManyParameters(fn: TFunction, count: number, sink: DiagSink): void {
  sink
    .error("E0401", (fn.params[5] ?? fn.params.at(-1)!).span, fn.name, count)
    .help("put the arguments into a struct and pass a pointer to it");
}

/**
 * E0407: a program, or a function that the kernel checks on its own, has one register for each parameter and one for the
 * result (btf.c:btf_prepare_func_args). It takes hidden functions as static ones.
 */
function passesWide(fn: TFunction, sink: DiagSink): boolean {
  if (fn.section === undefined && (fn.linkage === "static" || fn.hidden)) return true;
  const param = fn.params.find(({ type }) => isWide(type));
  if (!param && !isWide(fn.type.ret)) return true;
  const what = `${param ? `parameter '${param.name}'` : "the result"} of ${fn.section ? "program" : "global function"} '${fn.name}'`;
  sink
    .error("E0407", param?.span ?? fn.nameSpan, what)
    .help(fn.section ? "use 64 bits, or a pointer to it" : "make the function static, or pass a pointer to the number");
  return false;
}

function supported(fn: TFunction, sink: DiagSink): boolean {
  if (fn.naked) return false;
  // of a static function's parameters those may go that its callers agree on: `settle` counts what is left
  if (registers(fn) > 5 && fn.linkage !== "static") {
    tooManyParameters(fn, registers(fn), sink);
    return false;
  }
  if (!passesWide(fn, sink)) return false;
  const record = fn.params.find((param) => isRecord(param.type));
  if (fn.section === undefined || (!record && !isRecord(fn.type.ret))) return true;
  sink.error("E0402", record?.span ?? fn.nameSpan).help("pass a pointer to it instead");
  return false;
}
