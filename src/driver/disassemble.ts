/** Any BPF object as text: source line, place, bytes, instruction, relocation. */
import { decodeBtfExt, type ExtSection } from "../btf/ext.ts";
import { BtfError } from "../btf/format.ts";
import { printType } from "../btf/print.ts";
import { type BtfFile, openBtf } from "../btf/reader.ts";
import { relocNames } from "../elf/format.ts";
import type { SourceLine } from "../elf/model.ts";
import type { FileFunc, FileReloc, ObjectFile } from "../elf/object-file.ts";
import { readObject } from "../elf/reader.ts";
import { decodeInsns } from "../isa/decode.ts";
import { encodeInsn } from "../isa/encode.ts";
import { type Insn, slotCount } from "../isa/insn.ts";
import { printInsn } from "../isa/print.ts";
import { helperById } from "../kernel/helpers.ts";

export interface DisassembledInsn {
  /** Slot from the start of the function. */
  readonly slot: number;
  readonly bytes: Uint8Array;
  readonly text: string;
  /** Set where the source line changes. */
  readonly line?: SourceLine;
  readonly reloc?: { readonly type: string; readonly symbol: string };
  /** A CO-RE record in words. */
  readonly core?: string;
  /** The instruction is a branch destination. */
  readonly label?: string;
}

export interface DisassembledFunc {
  readonly name: string;
  readonly section: string;
  readonly slots: number;
  readonly insns: readonly DisassembledInsn[];
}

export interface Disassembly {
  readonly license: string;
  readonly maps: readonly string[];
  readonly funcs: readonly DisassembledFunc[];
}

interface Debug {
  readonly btf?: BtfFile;
  readonly ext: ReadonlyMap<string, ExtSection>;
}

/** Throws `ElfError` for bytes that are no object, `DecodeError` for code that is none. Bad BTF is left out. */
export function disassemble(bytes: Uint8Array): Disassembly {
  const object = readObject(bytes);
  const debug = readDebug(object);
  return {
    license: object.license,
    maps: object.maps.map((m) => m.name),
    funcs: object.funcs.map((func) => disassembleFunc(func, object, debug)),
  };
}

function readDebug(object: ObjectFile): Debug {
  try {
    const btf = object.btf && openBtf(object.btf);
    if (!btf) return { ext: new Map() };
    const sections = object.btfExt ? decodeBtfExt(object.btfExt, (off) => btf.string(off)) : [];
    return { btf, ext: new Map(sections.map((s) => [s.name, s])) };
  } catch (error) {
    if (!(error instanceof BtfError || error instanceof RangeError)) throw error;
    return { ext: new Map() };
  }
}

function disassembleFunc(func: FileFunc, object: ObjectFile, debug: Debug): DisassembledFunc {
  const decoded = decodeInsns(func.bytes);
  const ext = debug.ext.get(func.section.name);
  const lines = new Map(ext?.lines.map((l) => [l.insnOff, l]));
  const core = new Map(ext?.core.map((c) => [c.insnOff, c]));
  const relocs = new Map(func.relocs.map((r) => [r.off, r]));
  const labels = branchLabels(decoded);
  let slot = 0;
  let shown: SourceLine | undefined;
  const insns = decoded.map((insn): DisassembledInsn => {
    const off = func.off + slot * 8;
    const reloc = relocs.get(off);
    const line = lines.get(off);
    const record = core.get(off);
    const fresh = line && (line.line !== shown?.line || line.file !== shown.file) ? line : undefined;
    if (fresh) shown = fresh;
    const label = labels.get(slot);
    const made: DisassembledInsn = {
      slot,
      bytes: encodeInsn(insn),
      text: textOf(insn, slot, reloc, object, labels),
      ...(fresh && { line: { file: fresh.file, line: fresh.line, column: fresh.column, text: fresh.text } }),
      ...(reloc && { reloc: { type: relocNames.get(reloc.type) ?? `${reloc.type}`, symbol: reloc.symbol.name } }),
      ...(record && debug.btf && { core: `${record.kind} ${printType(debug.btf, record.type)} ${record.access}` }),
      ...(label !== undefined && { label }),
    };
    slot += slotCount(insn);
    return made;
  });
  return { name: func.name, section: func.section.name, slots: slot, insns };
}

/** Names for the places that branches go to, by slot. */
function branchLabels(insns: readonly Insn[]): Map<number, string> {
  const targets: number[] = [];
  let slot = 0;
  for (const insn of insns) {
    slot += slotCount(insn);
    if ((insn.kind === "jump" || insn.kind === "may_goto") && "off" in insn.target) targets.push(slot + insn.target.off);
  }
  return new Map([...new Set(targets)].sort((a, b) => a - b).map((t) => [t, `L${t}`]));
}

function textOf(insn: Insn, slot: number, reloc: FileReloc | undefined, object: ObjectFile, labels: Map<number, string>): string {
  const named = reloc ? withSymbol(insn, reloc, object) : insn;
  const after = slot + slotCount(insn);
  return printInsn(named, { names: { helper: (id) => helperById(id)?.name, target: (off) => labels.get(after + off) } });
}

/** The instruction with the name its relocation gives it. */
function withSymbol(insn: Insn, { symbol }: FileReloc, object: ObjectFile): Insn {
  if (insn.kind === "call") {
    if (symbol.undefined) return { ...insn, callee: { kind: "kfunc", name: symbol.name } };
    const distance = insn.callee.kind === "subprog_off" ? insn.callee.off : -1;
    const name = funcAt(object, symbol, symbol.value + (distance + 1) * 8) ?? symbol.name;
    return { ...insn, callee: { kind: "subprog", name } };
  }
  if (insn.kind !== "ld_imm64") return insn;
  if (symbol.undefined) return { ...insn, value: { kind: "extern", name: symbol.name } };
  if (symbol.section?.name === ".maps") return { ...insn, value: { kind: "map", name: symbol.name } };
  const addend = insn.value.kind === "int" ? Number(insn.value.value) : insn.value.kind === "func_off" ? insn.value.off : 0;
  const func = funcAt(object, symbol, symbol.value + addend);
  if (func !== undefined) return { ...insn, value: { kind: "func", name: func } };
  return { ...insn, value: { kind: "global", name: symbol.name, addend } };
}

const funcAt = (object: ObjectFile, symbol: FileReloc["symbol"], off: number): string | undefined =>
  object.funcs.find((f) => f.section === symbol.section && f.off === off)?.name;

const hex = (bytes: Uint8Array): string => [...bytes].map((b) => b.toString(16).padStart(2, "0")).join(" ");

/** The whole as text, a function after the other, with source lines as comments. */
export function listing(d: Disassembly): string {
  return d.funcs.map((f) => `; ${f.section}: ${f.slots} slots\n${f.name}:\n${f.insns.map(insnLines).join("")}`).join("\n");
}

function insnLines(i: DisassembledInsn): string {
  const label = i.label === undefined ? "" : `${i.label}:\n`;
  const line = i.line ? `; ${i.line.file}:${i.line.line}: ${i.line.text.trim()}\n` : "";
  const rides = [i.reloc && `${i.reloc.type} ${i.reloc.symbol}`, i.core && `CO-RE ${i.core}`].filter(Boolean).join(", ");
  const head = `${String(i.slot).padStart(6)}:  ${hex(i.bytes.subarray(0, 8))}  ${i.text}`;
  const rest = i.bytes.length > 8 ? `         ${hex(i.bytes.subarray(8))}\n` : "";
  return `${label}${line}${rides ? `${head.padEnd(64)}  ; ${rides}` : head}\n${rest}`;
}

/** The same as plain data for `--json`. */
export function listingJson(d: Disassembly) {
  const insn = (i: DisassembledInsn) => ({ ...i, bytes: hex(i.bytes) });
  return { ...d, funcs: d.funcs.map((f) => ({ ...f, insns: f.insns.map(insn) })) };
}
