/** Builds a BTF blob: gives ids to types and offsets to strings, each thing once. */
import type { BtfType, TypeId } from "./type.ts";

export declare class BtfWriter {
  /** Id of the type; an equal type that is already there is used again. Struct members may name ids reserved before. */
  add(type: BtfType): TypeId;
  /** An id for a type that is given later, so that cycles can be written. */
  reserve(): TypeId;
  /** The type of a reserved id. */
  define(id: TypeId, type: BtfType): void;
  /** Offset of a string in the string table; adds it if it is new. */
  string(text: string): number;
  /** The type behind an id that `add` or `define` took. */
  type(id: TypeId): BtfType;
  /** Bytes of `.BTF`. */
  finish(): Uint8Array;
}
