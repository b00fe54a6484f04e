/** What a load would give of a value whose bytes in memory are known. */
import type { InstBody, InstOf } from "./inst.ts";
import type { IrType, ValueId } from "./model.ts";

export interface KnownValue {
  readonly value: ValueId;
  /** Type of the value. */
  readonly ty: IrType;
  /** How a load extended it; undefined where it was stored: any way. */
  readonly signed: boolean | undefined;
}

/** How the known value becomes the loaded one of the same bytes; undefined if it is it already. */
export function reread(known: KnownValue, load: InstOf<"load">): InstBody | "unfit" | undefined {
  const a = known.value;
  if (known.signed !== undefined) {
    if (known.ty === load.ty) return known.signed === load.signed ? undefined : "unfit";
    return load.size === 8 && load.ty !== "i32" && known.ty !== "i32" ? { op: "cast", ty: load.ty, a } : "unfit";
  }
  if (load.size === 8) {
    if (known.ty === load.ty) return undefined;
    return load.ty === "i32" || known.ty === "i32" ? "unfit" : { op: "cast", ty: load.ty, a };
  }
  if (known.ty === "ptr") return "unfit";
  const from = (load.size * 8) as 8 | 16 | 32;
  if (from === 32 && load.ty === "i32") return known.ty === "i32" ? undefined : { op: "trunc", ty: "i32", a };
  return { op: load.signed ? "sext" : "zext", ty: load.ty, from, a };
}
