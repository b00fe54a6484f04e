/** The symbol table of an object: section symbols that relocations need, static things, then what others can see. */
import { bug } from "../support/bug.ts";
import { ByteWriter } from "../support/bytes.ts";
import type { FuncPlace, SymbolRef } from "./code.ts";
import { type Binding, bindings, SHN_UNDEF, STV, type SymbolType, symbolTypes } from "./format.ts";
import type { ObjectModel } from "./model.ts";
import type { StringTable } from "./strings.ts";

interface Symbol {
  readonly key: string;
  readonly name: string;
  readonly type: Exclude<SymbolType, "other">;
  readonly binding: Binding;
  readonly hidden: boolean;
  /** Undefined: defined elsewhere. */
  readonly section?: string;
  readonly value: number;
  readonly size: number;
}

export interface SymbolTable {
  readonly names: readonly string[];
  /** Symbols before the first that is not local, the null symbol included. */
  readonly localCount: number;
  /** Number of a symbol. */
  index(ref: SymbolRef): number;
  encode(strings: StringTable): Uint8Array;
}

interface Places {
  readonly funcs: ReadonlyMap<string, FuncPlace>;
  /** Sections of the file, in order; the first has the number 1. */
  readonly sections: readonly string[];
  /** Sections that relocations refer to. */
  readonly bySection: ReadonlySet<string>;
}

export function symbolTable(model: ObjectModel, places: Places): SymbolTable {
  const all = [...sectionSymbols(places), ...funcSymbols(places), ...varSymbols(model), ...externSymbols(model)];
  const locals = all.filter((symbol) => symbol.binding === "local");
  const symbols = [...locals, ...all.filter((symbol) => symbol.binding !== "local")];
  const indexOf = new Map(symbols.map((symbol, i) => [symbol.key, i + 1]));
  const sectionIndex = new Map(places.sections.map((name, i) => [name, i + 1]));
  return {
    names: symbols.map((symbol) => symbol.name),
    localCount: locals.length + 1,
    index: (ref) => indexOf.get(keyOf(ref)) ?? bug(`no symbol for ${keyOf(ref)}`),
    encode: (strings) => encodeSymbols(symbols, strings, sectionIndex),
  };
}

const keyOf = (ref: SymbolRef): string => `${ref.kind} ${ref.kind === "section" ? ref.name : ref.key}`;

function sectionSymbols({ sections, bySection }: Places): readonly Symbol[] {
  const shared = { name: "", type: "section", binding: "local", hidden: false, value: 0, size: 0 } as const;
  return sections
    .filter((name) => bySection.has(name))
    .map((section) => ({ key: keyOf({ kind: "section", name: section }), section, ...shared }));
}

const funcSymbols = ({ funcs }: Places): readonly Symbol[] =>
  [...funcs.values()].map(({ func, off, size }) => ({
    key: keyOf({ kind: "func", key: func.name }),
    name: func.name,
    type: "func",
    binding: func.binding,
    hidden: func.hidden,
    section: func.section,
    value: off,
    size,
  }));

const varSymbols = (model: ObjectModel): readonly Symbol[] =>
  model.data.flatMap((section) =>
    section.vars
      .filter((variable) => variable.name !== "")
      .map(
        (variable): Symbol => ({
          key: keyOf({ kind: "var", key: variable.key }),
          name: variable.name,
          type: "object",
          binding: variable.binding,
          hidden: variable.hidden,
          section: section.name,
          value: variable.off,
          size: variable.size,
        }),
      ),
  );

const externSymbols = (model: ObjectModel): readonly Symbol[] =>
  model.externs.map(({ name, weak }) => ({
    key: keyOf({ kind: "extern", key: name }),
    name,
    type: "notype",
    binding: weak ? "weak" : "global",
    hidden: false,
    value: 0,
    size: 0,
  }));

function encodeSymbols(
  symbols: readonly Symbol[],
  strings: StringTable,
  sectionIndex: ReadonlyMap<string, number>,
): Uint8Array {
  const out = new ByteWriter().bytes(new Uint8Array(24));
  for (const { name, type, binding, hidden, section, value, size } of symbols) {
    const index = section === undefined ? SHN_UNDEF : (sectionIndex.get(section) ?? bug(`no section ${section}`));
    out.u32(strings.offset(name)).u8((bindings.indexOf(binding) << 4) | symbolTypes.indexOf(type));
    out
      .u8(hidden ? STV.HIDDEN : STV.DEFAULT)
      .u16(index)
      .u64(BigInt(value))
      .u64(BigInt(size));
  }
  return out.finish();
}
