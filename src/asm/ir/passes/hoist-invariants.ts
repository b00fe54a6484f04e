/**
 * Arithmetic that gives the same in every round of a loop is done once, before it: where it is done in every round, and
 * where its result takes the register of an operand that nobody in the loop needs besides.
 * Relies on: loops are rotated, so that what stands before one runs only if its body does. Keeps: the order of effects.
 * Addresses stay where their checks are, and so does what is made of a number that the loop asks about: the kernel knows
 * the bounds of what was made behind the check only.
 */
import { predecessors } from "../cfg.ts";
import { type Dominators, dominators } from "../dominators.ts";
import { blockMap, Ids, type Pass, withBlocks } from "../edit.ts";
import { eachOperand, eachTermOperand, mapSuccessors, operands, successors } from "../inst.ts";
import { jumpTo, withArgs, withInsts, withTerm } from "../layout.ts";
import { type Loop, loopsOf } from "../loops.ts";
import type { Block, BlockId, Inst, IrFunction, ValueId } from "../model.ts";
import { definitions } from "../uses.ts";

export const hoistInvariants: Pass = {
  name: "hoist-invariants",
  run(fn) {
    let at = fn;
    for (let round = 0; round < maxRounds; round++) {
      const after = once(at);
      if (after === at) break;
      at = after;
    }
    return at;
  },
};

/** Loops from which something moves; what would move from more is not worth the time. */
const maxRounds = 16;

function once(fn: IrFunction): IrFunction {
  const doms = dominators(fn);
  for (const loop of loopsOf(fn, doms)) {
    const after = hoisted(fn, loop, doms);
    if (after !== fn) return after;
  }
  return fn;
}

function hoisted(fn: IrFunction, loop: Loop, doms: Dominators): IrFunction {
  const moved = invariants(fn, loop, doms);
  const outside = predecessors(fn.blocks)
    .get(loop.header)!
    .filter((pred) => !loop.blocks.has(pred));
  const [before, ...others] = outside;
  if (moved.length === 0 || before === undefined || others.length > 0) return fn;
  const ids = new Ids(fn);
  const blocks = blockMap(fn);
  const gone = new Set(moved);
  for (const id of loop.blocks) {
    const block = blocks.get(id)!;
    const insts = block.insts.filter((inst) => !gone.has(inst));
    if (insts.length < block.insts.length) blocks.set(id, withInsts(block, insts));
  }
  const home = blocks.get(before)!;
  if (home.term.op === "jump") blocks.set(before, withInsts(home, [...home.insts, ...moved]));
  else putBetween(blocks, home, { id: ids.block(), insts: moved, term: jumpTo(loop.header, undefined) });
  return withBlocks(fn, blocks, { nextId: ids.next });
}

/** A block of its own on the way from `from` to where it jumps. */
function putBetween(
  blocks: Map<BlockId, Block>,
  from: Block,
  made: Block & { term: { op: "jump"; to: BlockId } },
): void {
  const { to } = made.term;
  const block = blocks.get(to)!;
  const insts = block.insts.map((inst) => {
    if (inst.op !== "phi") return inst;
    return withArgs(
      inst,
      inst.args.map((arg) => (arg.block === from.id ? { block: made.id, value: arg.value } : arg)),
    );
  });
  blocks.set(to, withInsts(block, insts));
  blocks.set(made.id, made);
  blocks.set(
    from.id,
    withTerm(
      from,
      mapSuccessors(from.term, (next) => (next === to ? made.id : next)),
    ),
  );
}

const movable: ReadonlySet<Inst["op"]> = new Set(["bin", "neg", "zext", "sext", "bswap"]);

/** Numbers only: none of a pointer's bits either. */
const isArithmetic = (inst: Inst, defs: ReadonlyMap<ValueId, Inst>): boolean =>
  movable.has(inst.op) &&
  inst.ty !== "ptr" &&
  operands(inst).every((value) => {
    const { op, ty } = defs.get(value)!;
    return ty !== "ptr" && op !== "cast";
  });

/** What can move, in order; of each, the constants that it reads come with it. */
function invariants(fn: IrFunction, loop: Loop, doms: Dominators): readonly Inst[] {
  const defs = definitions(fn);
  const body = fn.blocks.filter(({ id }) => loop.blocks.has(id));
  const inside = new Set(body.flatMap(({ insts }) => insts.map(({ id }) => id)));
  const uses = usesIn(fn, loop, defs);
  const moved: Inst[] = [];
  for (const { id, insts } of body) {
    if (!loop.latches.every((latch) => doms.dominates(id, latch))) continue;
    for (const inst of insts) {
      if (!isArithmetic(inst, defs)) continue;
      const read = operands(inst).filter((value) => defs.get(value)!.op !== "const");
      if (read.some((value) => inside.has(value) || uses.asked.has(value)) || uses.asked.has(inst.id)) continue;
      if (!read.some((value) => uses.count.get(value) === 1)) continue;
      for (const value of operands(inst)) {
        // A constant that is made in the loop is made before it from now on, and takes a register only where it is read.
        if (!read.includes(value) && inside.delete(value)) moved.push(defs.get(value)!);
        uses.count.set(value, (uses.count.get(value) ?? 1) - 1);
      }
      inside.delete(inst.id);
      moved.push(inst);
    }
  }
  return moved;
}

/** How often each value is read in the loop or behind it, and which the loop's branches and comparisons ask about. */
function usesIn(fn: IrFunction, loop: Loop, defs: ReadonlyMap<ValueId, Inst>) {
  const count = new Map<ValueId, number>();
  const asked = new Set<ValueId>();
  const reached = behind(fn, loop);
  const note = (value: ValueId): void => {
    count.set(value, (count.get(value) ?? 0) + 1);
  };
  for (const { id, insts, term } of fn.blocks) {
    if (!reached.has(id)) continue;
    for (const inst of insts) {
      eachOperand(inst, note);
      if (inst.op === "cmp" && loop.blocks.has(id)) eachOperand(inst, (value) => askedBy(value, defs, asked));
    }
    eachTermOperand(term, note);
    if (term.op === "br" && loop.blocks.has(id)) eachTermOperand(term, (value) => askedBy(value, defs, asked));
  }
  return { count, asked };
}

/** What is asked, and what it was extended or cut from. */
function askedBy(value: ValueId, defs: ReadonlyMap<ValueId, Inst>, asked: Set<ValueId>): void {
  for (let at: ValueId | undefined = value; at !== undefined && !asked.has(at); ) {
    asked.add(at);
    const def: Inst = defs.get(at)!;
    at = def.op === "zext" || def.op === "sext" || def.op === "trunc" ? def.a : undefined;
  }
}

/** The loop and all that may run after it was entered. */
function behind(fn: IrFunction, loop: Loop): ReadonlySet<BlockId> {
  const terms = new Map(fn.blocks.map(({ id, term }) => [id, term]));
  const seen = new Set<BlockId>(loop.blocks);
  const work = [...loop.blocks];
  for (let at = work.pop(); at !== undefined; at = work.pop()) {
    for (const to of successors(terms.get(at)!)) {
      if (seen.has(to)) continue;
      seen.add(to);
      work.push(to);
    }
  }
  return seen;
}
