/** What an instruction needs of the state before it: read off the instruction alone, in the order in which the kernel asks. */
import type { AluOp, Callee, Imm64, Insn, Reg, Size, Src, Width } from "../isa/insn.ts";

export type AccessMode = "read" | "write" | "update";

export type Need =
  /** The register holds something. */
  | { readonly kind: "readable"; readonly reg: Reg }
  /** The register may be changed: r10 may not. */
  | { readonly kind: "changeable"; readonly reg: Reg }
  /** The operands suit the operation: pointer arithmetic, constant divisors and shifts. */
  | { readonly kind: "operands"; readonly op: AluOp; readonly width: Width; readonly dst: Reg; readonly src: Src }
  /** `size` bytes at `base + off` may be accessed. */
  | {
      readonly kind: "access";
      readonly base: Reg;
      readonly off: number;
      readonly size: Size;
      readonly mode: AccessMode;
      /** What is stored. */
      readonly value?: Src | undefined;
      readonly signed?: boolean | undefined;
      /** load_acquire and store_release. */
      readonly atomic?: boolean | undefined;
    }
  | { readonly kind: "address"; readonly value: Imm64 }
  | { readonly kind: "callable"; readonly callee: Callee }
  | { readonly kind: "leave" }
  /** The program has an arena. */
  | { readonly kind: "arena" }
  /** r6 is the context of a program that may load from packets by number. */
  | { readonly kind: "packet" }
  | { readonly kind: "known"; readonly what: string };

/** One of each for each register. */
const readables: readonly Need[] = Array.from({ length: 12 }, (_, r) => ({ kind: "readable", reg: r as Reg }));
const changeables: readonly Need[] = Array.from({ length: 12 }, (_, r) => ({ kind: "changeable", reg: r as Reg }));

const readable = (reg: Reg): Need => readables[reg]!;
const changeable = (reg: Reg): Need => changeables[reg]!;
/** A register as second operand must hold something, before all else. */
const withSrc = (src: Src, ...more: readonly Need[]): readonly Need[] =>
  "reg" in src ? [readable(src.reg), ...more] : more;

const NONE: readonly Need[] = [];

/** The needs of an instruction; the first that fails is the reason that the kernel gives. */
export function needsOf(insn: Insn): readonly Need[] {
  const last = listOf(lastNeed(insn));
  switch (insn.kind) {
    case "alu":
      if (isMove(insn)) return withSrc(insn.src, changeable(insn.dst));
      return withSrc(insn.src, readable(insn.dst), changeable(insn.dst), ...last);
    case "neg":
    case "endian":
      return [readable(insn.dst), changeable(insn.dst)];
    case "load":
    case "load_acquire":
      return [readable(insn.base), changeable(insn.dst), ...last];
    case "store":
      return withSrc(insn.src, readable(insn.base), ...last);
    case "store_release":
      return [readable(insn.src), readable(insn.base), ...last];
    case "atomic": {
      const compared = insn.op === "cmpxchg" ? [readable(0)] : NONE;
      const result = resultOf(insn);
      const changed = result === undefined ? NONE : [changeable(result)];
      return [readable(insn.src), readable(insn.base), ...compared, ...changed, ...last];
    }
    case "ld_imm64":
      return [changeable(insn.dst), ...last];
    case "jump":
      return insn.cond ? withSrc(insn.cond.src, readable(insn.cond.dst)) : NONE;
    case "addr_space_cast":
      return [readable(insn.src), changeable(insn.dst), ...last];
    case "load_packet":
      return [readable(6), ...last, ...(insn.src === undefined ? NONE : [readable(insn.src)])];
    default:
      return last;
  }
}

const listOf = (need: Need | undefined): readonly Need[] => (need ? [need] : NONE);

/** What is left to ask where registers that are read hold something, and none that is changed is r10. */
export function lastNeed(insn: Insn): Need | undefined {
  switch (insn.kind) {
    case "alu": {
      // Anything may be moved.
      const { op, width, dst, src } = insn;
      return isMove(insn) ? undefined : { kind: "operands", op, width, dst, src };
    }
    case "load":
      return access(insn, "read", undefined, insn.signed, undefined);
    case "load_acquire":
      return access(insn, "read", undefined, undefined, true);
    case "store":
      return access(insn, "write", insn.src, undefined, undefined);
    case "store_release":
      return access(insn, "write", { reg: insn.src }, undefined, true);
    case "atomic":
      return access(insn, "update", { reg: insn.src }, undefined, undefined);
    case "ld_imm64":
      return { kind: "address", value: insn.value };
    case "call":
      return { kind: "callable", callee: insn.callee };
    case "exit":
      return LEAVE;
    case "addr_space_cast":
      return ARENA;
    case "load_packet":
      return PACKET;
    case "gotox":
    case "callx":
      return { kind: "known", what: insn.kind };
    case "raw":
      return { kind: "known", what: "bytes that are no instruction" };
    default:
      return undefined;
  }
}

const LEAVE: Need = { kind: "leave" };
const ARENA: Need = { kind: "arena" };
const PACKET: Need = { kind: "packet" };

/** One shape for all accesses. */
const access = (
  { base, off, size }: { readonly base: Reg; readonly off: number; readonly size: Size },
  mode: AccessMode,
  value: Src | undefined,
  signed: boolean | undefined,
  atomic: boolean | undefined,
): Need => ({ kind: "access", base, off, size, mode, value, signed, atomic });

/**
 * Registers that must hold something, bit n for rn: where they do, `lastNeed` is all that is left to ask. Undefined where
 * `needsOf` must be asked one by one.
 */
export function readsOf(insn: Insn): number | undefined {
  const reads = registersOf(insn);
  return reads & NO_PLAN ? undefined : reads;
}

const FRAME = 10;
/** Stands among the registers where the needs must be asked one by one. */
const NO_PLAN = 1 << FRAME;

// r10 always holds something and may not be changed, and of r11 nothing is known.
const reading = (r: Reg): number => (r > FRAME ? NO_PLAN : r === FRAME ? 0 : 1 << r);
const changing = (r: Reg): number => (r >= FRAME ? NO_PLAN : 0);
const readingSrc = (src: Src): number => ("reg" in src ? reading(src.reg) : 0);

function registersOf(insn: Insn): number {
  switch (insn.kind) {
    case "alu":
      return readingSrc(insn.src) | (isMove(insn) ? 0 : reading(insn.dst)) | changing(insn.dst);
    case "neg":
    case "endian":
      return reading(insn.dst) | changing(insn.dst);
    case "load":
    case "load_acquire":
      return reading(insn.base) | changing(insn.dst);
    case "store":
      return readingSrc(insn.src) | reading(insn.base);
    case "store_release":
      return reading(insn.src) | reading(insn.base);
    case "atomic": {
      const result = resultOf(insn);
      const compared = insn.op === "cmpxchg" ? reading(0) : 0;
      return reading(insn.src) | reading(insn.base) | compared | (result === undefined ? 0 : changing(result));
    }
    case "ld_imm64":
      return changing(insn.dst);
    case "jump":
      return insn.cond ? readingSrc(insn.cond.src) | reading(insn.cond.dst) : 0;
    case "addr_space_cast":
      return reading(insn.src) | changing(insn.dst);
    case "load_packet":
      return reading(6) | (insn.src === undefined ? 0 : reading(insn.src));
    default:
      return 0;
  }
}

const isMove = ({ op }: Insn & { readonly kind: "alu" }): boolean => op.startsWith("mov");

/** The register that gets what was in memory. */
const resultOf = ({ op, fetch, src }: Insn & { readonly kind: "atomic" }): Reg | undefined =>
  op === "cmpxchg" ? 0 : fetch ? src : undefined;
