/** The two tables of a BTF blob, bare: the words of the type section and the bytes of the strings. */

import { findElfSection } from "./elf-section.ts";
import { BTF_HEADER_SIZE, BTF_MAGIC, BTF_VERSION, BtfError } from "./format.ts";

export interface BtfBlob {
  /** The type section as 32-bit words, in the order of this machine. */
  readonly words: Uint32Array;
  /** The string section; starts and ends with NUL. */
  readonly strings: Uint8Array;
}

/** Whether typed arrays of this machine have the byte order of the files we embed. */
export const hostIsLittle = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Header and tables of BTF, raw or the `.BTF` section of an ELF file. Copies nothing where it is aligned. */
export function openBlob(bytes: Uint8Array): BtfBlob {
  const raw = isElf(bytes) ? btfOfElf(bytes) : bytes;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  if (raw.length < BTF_HEADER_SIZE) throw new BtfError(`BTF of ${raw.length} bytes has no whole header`);
  const little = view.getUint16(0, true) === BTF_MAGIC;
  if (!little && view.getUint16(0, false) !== BTF_MAGIC) throw new BtfError("BTF does not start with its magic 0xeb9f");
  if (view.getUint8(2) !== BTF_VERSION) throw new BtfError(`BTF of version ${view.getUint8(2)} is not known`);
  const [headerSize, typeOff, typeLen, strOff, strLen] = [4, 8, 12, 16, 20].map((at) => view.getUint32(at, little)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const types = slice(raw, headerSize, typeOff, typeLen, "type");
  const strings = slice(raw, headerSize, strOff, strLen, "string");
  if (typeLen % 4 !== 0) throw new BtfError(`BTF type section of ${typeLen} bytes is not made of words`);
  if (strings.length === 0 || strings[0] !== 0 || strings[strings.length - 1] !== 0)
    throw new BtfError("BTF string section does not start and end with NUL");
  return { words: wordsOf(types, little), strings };
}

function slice(raw: Uint8Array, headerSize: number, off: number, length: number, what: string): Uint8Array {
  const start = headerSize + off;
  if (headerSize < BTF_HEADER_SIZE || start + length > raw.length)
    throw new BtfError(`BTF ${what} section goes past the end of ${raw.length} bytes`);
  return raw.subarray(start, start + length);
}

/** A view where alignment and byte order allow, else a copy. */
export function wordsOf(bytes: Uint8Array, little: boolean): Uint32Array {
  const count = bytes.length >> 2;
  if (little === hostIsLittle && bytes.byteOffset % 4 === 0)
    return new Uint32Array(bytes.buffer, bytes.byteOffset, count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: count }, (_, i) => view.getUint32(i * 4, little));
}

const isElf = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;

function btfOfElf(bytes: Uint8Array): Uint8Array {
  if (findElfSection(bytes, ".BTF.base"))
    throw new BtfError("the module's BTF stands on a distilled base; take it from /sys/kernel/btf of a running kernel");
  const found = findElfSection(bytes, ".BTF");
  if (!found) throw new BtfError("the ELF file has no .BTF section");
  return found;
}
