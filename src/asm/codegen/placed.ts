/** Code with registers and stack offsets in place, still as blocks: what the last passes and layout work on. */

import type { CoreAccess } from "../../btf/core.ts";
import { addrSpaceCast } from "../../isa/build.ts";
import type { Condition, Insn, Reg, Src } from "../../isa/insn.ts";
import { bug } from "../../support/bug.ts";
import { flatMap } from "../../support/lists.ts";
import type { Span } from "../../support/span.ts";
import type { AsmCode, BlockId } from "../ir/model.ts";
import type { Frame } from "./frame.ts";
import {
  FP,
  type MBlock,
  type MFunction,
  type MInst,
  type MTerm,
  type Recipe,
  type VCond,
  type VReg,
  type VSrc,
} from "./machine.ts";

interface Common {
  readonly span?: Span;
  readonly core?: CoreAccess;
}

/** An instruction, skipped where `unless` holds. */
export interface InsnItem extends Common {
  readonly insn: Insn;
  readonly unless?: Condition | "may_goto";
  /** Of a call: it reads r1 to r`args`. */
  readonly args?: number;
  readonly asm?: undefined;
}

/** Assembly, which has labels and jumps of its own; changes the registers of `writes`. */
export interface AsmItem extends Common {
  readonly asm: AsmCode;
  readonly writes: readonly Reg[];
}

export type Item = InsnItem | AsmItem;

export type PlacedTerm = { readonly span?: Span } & (
  | { readonly kind: "jump"; readonly to: BlockId }
  | {
      readonly kind: "branch";
      readonly cond: Condition | "may_goto";
      readonly yes: BlockId;
      readonly no: BlockId;
      readonly likely?: boolean;
    }
  | { readonly kind: "exit" }
);

export interface Placed {
  readonly id: BlockId;
  readonly items: readonly Item[];
  readonly term: PlacedTerm;
}

/** Relies on: only machine registers are left. */
export function place(fn: MFunction, frame: Frame): readonly Placed[] {
  return fn.blocks.map((block: MBlock) => ({
    id: block.id,
    items: flatMap(block.insts, (inst) => placeInst(inst, frame)),
    term: placeTerm(block.term),
  }));
}

const reg = (r: VReg): Reg => (r <= FP ? (r as Reg) : bug(`register ${r} has no place`));
const src = (s: VSrc): Src => ("reg" in s ? { reg: reg(s.reg) } : s);
const condition = (c: VCond | "may_goto"): Condition | "may_goto" =>
  c === "may_goto" ? c : { op: c.op, width: c.width, dst: reg(c.a), src: src(c.b) };

function placeTerm(term: MTerm): PlacedTerm {
  if (term.kind === "branch") return { ...term, cond: condition(term.cond) };
  if (term.kind === "jump") return term;
  return { kind: "exit", ...(term.span && { span: term.span }) };
}

function placeInst(inst: MInst, frame: Frame): Item[] {
  const rest = { ...(inst.span && { span: inst.span }), ...(inst.core && { core: inst.core }) };
  if (inst.kind === "make") return made(reg(inst.dst), inst.recipe, frame).map((insn) => ({ insn, ...rest }));
  if (inst.kind === "unless") {
    const insn: Insn = { kind: "alu", op: "mov", width: inst.width, dst: reg(inst.dst), src: src(inst.value) };
    return [{ insn, unless: condition(inst.cond), ...rest }];
  }
  if (inst.kind === "asm") return [{ asm: inst.code, writes: registersIn(inst.writes), ...rest }];
  if (inst.kind === "call") return [{ insn: insnOf(inst, frame), args: inst.args, ...rest }];
  return [{ insn: insnOf(inst, frame), ...rest }];
}

const registersIn = (bits: number): readonly Reg[] =>
  ([0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const).filter((r) => bits & (1 << r));

function made(dst: Reg, recipe: Recipe, frame: Frame): Insn[] {
  switch (recipe.kind) {
    case "imm":
      return [{ kind: "alu", op: "mov", width: recipe.width, dst, src: { imm: recipe.imm } }];
    case "wide":
      return [{ kind: "ld_imm64", dst, value: recipe.value }];
    case "frame":
      return [
        { kind: "alu", op: "mov", width: 64, dst, src: { reg: FP } },
        { kind: "alu", op: "add", width: 64, dst, src: { imm: frame.offsets.get(recipe.slot)! + recipe.off } },
      ];
  }
}

function insnOf(inst: Exclude<MInst, { kind: "make" | "unless" | "asm" }>, frame: Frame): Insn {
  switch (inst.kind) {
    case "copy":
      return { kind: "alu", op: "mov", width: inst.width, dst: reg(inst.dst), src: { reg: reg(inst.src) } };
    case "extend":
      return { kind: "alu", op: inst.op, width: inst.width, dst: reg(inst.dst), src: { reg: reg(inst.src) } };
    case "alu":
      return { kind: "alu", op: inst.op, width: inst.width, dst: reg(inst.dst), src: src(inst.src) };
    case "neg":
      return { kind: "neg", width: inst.width, dst: reg(inst.dst) };
    case "addr_space_cast":
      return addrSpaceCast(reg(inst.dst), reg(inst.src), inst.to, inst.from);
    case "endian":
      return { kind: "endian", op: inst.op, bits: inst.bits, dst: reg(inst.dst) };
    case "load":
      return { kind: "load", size: inst.size, signed: inst.signed, dst: reg(inst.dst), ...address(inst, frame) };
    case "store":
      return { kind: "store", size: inst.size, src: src(inst.src), ...address(inst, frame) };
    case "atomic":
      return {
        kind: "atomic",
        op: inst.op,
        size: inst.size,
        fetch: inst.fetch,
        src: reg(inst.src),
        ...address(inst, frame),
      };
    case "call":
      return { kind: "call", callee: inst.callee };
  }
}

function address(inst: { readonly base: VReg; readonly slot?: number; readonly off: number }, frame: Frame) {
  const inFrame = inst.slot === undefined ? 0 : (frame.offsets.get(inst.slot) ?? bug("stack object without a place"));
  return { base: reg(inst.base), off: inst.off + inFrame };
}

/** The blocks that control may go to. */
export const successorsOf = (term: PlacedTerm): readonly BlockId[] =>
  term.kind === "jump" ? [term.to] : term.kind === "branch" ? [term.yes, term.no] : [];
