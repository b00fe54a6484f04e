/** The low 64 bits of `v`, as a signed number. */
export const s64 = (v: bigint): bigint => BigInt.asIntN(64, v);
/** The low 64 bits of `v`, as an unsigned number. */
export const u64 = (v: bigint): bigint => BigInt.asUintN(64, v);
/** The low 32 bits of `v`, as a signed number. */
export const s32 = (v: bigint): bigint => BigInt.asIntN(32, v);
/** The low 32 bits of `v`, as an unsigned number. */
export const u32 = (v: bigint): bigint => BigInt.asUintN(32, v);
/** Whether the signed value `v` survives in 32 bits, as an instruction's `imm` holds it. */
export const fitsS32 = (v: bigint): boolean => BigInt.asIntN(32, v) === v;
/** Whether `v` survives in 16 bits, as an instruction's `off` holds it. */
export const fitsS16 = (v: number): boolean => v >= -32768 && v <= 32767;
/** Number of bits up to the highest set one of `v`, an unsigned number of at most 64. */
export function bitLength(v: bigint): number {
  const high = Number(v >> 32n);
  return high === 0 ? 32 - Math.clz32(Number(v)) : 64 - Math.clz32(high);
}
/** The place of the one bit that is set in `v`; undefined if it is not one, or `v` is negative. Of any width. */
export const onlyBit = (v: bigint): number | undefined =>
  v > 0n && (v & (v - 1n)) === 0n ? v.toString(2).length - 1 : undefined;
export const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
export const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
/** `v` cut to `bits` bits, then sign- or zero-extended. */
export const wrap = (v: bigint, bits: number, signed: boolean): bigint =>
  signed ? BigInt.asIntN(bits, v) : BigInt.asUintN(bits, v);
/** The least multiple of `align` (a power of two or not) that is at least `n`. */
export const alignUp = (n: number, align: number): number => Math.ceil(n / align) * align;
