/** An ELF64 BPF object, before it is written. `Documentation/bpf/libbpf` and libbpf's reader define what it may hold. */

import type { CoreKind } from "../btf/core.ts";
import type { TypeId } from "../btf/type.ts";
import type { BtfWriter } from "../btf/writer.ts";
import type { Line } from "../isa/insn.ts";

/** A function with everything that rides on its instructions already in terms of the object. */
export interface ObjectFunc {
  readonly name: string;
  /** `.text` for subprograms. */
  readonly section: string;
  readonly binding: "local" | "global" | "weak";
  readonly hidden: boolean;
  /** FUNC type in the object's BTF. */
  readonly btfType: TypeId;
  /** Targets are labels; `core` is resolved to the object's own BTF. */
  readonly lines: readonly Line<ObjectCore>[];
}

export interface ObjectCore {
  readonly kind: CoreKind;
  /** Root type in the object's BTF. */
  readonly type: TypeId;
  /** The access string, such as `0:1:2`. */
  readonly access: string;
}

/** A source line as `.BTF.ext` names it. */
export interface SourceLine {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

export interface ObjectVar {
  /** Empty: no symbol of its own; references go through the section symbol. */
  readonly name: string;
  /** Key by which instructions and relocations refer to it. */
  readonly key: string;
  readonly off: number;
  readonly size: number;
  readonly binding: "local" | "global" | "weak";
  readonly hidden: boolean;
}

/** A data section: `.data`, `.bss`, `.rodata`, `.maps`, `license`, custom ones. */
export interface ObjectData {
  readonly name: string;
  readonly align: number;
  readonly size: number;
  /** Undefined: all zero; `.bss*` is then NOBITS. */
  readonly bytes?: Uint8Array;
  readonly writable: boolean;
  readonly vars: readonly ObjectVar[];
  /** R_BPF_64_ABS64 at `off`, to a variable or function by key. */
  readonly relocs: readonly { readonly off: number; readonly symbol: string; readonly addend: number }[];
}

export interface ObjectModel {
  /** In the order they appear in their sections. */
  readonly funcs: readonly ObjectFunc[];
  readonly data: readonly ObjectData[];
  readonly externs: readonly { readonly name: string; readonly weak: boolean }[];
  /** Complete but for the strings that line info adds. Undefined with `-g0`. */
  readonly btf?: BtfWriter;
  readonly lineOf: (line: Line<ObjectCore>) => SourceLine | undefined;
}
