/** Sets of half slots of a frame's stack, four bytes each; kernel/bpf/liveness.c:spis_t */
import { STACK_SIZE } from "../domain/stack.ts";

/** Bytes of a half slot; the first is the one below the frame's end. */
const HALF = 4;
/** Numbers of 32 bits that a set takes. */
export const WORDS = STACK_SIZE / HALF / 32;

/** One set for each instruction of a function, one after the other. */
export type Marks = Uint32Array;

export const marksFor = (insns: number): Marks => new Uint32Array(insns * WORDS);

/** Adds all half slots that have one of the bytes from `from` up to `to` (offsets from the frame's end). */
export const addTouched = (marks: Marks, nth: number, from: number, to: number): void =>
  add(marks, nth, Math.floor(-to / HALF), Math.ceil(-from / HALF));

/** Adds all half slots of which every byte is one of those from `from` up to `to`. */
export const addWhole = (marks: Marks, nth: number, from: number, to: number): void =>
  add(marks, nth, Math.ceil(-to / HALF), Math.floor(-from / HALF));

export const addAll = (marks: Marks, nth: number): void => {
  marks.fill(0xffffffff, nth * WORDS, (nth + 1) * WORDS);
};

function add(marks: Marks, nth: number, first: number, end: number): void {
  const last = Math.min(end, WORDS * 32);
  for (let half = Math.max(0, first); half < last; half++) marks[nth * WORDS + (half >> 5)]! |= 1 << (half & 31);
}
