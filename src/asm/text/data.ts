/** Directives: bytes given as numbers are instructions too; what only an object file would want is passed over. */
import { DecodeError, decodeInsn } from "../../isa/decode.ts";
import { type Insn, slotCount } from "../../isa/insn.ts";
import { type Reader, Unreadable } from "./reader.ts";

const units: Readonly<Record<string, 1 | 2 | 4 | 8>> = {
  ".byte": 1,
  ".2byte": 2,
  ".short": 2,
  ".half": 2,
  ".hword": 2,
  ".4byte": 4,
  ".long": 4,
  ".int": 4,
  ".word": 4,
  ".8byte": 8,
  ".quad": 8,
};

/** They say nothing about instructions. */
const ignored =
  /^\.(text|globa?l|type|size|p2align|align|balign|file|loc|ident|weak|hidden|local|addrsig|addrsig_sym|cfi_\w+)$/;

export const isIgnored = (directive: string): boolean => ignored.test(directive);
export const isData = (directive: string): boolean => Object.hasOwn(units, directive);

/** The bytes of `.8byte a, b` and its kin, little-endian. Throws `Unreadable`. */
export function readData(r: Reader): readonly number[] {
  const unit = units[r.take().text]!;
  const bytes: number[] = [];
  do {
    const value = BigInt.asUintN(64, r.number((unit * 8) as 8 | 16 | 32 | 64));
    for (let i = 0; i < unit; i++) bytes.push(Number((value >> BigInt(8 * i)) & 0xffn));
  } while (r.takeIf(","));
  r.end();
  return bytes;
}

/**
 * Instructions that were written as bytes; what is none stays as it is, for whoever loads it. Throws `Unreadable` at
 * `place` where bytes are left over.
 */
export function dataInsns(
  bytes: readonly number[],
  place: { readonly start: number; readonly end: number },
): readonly Insn[] {
  if (bytes.length % 8 !== 0) throw new Unreadable(`${bytes.length} bytes are no whole number of instructions`, place);
  const all = Uint8Array.from(bytes);
  const insns: Insn[] = [];
  for (let slot = 0; slot * 8 < all.length; ) {
    const insn = insnAt(all, slot);
    insns.push(insn);
    slot += slotCount(insn);
  }
  return insns;
}

function insnAt(bytes: Uint8Array, slot: number): Insn {
  try {
    return decodeInsn(bytes, slot);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { kind: "raw", bytes: new DataView(bytes.buffer).getBigUint64(slot * 8, true) };
  }
}
