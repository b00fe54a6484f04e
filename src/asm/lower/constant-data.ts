/**
 * What is known of variables before the program runs: constants, and static ones that nothing here writes. Loaders set
 * global variables and `const volatile` ones; nobody else sees a static one whose address goes nowhere.
 */
import { type AddrSymbol, operands, termOperands } from "../ir/inst.ts";
import type { Inst, IrFunction, IrProgram, ValueId } from "../ir/model.ts";
import type { ConstantData } from "../ir/rules/rule.ts";
import type { TGlobal, Unit } from "../sema/tree.ts";
import { namedInText, symbolKinds } from "./lower.ts";

/** Of which variables the first values are known for good. */
export type KnownVariables = readonly TGlobal[];

/** Greater ones are not copied for the sake of a few bytes that someone may read. */
const mostZeros = 1 << 20;

/**
 * The variables whose loads may be folded: constant and not volatile, or static, without `used`, and never written by
 * `program`, which is fresh from `lower`. Nothing of `named`, which assembly without SSA names, is among the latter.
 */
export function knownVariables(unit: Unit, program: IrProgram, named: ReadonlySet<string>): KnownVariables {
  const mayBe = (g: TGlobal): boolean => g.linkage === "static" && !g.used && !named.has(g.name);
  const unwritten = new Set(unit.globals.filter(mayBe).map((g) => g.name));
  if (unwritten.size > 0) {
    for (const { relocs } of [...unit.globals, ...unit.maps]) for (const { symbol } of relocs) unwritten.delete(symbol);
    for (const name of namedInText(program.functions)) unwritten.delete(name);
    for (const fn of program.functions) forgetWritten(fn, unwritten);
  }
  return unit.globals.filter((g) => (g.constant || unwritten.has(g.name)) && !g.weak);
}

/** What each of them holds. Addresses of the unit's own data and functions in it are known by their names. */
export function constantData(unit: Unit, variables: KnownVariables): Map<string, ConstantData> {
  const kinds = symbolKinds(unit);
  return new Map(
    variables
      .filter((g) => g.bytes !== undefined || g.size <= mostZeros)
      .map((g) => [
        g.name,
        {
          bytes: g.bytes ?? new Uint8Array(g.size),
          addresses: new Map(g.relocs.map((reloc) => [reloc.off, dataSymbol(reloc, kinds)])),
        },
      ]),
  );
}

const dataSymbol = (
  { symbol, addend }: TGlobal["relocs"][number],
  kinds: ReadonlyMap<string, AddrSymbol["kind"]>,
): AddrSymbol | undefined => {
  const kind = kinds.get(symbol);
  if (kind === "global") return { kind, name: symbol, addend };
  return kind === "func" && addend === 0 ? { kind, name: symbol } : undefined;
};

/** Where they hold addresses of functions. */
export function functionTables(unit: Unit, variables: KnownVariables): Map<string, Map<number, string>> {
  const functions = new Set(unit.functions.map(({ name }) => name));
  return new Map(
    variables.map((g) => {
      const known = g.relocs.filter(({ symbol, addend }) => functions.has(symbol) && addend === 0);
      return [g.name, new Map(known.map(({ off, symbol }) => [off, symbol]))];
    }),
  );
}

/** Takes from `unwritten` what `fn` writes, or whose address goes anywhere but into sums, plain loads and what is copied. */
function forgetWritten(fn: IrFunction, unwritten: Set<string>): void {
  const within = new Map<ValueId, string>();
  const forget = (value: ValueId): void => {
    unwritten.delete(within.get(value) ?? "");
  };
  for (const { insts, term } of fn.blocks) {
    for (const inst of insts) {
      const name = addressed(inst, within);
      if (name !== undefined) within.set(inst.id, name);
      else for (const id of operands(inst)) if (!onlyReads(inst, id)) forget(id);
    }
    termOperands(term).forEach(forget);
  }
}

/** The variable that the address points into. */
function addressed(inst: Inst, within: ReadonlyMap<ValueId, string>): string | undefined {
  if (inst.op === "addr") return inst.symbol.kind === "global" ? inst.symbol.name : undefined;
  if (inst.op !== "bin" || inst.ty !== "ptr" || (inst.fn !== "add" && inst.fn !== "sub")) return undefined;
  return within.get(inst.a) ?? within.get(inst.b);
}

function onlyReads(inst: Inst, address: ValueId): boolean {
  if (inst.op === "load") return !inst.volatile;
  return inst.op === "copy" && inst.dst !== address && !inst.volatile;
}
