/** Any BPF object as text: source line, place, bytes, instruction, relocation. */
import { printType } from "../btf/print.ts";
import { type BtfFile, openBtf } from "../btf/reader.ts";
import type { SourceLine } from "../elf/model.ts";
import type { ObjectFile } from "../elf/object-file.ts";
import { readObject } from "../elf/reader.ts";
import { helperById } from "../kernel/helpers.ts";
import { type ListedFunc, type ListingReloc, type ListingRow, listObject } from "../link/listing.ts";

export interface DisassembledInsn {
  /** Slot from the start of the function. */
  readonly slot: number;
  readonly bytes: Uint8Array;
  readonly text: string;
  /** Set where the source line changes. */
  readonly line?: SourceLine;
  readonly reloc?: ListingReloc;
  /** A CO-RE record in words. */
  readonly core?: string;
  /** The name under which branches go here. */
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

/** Throws `ElfError` for bytes that are no object. Bad BTF is left out; bytes that are no instruction say so. */
export function disassemble(bytes: Uint8Array): Disassembly {
  const object = readObject(bytes);
  const btf = readBtf(object);
  const listed = listObject(object, { names: { helper: (id) => helperById(id)?.name } });
  return {
    license: object.license,
    maps: object.maps.map((m) => m.name),
    funcs: listed.map((f) => disassembleFunc(f, btf)),
  };
}

function readBtf(object: ObjectFile): BtfFile | undefined {
  try {
    return object.btf && openBtf(object.btf);
  } catch {
    return undefined;
  }
}

function disassembleFunc({ func, rows }: ListedFunc, btf: BtfFile | undefined): DisassembledFunc {
  let shown: SourceLine | undefined;
  const insns = rows.map((row) => {
    const fresh = row.line && (row.line.line !== shown?.line || row.line.file !== shown.file) ? row.line : undefined;
    if (fresh) shown = fresh;
    return disassembleRow(row, fresh, btf);
  });
  return { name: func.name, section: func.section.name, slots: func.size / 8, insns };
}

function disassembleRow(row: ListingRow, line: SourceLine | undefined, btf: BtfFile | undefined): DisassembledInsn {
  const { slot, bytes, text, reloc, core, label } = row;
  return {
    slot,
    bytes,
    text,
    ...(line && { line }),
    ...(reloc && { reloc }),
    ...(core && btf && { core: `${core.kind} ${typeName(btf, core.type)} ${core.access}` }),
    ...(label !== undefined && { label }),
  };
}

function typeName(btf: BtfFile, id: Parameters<typeof printType>[1]): string {
  try {
    return printType(btf, id);
  } catch {
    return `type ${id}`;
  }
}

const hex = (bytes: Uint8Array): string => [...bytes].map((b) => b.toString(16).padStart(2, "0")).join(" ");

/** The whole as text, a function after the other, with source lines as comments. */
export function listing(d: Disassembly): string {
  return d.funcs.map(funcText).join("\n");
}

const funcText = (f: DisassembledFunc): string =>
  `; ${f.section}: ${f.slots} slots\n${f.name}:\n${f.insns.map(insnText).join("")}`;

function insnText(i: DisassembledInsn): string {
  const label = i.label === undefined ? "" : `${i.label}:\n`;
  const line = i.line ? `; ${i.line.file}:${i.line.line}: ${i.line.text.trim()}\n` : "";
  const rides = [i.reloc && `${i.reloc.type} ${i.reloc.symbol}`, i.core && `CO-RE ${i.core}`]
    .filter(Boolean)
    .join(", ");
  const head = `${String(i.slot).padStart(6)}:  ${hex(i.bytes.subarray(0, 8))}  ${i.text}`;
  const rest = i.bytes.length > 8 ? `         ${hex(i.bytes.subarray(8))}\n` : "";
  return `${label}${line}${rides ? `${head.padEnd(64)}  ; ${rides}` : head}\n${rest}`;
}

/** Plain assembly, as the assembler reads it: source lines and what rides along are comments. */
export const assemblyText = (d: Disassembly): string => d.funcs.map(funcAssembly).join("\n");

const funcAssembly = (f: DisassembledFunc): string =>
  `# ${f.section}\n${f.name}:\n${f.insns.map(insnAssembly).join("")}`;

function insnAssembly(i: DisassembledInsn): string {
  const label = i.label === undefined ? "" : `${i.label}:\n`;
  const line = i.line ? `# ${i.line.file}:${i.line.line}: ${oneLine(i.line.text)}\n` : "";
  const unknown = i.text.startsWith(";") ? dataText(i) : i.text;
  return `${label}${line}\t${unknown}${i.core ? `  # CO-RE ${oneLine(i.core)}` : ""}\n`;
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();
/** Bytes that are no instruction, as data. */
const dataText = (i: DisassembledInsn): string =>
  `.byte 0x${hex(i.bytes).replaceAll(" ", ", 0x")}  # ${i.text.slice(2)}`;

/** The same as plain data for `--json`. */
export function listingJson(d: Disassembly) {
  const insn = (i: DisassembledInsn) => ({ ...i, bytes: hex(i.bytes) });
  return { ...d, funcs: d.funcs.map((f) => ({ ...f, insns: f.insns.map(insn) })) };
}
