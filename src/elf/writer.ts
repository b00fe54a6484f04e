/**
 * An `ObjectModel` as the bytes of an ELF64 BPF object, as libbpf, cilium/ebpf and aya want it. The order of sections and
 * symbols follows the model alone, so equal models give equal bytes. tools/lib/bpf/libbpf.c:bpf_object__elf_collect.
 */
import { encodeBtfExt } from "../btf/ext.ts";
import { bug } from "../support/bug.ts";
import { ByteWriter } from "../support/bytes.ts";
import { type CodeSection, codeSections, placeFuncs, type SymbolRef, type VarPlace } from "./code.ts";
import { EM_BPF, ET_REL, HEADER_SIZE, R_BPF, REL_SIZE, SECTION_HEADER_SIZE, SHF, SHT, SYMBOL_SIZE } from "./format.ts";
import type { ObjectData, ObjectModel } from "./model.ts";
import { type StringTable, stringTable } from "./strings.ts";
import { type SymbolTable, symbolTable } from "./symbols.ts";

/** A section on its way into the file; `link` and `info` name what the header refers to. */
interface Section {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly align: number;
  readonly size: number;
  /** Undefined: NOBITS. */
  readonly bytes?: Uint8Array;
  readonly entrySize?: number;
  readonly link?: string;
  /** A section's name, or the number itself. */
  readonly info?: string | number;
}

interface Reloc {
  readonly off: number;
  readonly type: number;
  readonly symbol: SymbolRef;
}

/** Bytes of the object. Names in instructions that the model does not hold are an `InternalError`. */
export function writeObject(model: ObjectModel): Uint8Array {
  const funcs = placeFuncs(model.funcs);
  const vars = placeVars(model.data);
  const code = codeSections(model, { funcs, vars });
  const externs = new Set(model.externs.map(({ name }) => name));
  const data = model.data.map((section) => ({ section, ...dataRelocs(section, vars, externs) }));
  const groups = [
    ...code.map(({ name, relocs }) => ({ name, relocs })),
    ...data.map(({ section, relocs }) => ({ name: section.name, relocs })),
  ];
  const contents = [...code.map(codeHeader), ...data.map(({ section, bytes }) => dataHeader(section, bytes))];
  const symbols = symbolTable(model, {
    funcs,
    sections: contents.map((section) => section.name),
    bySection: new Set(groups.flatMap(({ relocs }) => relocs.flatMap(({ symbol }) => sectionName(symbol) ?? []))),
  });
  const relocs = groups.filter((group) => group.relocs.length > 0).map((group) => relocHeader(group, symbols));
  return fileOf([...contents, ...btfSections(model, code), ...relocs], symbols);
}

const sectionName = (symbol: SymbolRef): string | undefined => (symbol.kind === "section" ? symbol.name : undefined);

function placeVars(data: readonly ObjectData[]): ReadonlyMap<string, VarPlace> {
  const places = new Map<string, VarPlace>();
  for (const section of data) {
    for (const variable of section.vars) places.set(variable.key, { section: section.name, variable });
  }
  return places;
}

const codeHeader = ({ name, bytes }: CodeSection): Section => ({
  name,
  type: SHT.PROGBITS,
  flags: SHF.ALLOC | SHF.EXECINSTR,
  align: 8,
  size: bytes.length,
  bytes,
});

function dataHeader({ name, align, size, writable }: ObjectData, bytes: Uint8Array | undefined): Section {
  const flags = SHF.ALLOC | (writable ? SHF.WRITE : 0);
  if (!bytes) return { name, type: SHT.NOBITS, flags, align, size };
  return { name, type: SHT.PROGBITS, flags, align, size, bytes };
}

/** Pointers in initialised data: relocations, and the bytes with the addends that REL keeps in place. */
function dataRelocs(
  section: ObjectData,
  vars: ReadonlyMap<string, VarPlace>,
  externs: ReadonlySet<string>,
): { readonly relocs: readonly Reloc[]; readonly bytes: Uint8Array | undefined } {
  if (!section.bytes && section.name.startsWith(".bss")) return { relocs: [], bytes: undefined };
  const bytes = new Uint8Array(section.size);
  if (section.bytes) bytes.set(section.bytes);
  const view = new DataView(bytes.buffer);
  const relocs = section.relocs.map(({ off, symbol: key, addend }): Reloc => {
    const place = vars.get(key);
    const isNameless = place?.variable.name === "";
    view.setBigInt64(off, BigInt(addend + (isNameless ? place.variable.off : 0)), true);
    const symbol: SymbolRef = isNameless
      ? { kind: "section", name: place.section }
      : { kind: place ? "var" : externs.has(key) ? "extern" : "func", key };
    return { off, type: R_BPF.ABS64, symbol };
  });
  return { relocs, bytes };
}

const progbits = (name: string, bytes: Uint8Array): Section => ({
  name,
  type: SHT.PROGBITS,
  flags: 0,
  align: 4,
  size: bytes.length,
  bytes,
});

function btfSections({ btf }: ObjectModel, code: readonly CodeSection[]): readonly Section[] {
  if (!btf) return [];
  const ext = encodeBtfExt(code, btf);
  const types = progbits(".BTF", btf.finish());
  return code.length === 0 ? [types] : [types, progbits(".BTF.ext", ext)];
}

function relocHeader({ name, relocs }: { name: string; relocs: readonly Reloc[] }, symbols: SymbolTable): Section {
  const out = new ByteWriter();
  for (const { off, type, symbol } of relocs) out.u64(BigInt(off)).u32(type).u32(symbols.index(symbol));
  const bytes = out.finish();
  return {
    name: `.rel${name}`,
    type: SHT.REL,
    flags: SHF.INFO_LINK,
    align: 8,
    size: bytes.length,
    bytes,
    entrySize: REL_SIZE,
    link: ".symtab",
    info: name,
  };
}

/** Header, contents, section headers; one string table serves sections and symbols. */
function fileOf(contents: readonly Section[], symbols: SymbolTable): Uint8Array {
  const names = [...contents.map((section) => section.name), ".symtab", ".strtab"];
  const strings = stringTable([...names, ...symbols.names]);
  const table = symbols.encode(strings);
  const sections: readonly Section[] = [
    ...contents,
    {
      ...progbits(".symtab", table),
      type: SHT.SYMTAB,
      align: 8,
      entrySize: SYMBOL_SIZE,
      link: ".strtab",
      info: symbols.localCount,
    },
    { ...progbits(".strtab", strings.bytes), type: SHT.STRTAB, align: 1 },
  ];
  const out = new ByteWriter().bytes(new Uint8Array(HEADER_SIZE));
  const offsets = sections.map(({ bytes, align }) => {
    if (!bytes) return out.length;
    out.align(align);
    const off = out.length;
    out.bytes(bytes);
    return off;
  });
  out.align(8);
  const headersOff = out.length;
  putSectionHeaders(out, sections, offsets, strings);
  const file = out.finish();
  file.set(fileHeader(headersOff, sections.length + 1));
  return file;
}

function putSectionHeaders(
  out: ByteWriter,
  sections: readonly Section[],
  offsets: readonly number[],
  strings: StringTable,
): void {
  const indexOf = new Map(sections.map((section, i) => [section.name, i + 1]));
  const index = (name: string): number => indexOf.get(name) ?? bug(`no section ${name}`);
  out.bytes(new Uint8Array(SECTION_HEADER_SIZE));
  sections.forEach((section, i) => {
    const { info = 0, link } = section;
    out.u32(strings.offset(section.name)).u32(section.type).u64(BigInt(section.flags)).u64(0n);
    out.u64(BigInt(offsets[i]!)).u64(BigInt(section.size));
    out.u32(link === undefined ? 0 : index(link)).u32(typeof info === "number" ? info : index(info));
    out.u64(BigInt(section.align)).u64(BigInt(section.entrySize ?? 0));
  });
}

function fileHeader(headersOff: number, sectionCount: number): Uint8Array {
  const ident = Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  const out = new ByteWriter().bytes(ident).u16(ET_REL).u16(EM_BPF).u32(1).u64(0n).u64(0n).u64(BigInt(headersOff));
  out.u32(0).u16(HEADER_SIZE).u16(0).u16(0).u16(SECTION_HEADER_SIZE).u16(sectionCount);
  return out.u16(sectionCount - 1).finish();
}
