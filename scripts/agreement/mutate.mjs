// Small changes to one instruction of a linked program: an operand, an offset, a size, a number, a check that is dropped.
import { oneOf } from "./random.mjs";

const MEMORY = { 1: true, 2: true, 3: true };
const classOf = (slot) => slot.code & 7;
const isMemory = (slot) => MEMORY[classOf(slot)] === true;
const isAlu = (slot) => classOf(slot) === 4 || classOf(slot) === 7;
const isJump = (slot) => classOf(slot) === 5 || classOf(slot) === 6;
const isCall = (slot) => slot.code === 0x85;
const isCheck = (slot) => isJump(slot) && ![0x05, 0x06, 0x85, 0x95, 0xe5].includes(slot.code);
const byRegister = (slot) => (slot.code & 8) !== 0;
const NOTHING = { code: 0x05, dst: 0, src: 0, off: 0, imm: 0 };

const OFFSETS = [-8, -4, -2, -1, 1, 2, 4, 8, 16, 64, -512, 0x7ff0];
const NUMBERS = [-1, 0, 1, 2, 7, 8, 63, 64, 255, 4096, 0x7fffffff, -0x80000000];
const OPERATIONS = [0x00, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0x90, 0xa0, 0xb0, 0xc0];
const CONDITIONS = [0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0xa0, 0xb0, 0xc0, 0xd0];
const HELPERS = [1, 2, 3, 5, 6, 7, 8, 14, 15, 16, 25, 35, 45, 112, 113, 115, 130, 131, 132, 158, 181];

/** Kinds of change: whether it fits the slot, and what becomes of it. */
const CHANGES = [
  { fits: (s) => !isCall(s) && s.code !== 0x95, make: (s, r) => ({ ...s, dst: r(11) }) },
  { fits: (s) => byRegister(s) && (isAlu(s) || isCheck(s) || isMemory(s)), make: (s, r) => ({ ...s, src: r(11) }) },
  { fits: isMemory, make: (s, r) => ({ ...s, off: s.off + oneOf(r, OFFSETS) }) },
  { fits: isMemory, make: (s, r) => ({ ...s, code: (s.code & ~0x18) | (r(4) << 3) }) },
  { fits: (s) => (isAlu(s) || isCheck(s)) && !byRegister(s), make: (s, r) => ({ ...s, imm: oneOf(r, NUMBERS) }) },
  {
    fits: (s) => (isAlu(s) || isCheck(s) || s.code === 0x18) && !byRegister(s) && s.src === 0,
    make: (s, r) => ({ ...s, imm: (s.imm + oneOf(r, [-1, 1, 8, -8])) | 0 }),
  },
  { fits: isCheck, make: () => NOTHING },
  { fits: isCheck, make: (s) => ({ ...NOTHING, off: s.off }) },
  { fits: isCheck, make: (s, r) => ({ ...s, code: (s.code & 0x0f) | oneOf(r, CONDITIONS) }) },
  { fits: (s) => isCheck(s) || isAlu(s), make: (s) => ({ ...s, code: s.code ^ (isAlu(s) ? 3 : 3) }) },
  { fits: isAlu, make: (s, r) => ({ ...s, code: (s.code & 0x0f) | oneOf(r, OPERATIONS), off: 0 }) },
  { fits: (s) => s.code !== 0x95 && s.code !== 0x18, make: () => NOTHING },
  { fits: (s) => isCall(s) && s.src === 0, make: (s, r) => ({ ...s, imm: oneOf(r, HELPERS) }) },
  {
    fits: (s) => isJump(s) && !isCall(s) && s.code !== 0x95,
    make: (s, r) => ({ ...s, off: s.off + oneOf(r, [-2, -1, 1, 2]) }),
  },
];

/** { slot, before, after }: one changed slot of the program, whose bytes `slots` holds; undefined where none was found. */
export function mutation(slots, starts, random) {
  for (let tries = 0; tries < 20; tries++) {
    const at = starts[random(starts.length)];
    const slot = slots[at];
    const fitting = CHANGES.filter(({ fits }) => fits(slot));
    if (fitting.length === 0) continue;
    const after = oneOf(random, fitting).make(slot, random);
    if (JSON.stringify(after) === JSON.stringify(slot)) continue;
    if (after.off > 0x7fff || after.off < -0x8000) continue;
    return { slot: at, before: slot, after };
  }
  return undefined;
}

export function slotsOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / 8 }, (_, i) => ({
    code: view.getUint8(8 * i),
    dst: view.getUint8(8 * i + 1) & 15,
    src: view.getUint8(8 * i + 1) >> 4,
    off: view.getInt16(8 * i + 2, true),
    imm: view.getInt32(8 * i + 4, true),
  }));
}

export function bytesOf({ code, dst, src, off, imm }) {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint8(0, code);
  view.setUint8(1, (src << 4) | dst);
  view.setInt16(2, off, true);
  view.setInt32(4, imm, true);
  return new Uint8Array(view.buffer);
}
