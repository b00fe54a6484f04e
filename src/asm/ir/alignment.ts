/** Alignment of addresses: what lies some bytes into an aligned object. */
import type { Size } from "../../isa/insn.ts";
import type { IrFunction, SlotId } from "./model.ts";

/** Alignment in bytes of what lies `off` bytes into something aligned to `align`. */
export const alignedTo = (align: Size, off: number): Size =>
  ([8, 4, 2, 1] as const).find((n) => n <= align && off % n === 0) ?? 1;

/** The alignment of each stack object. */
export const slotAligns = ({ slots }: IrFunction): ReadonlyMap<SlotId, Size> =>
  new Map(slots.map(({ id, align }) => [id, align]));
