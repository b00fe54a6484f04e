/** What registers and saved values hold of the stack, instruction by instruction. kernel/bpf/liveness.c:arg_track_xfer */
import type { Insn, Reg } from "../../isa/insn.ts";
import type { LinkedMap } from "../../link/model.ts";
import { placeOf, SLOT } from "../domain/stack.ts";
import { CALLERS, type Content, type Contents, NONE } from "./contents.ts";

/** Contents of slots of the running frame, by number; those that are missing concern no stack. Never changed in place. */
export type Saved = ReadonlyMap<number, Content>;

/** In place of a slot's number: any slot may hold it as well. */
const ANY_SLOT = -1;
export const NOTHING_SAVED: Saved = new Map();

/** What registers and slots of the running frame hold. */
export interface Track {
  /** All 16 that an instruction may name: those that are none are refused elsewhere. */
  readonly regs: Content[];
  saved: Saved;
}

/** What is the same for all instructions of a function. */
export interface Tracking {
  readonly contents: Contents;
  /** A frame further out holds a pointer to a stack. */
  readonly callersSave: boolean;
  /** The map that an `ld_imm64` loads, and the function. */
  readonly mapAt: (at: number) => LinkedMap | undefined;
  readonly funcAt: (at: number) => number | undefined;
}

export const contentOf = ({ contents }: Tracking, track: Track, r: Reg): Content =>
  r === 10 ? contents.framePointer : track.regs[r]!;

/** Runs the instruction at `at`. */
export function follow(t: Tracking, track: Track, insn: Insn, at: number): void {
  const { regs } = track;
  switch (insn.kind) {
    case "alu":
      regs[insn.dst] = computed(t, track, insn);
      return;
    case "neg":
    case "endian":
    case "addr_space_cast":
      regs[insn.dst] = NONE;
      return;
    case "ld_imm64":
      regs[insn.dst] = loadedAddress(t, insn.value.kind === "int" ? insn.value.value : undefined, at);
      return;
    case "load":
    case "load_acquire":
      regs[insn.dst] = insn.size === SLOT ? filled(t, track, insn.base, insn.off) : NONE;
      return;
    case "store":
      save(t, track, insn, "reg" in insn.src ? contentOf(t, track, insn.src.reg) : NONE);
      return;
    case "store_release":
      save(t, track, insn, contentOf(t, track, insn.src));
      return;
    case "atomic": {
      const old = insn.size === SLOT ? filled(t, track, insn.base, insn.off) : NONE;
      if (insn.op === "cmpxchg") regs[0] = old;
      else if (insn.fetch) regs[insn.src] = old;
      return;
    }
    case "load_packet":
    case "callx":
    case "call":
      regs.fill(NONE, 0, 6);
      return;
    default:
      return;
  }
}

function loadedAddress({ contents, mapAt, funcAt }: Tracking, value: bigint | undefined, at: number): Content {
  if (value !== undefined) return contents.number(value);
  const map = mapAt(at);
  if (map) return contents.map(map);
  const func = funcAt(at);
  return func === undefined ? NONE : contents.func(func);
}

function computed(t: Tracking, track: Track, insn: Insn & { readonly kind: "alu" }): Content {
  const { contents } = t;
  const imm = "imm" in insn.src ? insn.src.imm : undefined;
  if (insn.op === "mov") {
    if (imm !== undefined) return contents.int(insn.width === 32 ? imm >>> 0 : imm);
    const from = "reg" in insn.src ? contentOf(t, track, insn.src.reg) : NONE;
    if (insn.width === 64) return from;
    const { number } = contents.get(from);
    return number === undefined ? NONE : contents.number(BigInt.asUintN(32, number));
  }
  if (insn.width === 32 || insn.op.startsWith("mov")) return NONE;
  const dst = contentOf(t, track, insn.dst);
  if (imm !== undefined && (insn.op === "add" || insn.op === "sub"))
    return contents.moved(dst, insn.op === "add" ? imm : -imm);
  const src = "reg" in insn.src ? contentOf(t, track, insn.src.reg) : NONE;
  const by = contents.get(src).number;
  if (by !== undefined && (insn.op === "add" || insn.op === "sub"))
    return contents.moved(dst, Number(insn.op === "add" ? by : -by));
  return contents.blurred(dst, src);
}

/** What was saved where the load reads, unless a function that was called has put something else there. */
function filled(t: Tracking, track: Track, base: Reg, off: number): Content {
  const { contents, callersSave } = t;
  const { saved } = track;
  if (base === 10) return contents.unsure(savedAt(contents, saved, off));
  const from = contents.moved(contentOf(t, track, base), off);
  const { at, anywhere } = contents.get(from);
  let all = NONE;
  const frames = contents.frames(from);
  if (frames & ~1 && callersSave) all = contents.anywhere(CALLERS);
  for (const p of at) if (p.frame === 0) all = contents.join(all, savedAt(contents, saved, p.off));
  if (anywhere & 1) for (const c of saved.values()) all = contents.join(all, c);
  return contents.unsure(all);
}

function savedAt(contents: Contents, saved: Saved, off: number): Content {
  if (saved.size === 0 || off >= 0) return NONE;
  const here = saved.get(placeOf(off).slot) ?? NONE;
  const any = saved.get(ANY_SLOT);
  return any === undefined ? here : contents.join(here, any);
}

interface Save {
  readonly base: Reg;
  readonly off: number;
  readonly size: number;
}

function save(t: Tracking, track: Track, { base, off, size }: Save, value: Content): void {
  const { contents } = t;
  const kept = size === SLOT && contents.isStack(value) ? value : NONE;
  if (kept === NONE && track.saved.size === 0) return;
  const to = contents.moved(contentOf(t, track, base), off);
  const { at, anywhere, sure } = contents.get(to);
  if (sure) {
    const [p] = at;
    if (p?.frame === 0 && p.off < 0) track.saved = replaced(track.saved, placeOf(p.off).slot, kept);
    return;
  }
  for (const p of at) {
    if (p.frame === 0 && p.off < 0) track.saved = merged(contents, track.saved, placeOf(p.off).slot, kept);
  }
  if (!(anywhere & 1)) return;
  for (const slot of track.saved.keys()) track.saved = merged(contents, track.saved, slot, kept);
  if (kept !== NONE) track.saved = merged(contents, track.saved, ANY_SLOT, kept);
}

function replaced(saved: Saved, slot: number, value: Content): Saved {
  if ((saved.get(slot) ?? NONE) === value) return saved;
  const next = new Map(saved);
  if (value === NONE) next.delete(slot);
  else next.set(slot, value);
  return next;
}

const merged = (contents: Contents, saved: Saved, slot: number, value: Content): Saved =>
  replaced(saved, slot, contents.join(saved.get(slot) ?? NONE, value));

/** Either of two contents of the slots. */
export function joinSaved(contents: Contents, a: Saved, b: Saved): Saved {
  if (a === b) return a;
  let all = a;
  for (const slot of a.keys()) all = merged(contents, all, slot, b.get(slot) ?? NONE);
  for (const [slot, c] of b) if (!a.has(slot)) all = merged(contents, all, slot, c);
  return all;
}
