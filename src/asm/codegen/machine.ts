/**
 * Machine code before registers are given out: BPF instructions over numbered registers, of which 0 to 10 are the
 * machine's own and those from `FIRST_VIRTUAL` on are still to be placed. No longer SSA: phis have become copies.
 */
import type { CoreAccess } from "../../btf/core.ts";
import type { AluOp, AtomicOp, Callee, CondOp, Imm64, Reg, Size, Width } from "../../isa/insn.ts";
import type { Span } from "../../support/span.ts";
import type { AsmCode, BlockId } from "../ir/model.ts";
import { copyInst } from "./copy-inst.ts";

export type VReg = number;
export const FIRST_VIRTUAL = 16;
/** The frame pointer, r10. */
export const FP = 10;
export const isVirtual = (r: VReg): boolean => r >= FIRST_VIRTUAL;

export type VSrc = { readonly reg: VReg } | { readonly imm: number };

export interface VCond {
  readonly op: CondOp;
  readonly width: Width;
  readonly a: VReg;
  readonly b: VSrc;
}

/** A value that can be made anew wherever it is needed, from nothing but the frame pointer. */
export type Recipe =
  | { readonly kind: "imm"; readonly width: Width; readonly imm: number }
  | { readonly kind: "wide"; readonly value: Imm64 }
  /** Address in a stack object: its number in the frame's table, and bytes from its start. */
  | { readonly kind: "frame"; readonly slot: number; readonly off: number };

/** `base + off`, or with `slot` a place in that stack object (base is then `FP`). */
interface Place {
  readonly base: VReg;
  readonly slot?: number;
  readonly off: number;
}

interface Common {
  readonly span?: Span;
  readonly core?: CoreAccess;
}

export type MInst = Common &
  (
    | { readonly kind: "copy"; readonly width: Width; readonly dst: VReg; readonly src: VReg }
    | { readonly kind: "make"; readonly dst: VReg; readonly recipe: Recipe }
    /** `dst = dst op src`. */
    | { readonly kind: "alu"; readonly op: AluOp; readonly width: Width; readonly dst: VReg; readonly src: VSrc }
    /** A move that changes bits: `dst = extend(src)`. */
    | {
        readonly kind: "extend";
        readonly op: "mov" | "movs8" | "movs16" | "movs32";
        readonly width: Width;
        readonly dst: VReg;
        readonly src: VReg;
      }
    | { readonly kind: "neg"; readonly width: Width; readonly dst: VReg }
    | { readonly kind: "endian"; readonly op: "be" | "swap"; readonly bits: 16 | 32 | 64; readonly dst: VReg }
    | {
        readonly kind: "addr_space_cast";
        readonly dst: VReg;
        readonly src: VReg;
        readonly to: number;
        readonly from: number;
      }
    | (Place & {
        readonly kind: "load";
        readonly size: Size;
        readonly signed: boolean;
        readonly dst: VReg;
        /** Brings back a spilled value; may be dropped or repeated. */
        readonly reload?: true;
      })
    | (Place & { readonly kind: "store"; readonly size: Size; readonly src: VSrc; readonly spill?: true })
    | (Place & {
        readonly kind: "atomic";
        readonly op: AtomicOp;
        readonly size: Size;
        readonly fetch: boolean;
        readonly src: VReg;
      })
    /** Reads r1 to r`args`, writes r0. */
    | { readonly kind: "call"; readonly callee: Callee; readonly args: number }
    /** Assembly over machine registers: reads `uses`, changes those of the bits `writes`. */
    | { readonly kind: "asm"; readonly code: AsmCode; readonly uses: readonly Reg[]; readonly writes: number }
    /** `if (!cond) dst = value`; "may_goto" holds once the loop has to end. */
    | {
        readonly kind: "unless";
        readonly cond: VCond | "may_goto";
        readonly width: Width;
        readonly dst: VReg;
        readonly value: VSrc;
      }
  );

export type MTerm = { readonly span?: Span } & (
  | { readonly kind: "jump"; readonly to: BlockId }
  | {
      readonly kind: "branch";
      /** "may_goto" holds once the loop has to end. */
      readonly cond: VCond | "may_goto";
      readonly yes: BlockId;
      readonly no: BlockId;
      readonly likely?: boolean;
    }
  /** Reads r0 where `value`. */
  | { readonly kind: "exit"; readonly value: boolean }
);

export interface MBlock {
  readonly id: BlockId;
  readonly insts: readonly MInst[];
  readonly term: MTerm;
}

/** A stack object: a local of the program or a spilled value. */
export interface FrameSlot {
  readonly size: number;
  readonly align: Size;
  readonly name: string;
  readonly spill: boolean;
}

export interface MFunction {
  /** Entry first, reverse post-order. */
  readonly blocks: readonly MBlock[];
  readonly slots: readonly FrameSlot[];
  /** Virtual registers that stand for a recipe until `materialise` has run. */
  readonly recipes: ReadonlyMap<VReg, { readonly recipe: Recipe; readonly core?: CoreAccess }>;
  /** Greater than every register number in use. */
  readonly nextReg: VReg;
}

export const successors = (term: MTerm): readonly BlockId[] =>
  term.kind === "jump" ? [term.to] : term.kind === "branch" ? [term.yes, term.no] : [];

function srcUse(src: VSrc, use: (r: VReg) => void): void {
  if ("reg" in src) use(src.reg);
}

function condUses(cond: VCond | "may_goto", use: (r: VReg) => void): void {
  if (cond === "may_goto") return;
  use(cond.a);
  srcUse(cond.b, use);
}

/** Every register that `inst` reads, the frame pointer included. */
export function eachUse(inst: MInst, use: (r: VReg) => void): void {
  switch (inst.kind) {
    case "copy":
    case "extend":
    case "addr_space_cast":
      use(inst.src);
      return;
    case "make":
      return;
    case "alu":
      use(inst.dst);
      srcUse(inst.src, use);
      return;
    case "neg":
    case "endian":
      use(inst.dst);
      return;
    case "load":
      use(inst.base);
      return;
    case "store":
      use(inst.base);
      srcUse(inst.src, use);
      return;
    case "atomic":
      use(inst.base);
      use(inst.src);
      if (inst.op === "cmpxchg") use(0);
      return;
    case "call":
      for (let r = 1; r <= inst.args; r++) use(r);
      return;
    case "asm":
      inst.uses.forEach(use);
      return;
    case "unless":
      use(inst.dst);
      condUses(inst.cond, use);
      srcUse(inst.value, use);
      return;
  }
}

export function eachTermUse(term: MTerm, use: (r: VReg) => void): void {
  if (term.kind === "branch") condUses(term.cond, use);
  if (term.kind === "exit" && term.value) use(0);
}

/** The register that `inst` writes; a call's is r0. */
export function defOf(inst: MInst): VReg | undefined {
  switch (inst.kind) {
    case "store":
    case "asm":
      return undefined;
    case "atomic":
      return !inst.fetch ? undefined : inst.op === "cmpxchg" ? 0 : inst.src;
    case "call":
      return 0;
    default:
      return inst.dst;
  }
}

type Rename = (r: VReg) => VReg;
const renameSrc = (src: VSrc, f: Rename): VSrc => ("reg" in src ? { reg: f(src.reg) } : src);
export const renameCond = (c: VCond | "may_goto", f: Rename): VCond | "may_goto" =>
  c === "may_goto" ? c : { ...c, a: f(c.a), b: renameSrc(c.b, f) };

/** `inst` with `f` applied to every register it names. */
export function renameInst(inst: MInst, f: Rename): MInst {
  switch (inst.kind) {
    case "copy":
    case "extend":
    case "addr_space_cast": {
      const made = copyInst(inst);
      made.dst = f(inst.dst);
      made.src = f(inst.src);
      return made;
    }
    case "make":
    case "neg":
    case "endian": {
      const made = copyInst(inst);
      made.dst = f(inst.dst);
      return made;
    }
    case "alu": {
      const made = copyInst(inst);
      made.dst = f(inst.dst);
      made.src = renameSrc(inst.src, f);
      return made;
    }
    case "load": {
      const made = copyInst(inst);
      made.dst = f(inst.dst);
      made.base = f(inst.base);
      return made;
    }
    case "store": {
      const made = copyInst(inst);
      made.base = f(inst.base);
      made.src = renameSrc(inst.src, f);
      return made;
    }
    case "atomic": {
      const made = copyInst(inst);
      made.base = f(inst.base);
      made.src = f(inst.src);
      return made;
    }
    case "call":
    case "asm":
      return inst;
    case "unless":
      return {
        ...inst,
        cond: renameCond(inst.cond, f),
        dst: f(inst.dst),
        value: renameSrc(inst.value, f),
      };
  }
}

export const renameTerm = (term: MTerm, f: Rename): MTerm =>
  term.kind === "branch" ? { ...term, cond: renameCond(term.cond, f) } : term;
