/**
 * Bytes of an ELF64 BPF object to an `ObjectFile`, whoever made it. The bytes are not trusted: every offset and count is
 * checked against the file before it is used, and what is read costs no more than a small multiple of the file's size.
 */
import {
  bindings,
  EM_BPF,
  ET_REL,
  HEADER_SIZE,
  REL_SIZE,
  SECTION_HEADER_SIZE,
  SHN_LORESERVE,
  SHT,
  STV,
  SYMBOL_SIZE,
  symbolTypes,
} from "./format.ts";
import {
  ElfError,
  type FileFunc,
  type FileReloc,
  type FileSection,
  type FileSymbol,
  isCode,
  type ObjectFile,
} from "./object-file.ts";

const SHN_XINDEX = 0xffff;

/** The object in `bytes`, of which it keeps views. Throws `ElfError`. */
export function readObject(bytes: Uint8Array): ObjectFile {
  const file = new ElfBytes(bytes);
  const headers = sectionHeaders(file);
  const sections = headers.map(({ section }) => section);
  const symtab = headers.find(({ section }) => section.type === SHT.SYMTAB);
  if (!symtab) throw new ElfError("it has no symbol table");
  const symbols = readSymbols(symtab, headers);
  const relocs = readRelocs(headers, symtab, symbols, bytes.length);
  const btf = sectionBytes(sections, ".BTF");
  const btfExt = sectionBytes(sections, ".BTF.ext");
  return {
    sections,
    symbols,
    relocs,
    funcs: readFuncs(sections, symbols, relocs),
    maps: symbols.filter(isMap).sort((a, b) => a.value - b.value),
    license: cString(sectionBytes(sections, "license") ?? new Uint8Array()),
    ...(btf && { btf }),
    ...(btfExt && { btfExt }),
  };
}

/** Reads numbers after checking that they are there. */
class ElfBytes {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(at: number): number {
    return this.#view.getUint8(at);
  }
  u16(at: number): number {
    return this.#view.getUint16(at, true);
  }
  u32(at: number): number {
    return this.#view.getUint32(at, true);
  }
  /** A 64-bit number; one that no offset or size can be becomes infinite, which every bounds check refuses. */
  size(at: number): number {
    const value = this.#view.getBigUint64(at, true);
    return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(value);
  }
  /** A view of `size` bytes at `off`. */
  slice(off: number, size: number, what: string): Uint8Array {
    if (off + size > this.bytes.length) throw new ElfError(`${what} goes past the end of the file`);
    return this.bytes.subarray(off, off + size);
  }
}

interface Header {
  readonly section: FileSection;
  readonly link: number;
  readonly info: number;
}

function checkFileHeader(file: ElfBytes): void {
  const isElf = file.bytes.length >= 4 && file.u32(0) === 0x464c457f;
  if (!isElf) throw new ElfError("it is no ELF file");
  if (file.bytes.length < HEADER_SIZE) throw new ElfError("it ends inside its header");
  if (file.u8(4) !== 2) throw new ElfError("it is not a 64-bit ELF file");
  if (file.u8(5) !== 1) throw new ElfError("it is not little-endian");
  const machine = file.u16(18);
  if (machine !== EM_BPF && machine !== 0) throw new ElfError(`it is for machine ${machine}, not for BPF`);
  if (file.u16(16) !== ET_REL) throw new ElfError("it is not relocatable");
}

/** All sections but the null one. */
function sectionHeaders(file: ElfBytes): readonly Header[] {
  checkFileHeader(file);
  const off = file.size(40);
  if (off === 0 || off + SECTION_HEADER_SIZE > file.bytes.length) throw new ElfError("it has no section headers");
  if (file.u16(58) !== SECTION_HEADER_SIZE) throw new ElfError(`its section headers have ${file.u16(58)} bytes each`);
  // More than fit 16 bits stand in the null section's header.
  const count = file.u16(60) || file.size(off + 32);
  const stringsIndex = file.u16(62) === SHN_XINDEX ? file.u32(off + 40) : file.u16(62);
  const headers = file.slice(off, count * SECTION_HEADER_SIZE, "the table of section headers");
  if (stringsIndex === 0 || stringsIndex >= count) throw new ElfError("it has no section names");
  const table = new ElfBytes(headers);
  const names = new Names(contents(file, table, stringsIndex * SECTION_HEADER_SIZE, "the section of names").bytes);
  const sections: Header[] = [];
  for (let index = 1; index < count; index++) {
    const at = index * SECTION_HEADER_SIZE;
    const name = names.at(table.u32(at));
    const section = { index, name, ...contents(file, table, at, `section ${index} (${name})`) };
    sections.push({ section, link: table.u32(at + 40), info: table.u32(at + 44) });
  }
  return sections;
}

function contents(file: ElfBytes, table: ElfBytes, at: number, what: string): Omit<FileSection, "index" | "name"> {
  const type = table.u32(at + 4);
  const size = table.size(at + 32);
  const inFile = type === SHT.NOBITS || type === SHT.NULL ? 0 : size;
  if (!Number.isFinite(size)) throw new ElfError(`${what} is too large`);
  const bytes = inFile === 0 ? new Uint8Array() : file.slice(table.size(at + 24), inFile, what);
  return { type, flags: table.u32(at + 8), align: Math.min(table.size(at + 48), 2 ** 31), size, bytes };
}

/** A string table. Strings may share bytes, but a file whose strings overlap without end is refused. */
class Names {
  readonly #bytes: Uint8Array;
  readonly #known = new Map<number, string>();
  #budget: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#budget = 16 * bytes.length + 0x10000;
  }

  at(off: number): string {
    const known = this.#known.get(off);
    if (known !== undefined) return known;
    const end = off < this.#bytes.length ? this.#bytes.indexOf(0, off) : -1;
    if (end < 0) throw new ElfError(`a name at ${off} is outside the string table`);
    this.#budget -= end - off;
    if (this.#budget < 0) throw new ElfError("its names overlap");
    const text = cString(this.#bytes.subarray(off, end));
    this.#known.set(off, text);
    return text;
  }
}

const decoder = new TextDecoder();

/** The text up to the first NUL. */
function cString(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** Entries of a table: its size must be a multiple of an entry's. */
function entryCount({ bytes, name }: FileSection, size: number): number {
  if (bytes.length % size !== 0) throw new ElfError(`${name} has ${bytes.length} bytes, no multiple of ${size}`);
  return bytes.length / size;
}

/** All symbols but the null one. */
function readSymbols(symtab: Header, headers: readonly Header[]): readonly FileSymbol[] {
  const strings = headers[symtab.link - 1];
  if (strings?.section.type !== SHT.STRTAB) throw new ElfError("its symbol table has no names");
  const names = new Names(strings.section.bytes);
  const table = new ElfBytes(symtab.section.bytes);
  const symbols: FileSymbol[] = [];
  const count = entryCount(symtab.section, SYMBOL_SIZE);
  for (let index = 1; index < count; index++) {
    const at = index * SYMBOL_SIZE;
    const info = table.u8(at + 4);
    const visibility = table.u8(at + 5) & 3;
    const shndx = table.u16(at + 6);
    const section = shndx < SHN_LORESERVE ? headers[shndx - 1]?.section : undefined;
    if (shndx !== 0 && shndx < SHN_LORESERVE && !section) throw new ElfError(`symbol ${index} is in section ${shndx}`);
    const type = symbolTypes[info & 15] ?? "other";
    symbols.push({
      index,
      name: type === "section" && section ? section.name : names.at(table.u32(at)),
      type,
      binding: bindings[info >> 4] ?? "global",
      hidden: visibility === STV.HIDDEN || visibility === STV.INTERNAL,
      undefined: shndx === 0,
      value: table.size(at + 8),
      size: table.size(at + 16),
      ...(section && { section }),
    });
  }
  return symbols;
}

function readRelocs(
  headers: readonly Header[],
  symtab: Header,
  symbols: readonly FileSymbol[],
  fileSize: number,
): ReadonlyMap<number, readonly FileReloc[]> {
  const all = new Map<number, FileReloc[]>();
  let budget = fileSize / REL_SIZE;
  for (const { section, link, info } of headers) {
    const target = headers[info - 1]?.section;
    if (section.type !== SHT.REL || isSkipped(target?.name)) continue;
    if (!target) throw new ElfError(`${section.name} is for section ${info}`);
    if (link !== symtab.section.index) throw new ElfError(`${section.name} has no symbols`);
    budget -= entryCount(section, REL_SIZE);
    if (budget < 0) throw new ElfError("its relocation sections overlap");
    const relocs = all.get(target.index) ?? [];
    for (const reloc of relocsIn(section, target, symbols)) relocs.push(reloc);
    all.set(target.index, relocs);
  }
  for (const relocs of all.values()) relocs.sort((a, b) => a.off - b.off);
  return all;
}

/** Sections that no loader looks at. */
const isSkipped = (name: string | undefined): boolean =>
  name !== undefined && (name.startsWith(".debug_") || name === ".BTF" || name === ".BTF.ext" || name === ".eh_frame");

function* relocsIn(section: FileSection, target: FileSection, symbols: readonly FileSymbol[]): Iterable<FileReloc> {
  const table = new ElfBytes(section.bytes);
  const count = entryCount(section, REL_SIZE);
  for (let i = 0; i < count; i++) {
    const off = table.size(i * REL_SIZE);
    const symbol = symbols[table.u32(i * REL_SIZE + 12) - 1];
    if (!symbol) throw new ElfError(`relocation ${i} of ${section.name} has no symbol`);
    if (off >= target.size) throw new ElfError(`relocation ${i} of ${section.name} is outside ${target.name}`);
    yield { off, type: table.u32(i * REL_SIZE + 8), symbol };
  }
}

const isMap = (symbol: FileSymbol): boolean =>
  symbol.section?.name === ".maps" && symbol.type !== "section" && symbol.type !== "func";

const sectionBytes = (sections: readonly FileSection[], name: string): Uint8Array | undefined =>
  sections.find((section) => section.name === name && section.type === SHT.PROGBITS)?.bytes;

/** The functions of all executable sections. */
function readFuncs(
  sections: readonly FileSection[],
  symbols: readonly FileSymbol[],
  relocs: ReadonlyMap<number, readonly FileReloc[]>,
): readonly FileFunc[] {
  const bySection = new Map<FileSection, FileSymbol[]>(sections.filter(isCode).map((section) => [section, []]));
  for (const symbol of symbols) {
    if (symbol.type === "func" && symbol.section) bySection.get(symbol.section)?.push(symbol);
  }
  return [...bySection].flatMap(([section, starts]) =>
    funcsIn(
      section,
      starts.sort((a, b) => a.value - b.value),
      relocs.get(section.index) ?? [],
    ),
  );
}

/** A symbol without a size, as assemblers leave it, reaches to the next one. */
function funcsIn(
  section: FileSection,
  starts: readonly FileSymbol[],
  relocs: readonly FileReloc[],
): readonly FileFunc[] {
  let budget = 16 * section.size;
  return starts.map((symbol, i) => {
    const { name, value: off, binding, hidden } = symbol;
    const next = starts[i + 1]?.value ?? section.size;
    const size = symbol.size || next - off;
    if (off % 8 !== 0 || size % 8 !== 0)
      throw new ElfError(`function ${name} in ${section.name} is cut inside an instruction`);
    if (off + size > section.size) throw new ElfError(`function ${name} goes past the end of ${section.name}`);
    budget -= size;
    if (budget < 0) throw new ElfError(`the functions in ${section.name} overlap`);
    const bytes = section.bytes.subarray(off, off + size);
    return { name, section, off, size, bytes, binding, hidden, relocs: between(relocs, off, off + size) };
  });
}

/** The relocations in a stretch of their section. */
function between(relocs: readonly FileReloc[], start: number, end: number): readonly FileReloc[] {
  return relocs.slice(firstAt(relocs, start), firstAt(relocs, end));
}

function firstAt(relocs: readonly FileReloc[], off: number): number {
  let low = 0;
  let high = relocs.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (relocs[mid]!.off < off) low = mid + 1;
    else high = mid;
  }
  return low;
}
