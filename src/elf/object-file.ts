/** An ELF64 BPF object as read: sections, symbols, relocations, and what a loader makes of them. */
import { type Binding, SHF, SHT, type SymbolType } from "./format.ts";

/** Bytes that are no BPF object; the text says what is wrong with them. */
export class ElfError extends Error {
  override readonly name = "ElfError";
}

export interface FileSection {
  readonly index: number;
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly align: number;
  /** Bytes when loaded; a NOBITS section has a size, but no bytes in the file. */
  readonly size: number;
  readonly bytes: Uint8Array;
}

export interface FileSymbol {
  readonly index: number;
  /** A section symbol has its section's name. */
  readonly name: string;
  readonly type: SymbolType;
  readonly binding: Binding;
  /** STV_HIDDEN or STV_INTERNAL. */
  readonly hidden: boolean;
  /** Undefined: defined elsewhere, absolute or common. */
  readonly section?: FileSection;
  /** `st_shndx` is SHN_UNDEF: an extern. */
  readonly undefined: boolean;
  /** Bytes from the start of the section. */
  readonly value: number;
  readonly size: number;
}

export interface FileReloc {
  /** Bytes from the start of the section that it patches. */
  readonly off: number;
  /** `R_BPF_*`. */
  readonly type: number;
  readonly symbol: FileSymbol;
}

/** A function: an entry program, or a subprogram if its section is `.text`. */
export interface FileFunc {
  readonly name: string;
  readonly section: FileSection;
  /** Bytes from the start of the section. */
  readonly off: number;
  readonly size: number;
  readonly bytes: Uint8Array;
  readonly binding: Binding;
  readonly hidden: boolean;
  /** Those that patch this function, by `off`, which counts from the start of the section. */
  readonly relocs: readonly FileReloc[];
}

export interface ObjectFile {
  /** Without the null section; `index` is the file's. */
  readonly sections: readonly FileSection[];
  /** Without the null symbol; `index` is the file's. */
  readonly symbols: readonly FileSymbol[];
  /** Relocations of a section by its index, ascending by `off`. */
  readonly relocs: ReadonlyMap<number, readonly FileReloc[]>;
  /** By section, then by place. */
  readonly funcs: readonly FileFunc[];
  /** Symbols in `.maps`, by place. */
  readonly maps: readonly FileSymbol[];
  /** Empty if there is none. */
  readonly license: string;
  readonly btf?: Uint8Array;
  readonly btfExt?: Uint8Array;
}

/** Whether a section holds instructions. */
export const isCode = (section: FileSection): boolean =>
  section.type === SHT.PROGBITS && (section.flags & SHF.EXECINSTR) !== 0 && section.size > 0;
