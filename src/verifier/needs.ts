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
      readonly value?: Src;
      readonly signed?: boolean;
      /** load_acquire and store_release. */
      readonly atomic?: boolean;
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
const LEAVE: readonly Need[] = [{ kind: "leave" }];

/** The needs of an instruction; the first that fails is the reason that the kernel gives. */
export function needsOf(insn: Insn): readonly Need[] {
  switch (insn.kind) {
    case "alu":
      return aluNeeds(insn);
    case "neg":
    case "endian":
      return [readable(insn.dst), changeable(insn.dst)];
    case "load":
      return [
        readable(insn.base),
        changeable(insn.dst),
        { kind: "access", base: insn.base, off: insn.off, size: insn.size, mode: "read", signed: insn.signed },
      ];
    case "store":
      return withSrc(insn.src, readable(insn.base), {
        kind: "access",
        base: insn.base,
        off: insn.off,
        size: insn.size,
        mode: "write",
        value: insn.src,
      });
    case "atomic":
      return atomicNeeds(insn);
    case "ld_imm64":
      return [changeable(insn.dst), { kind: "address", value: insn.value }];
    case "jump":
      return insn.cond ? withSrc(insn.cond.src, readable(insn.cond.dst)) : NONE;
    case "call":
      return [{ kind: "callable", callee: insn.callee }];
    case "exit":
      return LEAVE;
    case "may_goto":
      return NONE;
    case "addr_space_cast":
      return [readable(insn.src), changeable(insn.dst), { kind: "arena" }];
    case "load_acquire":
    case "store_release":
      return orderedNeeds(insn);
    case "load_packet":
      return [readable(6), { kind: "packet" }, ...(insn.src === undefined ? [] : [readable(insn.src)])];
    case "gotox":
      return [{ kind: "known", what: "gotox" }];
    case "callx":
      return [{ kind: "known", what: "callx" }];
    case "raw":
      return [{ kind: "known", what: "bytes that are no instruction" }];
  }
}

/** The needs of an instruction, made ready to be asked often. */
export interface Needs {
  /** Registers that must hold something, bit n for rn: where they do, `rest` is all that turns on the state. */
  readonly reads: number;
  readonly rest: readonly Need[];
}

const FRAME = 10;

export function plannedNeeds(insn: Insn): Needs {
  const all = needsOf(insn);
  let reads = 0;
  let rest: Need[] | undefined;
  for (const n of all) {
    if (n.kind === "changeable") {
      // r10 may not be changed, and of r11 nothing is known.
      if (n.reg >= FRAME) return { reads: 0, rest: all };
    } else if (n.kind === "readable") {
      if (n.reg > FRAME) return { reads: 0, rest: all };
      if (n.reg !== FRAME) reads |= 1 << n.reg;
    } else if (rest) rest.push(n);
    else rest = [n];
  }
  return { reads, rest: rest ?? NONE };
}

function aluNeeds(insn: Insn & { readonly kind: "alu" }): readonly Need[] {
  // Anything may be moved.
  if (insn.op.startsWith("mov")) return withSrc(insn.src, changeable(insn.dst));
  return withSrc(insn.src, readable(insn.dst), changeable(insn.dst), operands(insn));
}

const operands = (insn: Insn & { readonly kind: "alu" }): Need => ({
  kind: "operands",
  op: insn.op,
  width: insn.width,
  dst: insn.dst,
  src: insn.src,
});

function atomicNeeds(insn: Insn & { readonly kind: "atomic" }): readonly Need[] {
  const compared: readonly Need[] = insn.op === "cmpxchg" ? [readable(0)] : [];
  const { base, off, size } = insn;
  const result: Reg | undefined = insn.op === "cmpxchg" ? 0 : insn.fetch ? insn.src : undefined;
  return [
    readable(insn.src),
    readable(base),
    ...compared,
    ...(result === undefined ? [] : [changeable(result)]),
    { kind: "access", base, off, size, mode: "update", value: { reg: insn.src } },
  ];
}

function orderedNeeds(insn: Insn & { readonly kind: "load_acquire" | "store_release" }): readonly Need[] {
  const { base, off, size } = insn;
  if (insn.kind === "load_acquire") {
    return [readable(base), changeable(insn.dst), { kind: "access", base, off, size, mode: "read", atomic: true }];
  }
  const value: Src = { reg: insn.src };
  return [readable(insn.src), readable(base), { kind: "access", base, off, size, mode: "write", value, atomic: true }];
}
