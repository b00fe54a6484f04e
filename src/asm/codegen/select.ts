/** SSA to machine code over virtual registers: blocks, phis and terminators; the operations have their own files. */

import type { DiagSink } from "../../diag/diagnostic.ts";
import { bug } from "../../support/bug.ts";
import type { Block, BlockId, Inst, IrFunction } from "../ir/model.ts";
import { gatherFacts } from "./facts.ts";
import type { FrameSlot, MBlock, MFunction, MInst, MTerm, VCond, VReg } from "./machine.ts";
import {
  selectBin,
  selectBswap,
  selectCmp,
  selectMayGoto,
  selectNeg,
  selectSext,
  selectTrunc,
  selectZext,
} from "./select-alu.ts";
import { selectAsm } from "./select-asm.ts";
import { conditionOf, mayGotoOf } from "./select-branch.ts";
import { selectAtomic, selectCall, selectLoad, selectStore } from "./select-memory.ts";
import { Selector } from "./selector.ts";
import type { Target } from "./target.ts";

type Phi = Extract<Inst, { readonly op: "phi" }>;

/** What a phi's arguments are written to at the ends of its predecessors. */
interface PhiRow {
  readonly phi: Phi;
  readonly incoming: VReg;
}

/** Relies on: critical edges are split. */
export function select(fn: IrFunction, target: Target, sink: DiagSink): MFunction {
  const facts = gatherFacts(fn, target);
  const slotIndex = new Map(fn.slots.map((slot, i) => [slot.id, i]));
  const s = new Selector(facts, target, sink, slotIndex);
  const phis = new Map<BlockId, readonly PhiRow[]>();
  for (const block of fn.blocks) {
    const used = block.insts.filter((inst): inst is Phi => inst.op === "phi" && facts.useCount(inst.id) > 0);
    phis.set(
      block.id,
      used.map((phi) => ({ phi, incoming: s.fresh() })),
    );
  }
  const blocks: MBlock[] = [];
  for (const block of [...fn.blocks].reverse()) blocks.push(selectBlock(s, block, phis));
  blocks.reverse();
  const entry = blocks[0] ?? bug(`function ${fn.name} has no blocks`);
  blocks[0] = { ...entry, insts: [...paramCopies(s, fn), ...entry.insts] };
  const slots = fn.slots.map(({ size, align, name }): FrameSlot => ({ size, align, name, spill: false }));
  return { blocks, slots, recipes: s.recipes, nextReg: s.nextReg };
}

/** Parameters leave their registers first of all. */
function paramCopies(s: Selector, fn: IrFunction): readonly MInst[] {
  s.at(fn.span);
  for (const block of fn.blocks) {
    for (const inst of block.insts) {
      if (inst.op === "param" && s.isNeeded(inst.id)) s.copy(s.regOf(inst.id), inst.index + 1, inst.ty);
    }
  }
  return s.take();
}

function selectBlock(s: Selector, block: Block, phis: ReadonlyMap<BlockId, readonly PhiRow[]>): MBlock {
  const backwards: MInst[] = [];
  const collect = () => {
    const part = s.take();
    for (let i = part.length - 1; i >= 0; i--) backwards.push(part[i]!);
  };
  s.at(block.term.span);
  if (block.term.op === "jump") phiMoves(s, block.id, phis.get(block.term.to) ?? []);
  const term = selectTerm(s, block);
  collect();
  for (let i = block.insts.length - 1; i >= 0; i--) {
    const inst = block.insts[i]!;
    s.at(inst.span);
    selectInst(s, inst);
    collect();
  }
  for (const { phi, incoming } of phis.get(block.id) ?? []) {
    s.at(phi.span);
    s.copy(s.regOf(phi.id), incoming, phi.ty);
    collect();
  }
  return { id: block.id, insts: backwards.reverse(), term };
}

/** Copies for the phis of the block that comes next; a phi that another one reads is written after that one. */
function phiMoves(s: Selector, from: BlockId, rows: readonly PhiRow[]): void {
  const args = rows.map(({ phi }) => phi.args.find((arg) => arg.block === from)?.value ?? bug("phi without argument"));
  const rowOf = new Map(rows.map(({ phi }, i) => [phi.id, i]));
  const readers = new Map<number, number[]>();
  args.forEach((arg, i) => {
    const read = rowOf.get(arg);
    if (read !== undefined && read !== i) readers.set(read, [...(readers.get(read) ?? []), i]);
  });
  const done = new Set<number>();
  const write = (i: number) => {
    if (done.has(i)) return;
    done.add(i);
    readers.get(i)?.forEach(write);
    const { phi, incoming } = rows[i]!;
    s.copy(incoming, s.use(args[i]!), phi.ty);
  };
  for (let i = 0; i < rows.length; i++) write(i);
}

function selectTerm(s: Selector, { insts, term }: Block): MTerm {
  const span = term.span && { span: term.span };
  switch (term.op) {
    case "jump":
      return { kind: "jump", to: term.to, ...span };
    case "br": {
      const { cond, inverted } = mayGotoOf(s, insts, term) ?? conditionOf(s, term);
      const [yes, no] = inverted ? [term.else, term.then] : [term.then, term.else];
      const likely = term.likely === undefined ? usualWay(cond) : term.likely !== inverted;
      return { kind: "branch", cond, yes, no, ...(likely !== undefined && { likely }), ...span };
    }
    case "ret":
      if (term.value === undefined) return { kind: "exit", value: false, ...span };
      s.copy(0, s.use(term.value), s.facts.def(term.value).ty);
      return { kind: "exit", value: true, ...span };
    case "unreachable":
      // The kernel wants every path to end in an exit with a known result.
      s.copy(0, s.immReg(0n, "i32"), "i32");
      return { kind: "exit", value: true, ...span };
  }
}

/** A loop goes on far more often than the kernel has to end it. */
const usualWay = (cond: VCond | "may_goto"): false | undefined => (cond === "may_goto" ? false : undefined);

function selectInst(s: Selector, inst: Inst): void {
  switch (inst.op) {
    case "store":
      selectStore(s, inst);
      return;
    case "call":
      selectCall(s, inst);
      return;
    case "atomic":
      selectAtomic(s, inst);
      return;
    case "may_goto":
      // Without a reader it is the branch at the end of its block, or of no use.
      if (s.isNeeded(inst.id)) selectMayGoto(s, inst);
      return;
    case "asm":
      selectAsm(s, inst);
      return;
    case "copy":
    case "fill":
    case "constant_p":
    case "trap":
      bug(`${inst.op} must be gone before code generation`);
      return;
    case "load":
      if (inst.volatile || s.isNeeded(inst.id)) selectLoad(s, inst);
      return;
    default:
      if (s.isNeeded(inst.id)) selectPure(s, inst);
  }
}

function selectPure(s: Selector, inst: Inst): void {
  switch (inst.op) {
    case "bin":
      selectBin(s, inst);
      return;
    case "neg":
      selectNeg(s, inst);
      return;
    case "cmp":
      selectCmp(s, inst);
      return;
    case "zext":
      selectZext(s, inst);
      return;
    case "sext":
      selectSext(s, inst);
      return;
    case "trunc":
      selectTrunc(s, inst);
      return;
    case "bswap":
      selectBswap(s, inst);
      return;
    case "space_cast":
      s.emit({
        kind: "addr_space_cast",
        dst: s.regOf(inst.id),
        src: s.use(inst.a),
        to: inst.toSpace,
        from: inst.fromSpace,
      });
      return;
    case "opaque":
      s.copy(s.regOf(inst.id), s.use(inst.a), inst.ty);
      return;
    default:
      return; // parameters and phis have their copies; the rest never needs a register of its own
  }
}
