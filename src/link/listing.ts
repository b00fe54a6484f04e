/**
 * The disassembler's view of an object: for each function its instructions as they stand in the file, with bytes, source
 * lines and relocations.
 */
import { decodeBtfExt, type ExtCore, type ExtLine, type ExtSection } from "../btf/ext.ts";
import { openBtf } from "../btf/reader.ts";
import { relocNames } from "../elf/format.ts";
import type { SourceLine } from "../elf/model.ts";
import { type FileFunc, type FileReloc, type FileSymbol, isCode, type ObjectFile } from "../elf/object-file.ts";
import { DecodeError, decodeInsn } from "../isa/decode.ts";
import { type Insn, slotCount } from "../isa/insn.ts";
import { type PrintOptions, printInsn } from "../isa/print.ts";
import { type Places, placesOf } from "./places.ts";

export interface ListingRow {
  /** Slots from the start of the function. */
  readonly slot: number;
  readonly bytes: Uint8Array;
  /** Missing for bytes that are no instruction; `text` then says why. */
  readonly insn?: Insn;
  readonly text: string;
  /** Where a branch of this function lands. */
  readonly label?: string;
  /** Where a source line begins that is not the row's before. */
  readonly line?: SourceLine;
  readonly reloc?: ListingReloc;
  readonly core?: ExtCore;
}

export interface ListingReloc {
  /** `R_BPF_64_64`. */
  readonly type: string;
  readonly symbol: string;
}

export interface ListedFunc {
  readonly func: FileFunc;
  readonly rows: readonly ListingRow[];
}

/**
 * Rows of every function, in the file's order. Symbols stand where relocations put them, so the text reads as source for
 * the assembler: `call bpf_session_cookie`, `r1 = counts ll`, `goto L3`. BTF that cannot be read gives rows without
 * source lines.
 */
export function listObject(object: ObjectFile, options: PrintOptions = {}): readonly ListedFunc[] {
  const ext = extOf(object);
  return object.funcs.map((func) => ({ func, rows: rowsOf(object, func, ext.get(func.section.name), options) }));
}

/** The records of `.BTF.ext` by section; none where they cannot be read. */
export function extOf(object: ObjectFile): ReadonlyMap<string, ExtSection> {
  if (!object.btf || !object.btfExt) return new Map();
  try {
    const btf = openBtf(object.btf);
    return new Map(decodeBtfExt(object.btfExt, (off) => btf.string(off)).map((section) => [section.name, section]));
  } catch {
    return new Map();
  }
}

function rowsOf(
  object: ObjectFile,
  func: FileFunc,
  ext: ExtSection | undefined,
  options: PrintOptions,
): readonly ListingRow[] {
  const decoded = decodeAll(func);
  const labels = new Map(decoded.flatMap(({ insn, slot }) => branchSlot(insn, slot)).map((slot) => [slot, `L${slot}`]));
  const lines = new Map(ext?.lines.map((line) => [line.insnOff, line]));
  const core = new Map(ext?.core.map((record) => [record.insnOff, record]));
  const relocs = new Map(func.relocs.map((reloc) => [reloc.off, reloc]));
  return decoded.map(({ slot, bytes, insn, problem }): ListingRow => {
    const off = func.off + slot * 8;
    const [label, line, reloc, access] = [labels.get(slot), lines.get(off), relocs.get(off), core.get(off)];
    const target = (distance: number) => labels.get(slot + 1 + distance);
    const text = insn
      ? printInsn(withNames(object, func, slot, insn, reloc), { ...options, names: { ...options.names, target } })
      : `; ${problem}`;
    return {
      slot,
      bytes,
      ...(insn && { insn }),
      text,
      ...(label && { label }),
      ...(line && { line: sourceLine(line) }),
      ...(reloc && { reloc: { type: relocNames.get(reloc.type) ?? `type ${reloc.type}`, symbol: reloc.symbol.name } }),
      ...(access && { core: access }),
    };
  });
}

const sourceLine = ({ file, line, column, text }: ExtLine): SourceLine => ({ file, line, column, text });

interface Decoded {
  readonly slot: number;
  readonly bytes: Uint8Array;
  readonly insn?: Insn;
  readonly problem?: string;
}

/** Every instruction; after bytes that are none, the next slot is tried. */
function decodeAll({ bytes, size }: FileFunc): readonly Decoded[] {
  const all: Decoded[] = [];
  for (let slot = 0; slot * 8 < size; ) {
    const next = decodeOne(bytes, slot);
    all.push(next);
    slot += next.bytes.length / 8;
  }
  return all;
}

function decodeOne(bytes: Uint8Array, slot: number): Decoded {
  const slots = (count: number) => bytes.subarray(slot * 8, (slot + count) * 8);
  try {
    const insn = decodeInsn(bytes, slot);
    return { slot, bytes: slots(slotCount(insn)), insn };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { slot, bytes: slots(1), problem: error.message };
  }
}

/** The slot that a branch goes to. */
function branchSlot(insn: Insn | undefined, slot: number): readonly number[] {
  if (insn?.kind !== "jump" && insn?.kind !== "may_goto") return [];
  return "off" in insn.target ? [slot + 1 + insn.target.off] : [];
}

/** The instruction with names where relocations and distances point at something that has one. */
function withNames(object: ObjectFile, func: FileFunc, slot: number, insn: Insn, reloc: FileReloc | undefined): Insn {
  const places = placesOf(object);
  const symbol = reloc?.symbol;
  const section = symbol ? symbol.section?.name : func.section.name;
  const nameAt = (off: number) => (section === undefined ? undefined : places.func(section, off)?.name);
  if (insn.kind === "call" && insn.callee.kind === "subprog_off") {
    if (symbol?.undefined) return { ...insn, callee: { kind: "kfunc", name: symbol.name } };
    const name = nameAt((symbol ? symbol.value : func.off + slot * 8) + (insn.callee.off + 1) * 8);
    return name === undefined ? insn : { ...insn, callee: { kind: "subprog", name } };
  }
  if (insn.kind !== "ld_imm64" || !symbol) return insn;
  const { value } = insn;
  const addend = value.kind === "int" ? Number(BigInt.asIntN(32, value.value)) : undefined;
  if (value.kind === "func_off" || (addend !== undefined && symbol.section && isCode(symbol.section))) {
    const name = nameAt(symbol.value + (value.kind === "func_off" ? value.off : addend!));
    return name === undefined ? insn : { ...insn, value: { kind: "func", name } };
  }
  if (addend === undefined) return insn;
  if (symbol.undefined) return { ...insn, value: { kind: "extern", name: symbol.name } };
  return { ...insn, value: { kind: "global", ...variableAt(places, symbol, addend) } };
}

/** The variable that a reference through its section's symbol means; where none has a name, the section's. */
function variableAt(places: Places, symbol: FileSymbol, addend: number): { name: string; addend: number } {
  if (symbol.type !== "section") return { name: symbol.name, addend };
  const found = places.variable(symbol.name, addend);
  return found ? { name: found.name, addend: addend - found.value } : { name: symbol.name, addend };
}
