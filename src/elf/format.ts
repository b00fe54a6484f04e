/** Numbers of ELF64 and of its BPF flavour that the writer and the reader share: System V gABI; `elf.h`; LLVM's `ELFRelocs/BPF.def`. */

export const EM_BPF = 247;
export const ET_REL = 1;
export const HEADER_SIZE = 64;
export const SECTION_HEADER_SIZE = 64;
export const SYMBOL_SIZE = 24;
export const REL_SIZE = 16;

export const SHT = { NULL: 0, PROGBITS: 1, SYMTAB: 2, STRTAB: 3, RELA: 4, NOBITS: 8, REL: 9 } as const;
export const SHF = { WRITE: 1, ALLOC: 2, EXECINSTR: 4, INFO_LINK: 0x40 } as const;
/** Section indices from here on are not sections (SHN_ABS, SHN_COMMON). */
export const SHN_LORESERVE = 0xff00;
export const SHN_UNDEF = 0;

export const bindings = ["local", "global", "weak"] as const;
export type Binding = (typeof bindings)[number];
/** `STT_*` by number; numbers beyond are `other`. */
export const symbolTypes = ["notype", "object", "func", "section", "file"] as const;
export type SymbolType = (typeof symbolTypes)[number] | "other";
export const STV = { DEFAULT: 0, INTERNAL: 1, HIDDEN: 2 } as const;

/** Relocation types of `EM_BPF`: what each patches. */
export const R_BPF = { NONE: 0, LD_64: 1, ABS64: 2, ABS32: 3, NODYLD32: 4, CALL_32: 10 } as const;
/** The names that readelf and objdump show. */
export const relocNames: ReadonlyMap<number, string> = new Map([
  [0, "R_BPF_NONE"],
  [1, "R_BPF_64_64"],
  [2, "R_BPF_64_ABS64"],
  [3, "R_BPF_64_ABS32"],
  [4, "R_BPF_64_NODYLD32"],
  [10, "R_BPF_64_32"],
]);
