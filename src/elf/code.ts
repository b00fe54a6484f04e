/** The executable sections of an object: instructions at their places, names turned into relocations. */

import type { ExtCore, ExtFunc, ExtLine } from "../btf/ext.ts";
import { encodeInsns } from "../isa/encode.ts";
import type { Callee, Imm64, Insn } from "../isa/insn.ts";
import { layoutLines, type PlacedLine } from "../isa/layout.ts";
import { bug } from "../support/bug.ts";
import { flatMap } from "../support/lists.ts";
import { R_BPF } from "./format.ts";
import type { ObjectCore, ObjectFunc, ObjectModel, ObjectVar, SourceLine } from "./model.ts";

/** What a relocation points at: a symbol by key, or the start of a section. */
export type SymbolRef =
  | { readonly kind: "func" | "var" | "extern"; readonly key: string }
  | { readonly kind: "section"; readonly name: string };

export interface CodeReloc {
  readonly off: number;
  readonly type: number;
  readonly symbol: SymbolRef;
}

export interface CodeSection {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly relocs: readonly CodeReloc[];
  readonly funcs: readonly ExtFunc[];
  readonly lines: readonly ExtLine[];
  readonly core: readonly ExtCore[];
}

/** Where a function lies: bytes from the start of its section. */
export interface FuncPlace {
  readonly func: ObjectFunc;
  readonly off: number;
  readonly size: number;
  readonly lines: readonly PlacedLine<ObjectCore>[];
}

/** Where a variable lies. */
export interface VarPlace {
  readonly section: string;
  readonly variable: ObjectVar;
}

/** What the names in instructions stand for. */
export interface Names {
  readonly funcs: ReadonlyMap<string, FuncPlace>;
  readonly vars: ReadonlyMap<string, VarPlace>;
}

/** Lays the functions out, section by section, in the order of the model. */
export function placeFuncs(funcs: readonly ObjectFunc[]): ReadonlyMap<string, FuncPlace> {
  const ends = new Map<string, number>();
  const places = new Map<string, FuncPlace>();
  for (const func of funcs) {
    const { lines, slots, tooFar } = layoutLines(func.lines);
    if (tooFar.length > 0) bug(`branch to ${tooFar[0]!.label} in ${func.name} is too far`);
    const off = ends.get(func.section) ?? 0;
    const size = slots * 8;
    ends.set(func.section, off + size);
    if (places.has(func.name)) bug(`two functions are called ${func.name}`);
    places.set(func.name, { func, off, size, lines });
  }
  return places;
}

/** Bytes and records of the executable sections, in the order in which the model names them. */
export function codeSections(model: ObjectModel, names: Names): readonly CodeSection[] {
  const sections = new Map<string, FuncPlace[]>();
  for (const place of names.funcs.values()) {
    const { section } = place.func;
    const known = sections.get(section);
    if (known) known.push(place);
    else sections.set(section, [place]);
  }
  const spare = firstSourceLine(model);
  return [...sections].map(([name, places]) => codeSection(name, places, model, names, spare));
}

function codeSection(
  name: string,
  places: readonly FuncPlace[],
  model: ObjectModel,
  names: Names,
  spare: SourceLine | undefined,
): CodeSection {
  const insns: Insn[] = [];
  const relocs: CodeReloc[] = [];
  const core: ExtCore[] = [];
  for (const { func, off, lines } of places) {
    for (const line of lines) {
      const at = off + line.slot * 8;
      const { insn, reloc } = bind(line.insn, { section: func.section, at, names });
      insns.push(insn);
      if (reloc) relocs.push({ off: at, ...reloc });
      if (line.core) core.push({ insnOff: at, ...line.core });
    }
  }
  return {
    name,
    bytes: encodeInsns(insns),
    relocs,
    funcs: places.map(({ func, off }) => ({ insnOff: off, type: func.btfType })),
    lines: flatMap(places, (place) => lineRecords(place, model, spare)),
    core,
  };
}

interface Bound {
  readonly insn: Insn;
  readonly reloc?: Omit<CodeReloc, "off">;
}

interface Site {
  readonly section: string;
  /** Bytes from the start of the section. */
  readonly at: number;
  readonly names: Names;
}

/** The instruction as it stands in the object, with the relocation that a loader resolves it by. */
function bind(insn: Insn, site: Site): Bound {
  if (insn.kind === "call") return bindCall(insn.callee, site);
  if (insn.kind !== "ld_imm64") return { insn };
  const { value, reloc } = bindImm64(insn.value, site);
  return { insn: { ...insn, value }, ...(reloc && { reloc }) };
}

/**
 * A call names its callee's symbol and holds -1, except that static functions have their section's symbol and hold their
 * place in it, and that inside one section the distance is final (libbpf.c:bpf_object__reloc_code).
 */
function bindCall(callee: Callee, site: Site): Bound {
  const call = (off: number): Insn => ({ kind: "call", callee: { kind: "subprog_off", off } });
  if (callee.kind === "kfunc") {
    return { insn: call(-1), reloc: { type: R_BPF.CALL_32, symbol: { kind: "extern", key: callee.name } } };
  }
  if (callee.kind !== "subprog") return { insn: { kind: "call", callee } };
  const { func, off } = funcPlace(site.names, callee.name);
  if (func.binding !== "local") {
    return { insn: call(-1), reloc: { type: R_BPF.CALL_32, symbol: { kind: "func", key: func.name } } };
  }
  if (func.section === site.section) return { insn: call((off - site.at) / 8 - 1) };
  return { insn: call(off / 8 - 1), reloc: { type: R_BPF.CALL_32, symbol: { kind: "section", name: func.section } } };
}

interface BoundImm64 {
  readonly value: Imm64;
  readonly reloc?: Omit<CodeReloc, "off">;
}

const plain = (value: number): Imm64 => ({ kind: "int", value: BigInt(value >>> 0) });

function bindImm64(value: Imm64, { names }: Site): BoundImm64 {
  const type = R_BPF.LD_64;
  switch (value.kind) {
    case "map":
    case "global": {
      const addend = value.kind === "global" ? value.addend : 0;
      const { section, variable } = names.vars.get(value.name) ?? bug(`no variable has the key ${value.name}`);
      if (hasOwnSymbol(variable)) {
        return { value: plain(addend), reloc: { type, symbol: { kind: "var", key: variable.key } } };
      }
      return { value: plain(variable.off + addend), reloc: { type, symbol: { kind: "section", name: section } } };
    }
    case "func": {
      const { func, off } = funcPlace(names, value.name);
      if (func.binding !== "local") {
        return { value: plain(0), reloc: { type, symbol: { kind: "func", key: func.name } } };
      }
      return { value: plain(off), reloc: { type, symbol: { kind: "section", name: func.section } } };
    }
    case "extern":
      return { value: plain(0), reloc: { type, symbol: { kind: "extern", key: value.name } } };
    default:
      return { value };
  }
}

/** Whether references go to the variable itself: static and nameless ones are reached through their section. */
const hasOwnSymbol = (variable: ObjectVar): boolean => variable.name !== "" && variable.binding !== "local";

const funcPlace = (names: Names, name: string): FuncPlace =>
  names.funcs.get(name) ?? bug(`no function is called ${name}`);

const samePlace = (a: SourceLine | undefined, b: SourceLine): boolean =>
  a !== undefined && a.line === b.line && a.column === b.column && a.file === b.file;

function firstSourceLine(model: ObjectModel): SourceLine | undefined {
  for (const func of model.funcs) {
    for (const line of func.lines) {
      const source = model.lineOf(line);
      if (source) return source;
    }
  }
  return undefined;
}

/**
 * A record wherever the source line changes. The kernel wants one at each function's start as soon as there is any
 * (kernel/bpf/verifier.c:check_btf_line), so the first record of a function stands there, wherever its line begins.
 */
function lineRecords(place: FuncPlace, model: ObjectModel, spare: SourceLine | undefined): readonly ExtLine[] {
  const records: ExtLine[] = [];
  let before: SourceLine | undefined;
  for (const line of place.lines) {
    const source = model.lineOf(line);
    if (!source || samePlace(before, source)) continue;
    const slot = records.length === 0 ? 0 : line.slot;
    records.push({ insnOff: place.off + slot * 8, ...source });
    before = source;
  }
  if (records.length === 0 && spare) records.push({ insnOff: place.off, ...spare });
  return records;
}
