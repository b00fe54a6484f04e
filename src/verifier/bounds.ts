/** Whether an access stays inside a region of known size. kernel/bpf/verifier.c:check_mem_region_access */
import type { Cx } from "./cx.ts";
import { S64, type Scalar } from "./domain/scalar.ts";
import { type Pointer, placed } from "./domain/value.ts";
import { type Outcome, type Refusal, refuse } from "./outcome.ts";
import { regionWords } from "./words.ts";

/** kernel/bpf/verifier.c:BPF_MAX_VAR_OFF, for offsets and sizes alike. */
export const MAX_VAR_OFF = 1n << 29n;

/** Where kernels count the known part of an offset with the rest, a negative rest can be made up for. */
function merged(cx: Cx, p: Pointer): Pointer {
  if (!p.varying || p.off === 0 || !cx.facts.mergesOffsets) return p;
  return placed(p, 0, cx.recall.moved(p.varying, p.off));
}

/** `size` bytes at `off` from the pointer `p` (named `reg`) inside a region of `room` bytes. */
export function checkInside(cx: Cx, given: Pointer, reg: string, off: number, size: bigint, room: number): Outcome {
  // Most offsets are known and small.
  const at = given.off + off;
  if (!given.varying && at >= 0 && size >= 0n && at + Number(size) <= room) return undefined;
  if (given.varying && isSurelyInside(given.off, given.varying, off, size, room)) return undefined;
  const p = merged(cx, given);
  const about = { about: p.varying ? [p, p.varying] : [p] };
  const min = BigInt(p.off) + (p.varying?.s.min ?? 0n) + BigInt(off);
  if (p.varying && p.varying.s.min < 0n && (p.varying.s.min === S64.min || min < 0n)) {
    return refuse("E0525", [reg, regionWords(cx, p)], {
      ...about,
      help: "make the index unsigned, or check that it is not negative before it is used",
    });
  }
  const low = fits(cx, p, min, size, room);
  if (low) return low;
  if (!p.varying) return undefined;
  if (p.varying.u.max >= MAX_VAR_OFF) {
    return refuse("E0526", [reg, regionWords(cx, p)], { ...about, help: boundHelp(room) });
  }
  return fits(cx, p, BigInt(p.off) + p.varying.u.max + BigInt(off), size, room);
}

/** A number that is added is small and not negative, and even the greatest leaves room: the quick answer for most. */
function isSurelyInside(fixed: number, { s, u }: Scalar, off: number, size: bigint, room: number): boolean {
  if (fixed < 0 || s.min < 0n || u.max >= MAX_VAR_OFF || size < 0n) return false;
  const most = fixed + Number(u.max);
  return fixed + Number(s.min) + off >= 0 && most < Number(MAX_VAR_OFF) && most + off + Number(size) <= room;
}

const boundHelp = (room: number): string =>
  `compare the index with the size first, or mask it, so that it stays below ${room}`;

function fits(cx: Cx, p: Pointer, from: bigint, size: bigint, room: number): Refusal | undefined {
  if (from >= 0n && from + size <= BigInt(room) && size >= 0n) return undefined;
  const to = from + (size > 0n ? size - 1n : 0n);
  const more = { about: p.varying ? [p, p.varying] : [p], ...(p.varying && { help: boundHelp(room) }) };
  if (p.to.kind === "map_value") return refuse("E0523", [p.to.map.name, from, to, room], more);
  return refuse("E0524", [regionWords(cx, p), from, to, room], more);
}

/** Lowest and highest byte offset that a pointer may have; undefined if the range is too wide to work with. */
export function spanOf(p: Pointer): { readonly min: bigint; readonly max: bigint } | undefined {
  const v: Scalar | undefined = p.varying;
  const off = BigInt(p.off);
  if (!v) return { min: off, max: off };
  if (v.s.min <= -MAX_VAR_OFF || v.s.max >= MAX_VAR_OFF) return undefined;
  return { min: off + v.s.min, max: off + v.s.max };
}
