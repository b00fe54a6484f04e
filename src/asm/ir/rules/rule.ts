/** What a rewriting rule sees and gives. */
import type { AddrSymbol, InstBody } from "../inst.ts";
import type { KnownBits } from "../known-bits.ts";
import type { Inst, IrType, ValueId } from "../model.ts";

export interface RuleContext {
  /** The instruction that makes a value. */
  def(value: ValueId): Inst;
  type(value: ValueId): IrType;
  /** Whether nothing but the instruction at hand reads the value. */
  once(value: ValueId): boolean;
  constant(value: ValueId): bigint | undefined;
  bits(value: ValueId): KnownBits;
  /** A new instruction before the one at hand; it is simplified too. */
  emit(body: InstBody): ValueId;
  number(ty: IrType, value: bigint): ValueId;
  /** What a constant global holds. */
  data(global: string): ConstantData | undefined;
  /** Whether the machine loads with sign. */
  readonly signedLoads: boolean;
}

/** A global that nothing writes: its bytes, and where addresses are among them, with the names of those that have one. */
export interface ConstantData {
  readonly bytes: Uint8Array;
  readonly addresses: ReadonlyMap<number, AddrSymbol | undefined>;
}

/** Another instruction in its place, a value that is the same, or nothing to improve. */
export type Rewrite = { readonly inst: InstBody } | { readonly value: ValueId } | undefined;

export const instead = (inst: InstBody): Rewrite => ({ inst });
export const same = (value: ValueId): Rewrite => ({ value });
export const number = (ty: IrType, value: bigint): Rewrite => ({ inst: { op: "const", ty, value } });
