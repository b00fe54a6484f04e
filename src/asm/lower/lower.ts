/** Typed tree to SSA: each local a stack object, each access a load or store; `asm/ir` makes registers of them. */
import type { DiagSink } from "../../diag/diagnostic.ts";
import { IrBuilder } from "../ir/builder.ts";
import type { AddrSymbol } from "../ir/inst.ts";
import type { IrFunction, IrProgram, IrType } from "../ir/model.ts";
import type { TFunction, TGlobal, Unit } from "../sema/tree.ts";
import { type FunctionContext, slotAlign, slotOf } from "./context.ts";
import { storeScalar } from "./place.ts";
import { refuseRecursion } from "./recursion.ts";
import { scalarType } from "./scalars.ts";
import { endFunction, lowerStatement } from "./stmt.ts";

/**
 * The unit's functions as SSA, naked ones and those that were refused left out. What BPF cannot express is reported to
 * `sink`. Functions of `wanted` stay, though no SSA calls them.
 */
export function lower(unit: Unit, sink: DiagSink, wanted: ReadonlySet<string> = new Set()): IrProgram {
  const symbols = symbolKinds(unit);
  const named = new Set([...namedByData(unit), ...wanted]);
  const functions = unit.functions.flatMap((fn) => {
    const made = lowerFunction(fn, symbols, sink);
    return made ? [named.has(fn.name) ? { ...made, keep: true as const } : made] : [];
  });
  const program = { functions };
  refuseRecursion(program, sink);
  return program;
}

/**
 * Bytes of each global whose loads may be folded: constant, not volatile, and without addresses in it, which only the
 * loader knows.
 */
export function constantData(unit: Unit): Map<string, Uint8Array> {
  const foldable = (g: TGlobal): boolean => g.constant && g.relocs.length === 0 && !g.weak;
  return new Map(unit.globals.filter(foldable).map((g) => [g.name, g.bytes ?? new Uint8Array(g.size)]));
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

/** Functions whose address is in initialised data: they stay, though no code calls them. */
function namedByData(unit: Unit): Set<string> {
  return new Set([...unit.globals, ...unit.maps].flatMap(({ relocs }) => relocs.map((reloc) => reloc.symbol)));
}

function lowerFunction(
  fn: TFunction,
  symbols: ReadonlyMap<string, AddrSymbol["kind"]>,
  sink: DiagSink,
): IrFunction | undefined {
  if (!supported(fn, sink)) return undefined;
  const shape = { sink, b: new IrBuilder({ ...head(fn), params: [], ret: "void" }) };
  const params = fn.params.map((param) => scalarType(shape, param.type));
  const ret = fn.type.ret.kind === "void" ? "void" : scalarType(shape, fn.type.ret);
  const b = new IrBuilder({ ...head(fn), params, ret });
  b.span = fn.nameSpan;
  const cx: FunctionContext = {
    b,
    sink,
    fn,
    symbols,
    slots: new Map(),
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
    span: fn.span,
  };
}

/** More parameters than registers: possible only where no call remains. */
const mustInline = (fn: TFunction): boolean =>
  fn.params.length > 5 && fn.linkage === "static" && fn.inlining !== "never";

function storeParams(cx: FunctionContext, types: readonly IrType[]): void {
  cx.fn.params.forEach((param, index) => {
    const value = cx.b.emit({ op: "param", ty: types[index]!, index });
    const base = cx.b.emit({ op: "slot", ty: "ptr", slot: slotOf(cx, param) });
    storeScalar(cx, { base, off: 0, align: slotAlign(param), volatile: false }, param.type, value);
  });
}

function supported(fn: TFunction, sink: DiagSink): boolean {
  if (fn.naked) return false;
  if (fn.params.length > 5 && !mustInline(fn)) {
    sink
      .error("E0401", fn.params[5]!.span, fn.name, fn.params.length)
      .help("put the arguments into a struct and pass a pointer to it");
    return false;
  }
  const record = fn.params.find((param) => param.type.kind === "record");
  if (!record && fn.type.ret.kind !== "record") return true;
  sink.error("E0402", record?.span ?? fn.nameSpan).help("pass a pointer to it instead");
  return false;
}
