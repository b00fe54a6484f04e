/**
 * Puts bodies of static functions in the place of calls: those that must be inlined, those called once, small ones.
 * Callees come first, so that what is inlined has been made small before.
 * Relies on: no recursion. Keeps: functions that are entries, global, or whose address is taken.
 */
import { blockMap, Ids, withBlocks } from "../edit.ts";
import { copyAs, type InstBody, type InstOf, mapSuccessors, mapTermOperands } from "../inst.ts";
import { copyOf, copyOfTerm, instOf, jumpTo, withArgs, withInsts } from "../layout.ts";
import type {
  Block,
  BlockId,
  Inst,
  IrFunction,
  IrProgram,
  IrType,
  PhiArg,
  Slot,
  SlotId,
  Term,
  ValueId,
} from "../model.ts";

export interface InlineOptions {
  /** Hears of each function before and after. */
  readonly inlined?: (before: IrFunction, after: IrFunction) => void;
  /** Inline what is only worth it, too; else only what the source demands. */
  readonly auto: boolean;
  /** Instructions up to which a function is inlined at each of its calls. */
  readonly small?: number;
  /** Runs over each function after calls in it were inlined. */
  readonly optimise: (fn: IrFunction) => IrFunction;
  /** Runs instead over functions whose only call is inlined: their caller optimises what they hold. */
  readonly prepare?: (fn: IrFunction) => IrFunction;
}

const defaultSmall = 40;
/** Instructions up to which a function is inlined that no program would hold twice. */
const largestSingle = 60;
/** Functions beyond this size take no more bodies in, unless the source demands it. */
const callerLimit = 50_000;

const calleeOf = (inst: Inst): string | undefined =>
  inst.op === "call" && inst.callee.kind === "function" ? inst.callee.name : undefined;

/** Inlines calls and leaves out the functions that nobody needs any more. */
export function inlineCalls(program: IrProgram, options: InlineOptions): IrProgram {
  const made = new Map<string, IrFunction>();
  const calls = countCalls(program);
  const copies = copiesPerRoot(program);
  const callbacks = addressed(program);
  const once = ({ name, linkage }: IrFunction): boolean => linkage === "static" && calls.get(name) === 1;
  const wanted = (callee: IrFunction): boolean => {
    if (callee.inlining !== "auto") return callee.inlining === "always";
    if (!options.auto || callee.section !== undefined) return false;
    if (once(callee)) return true;
    const size = codeSize(callee);
    if (callee.linkage === "static" && copies.get(callee.name) === 1 && size <= largestSingle) return true;
    return Math.max(size, sizeOf(callee)) <= (options.small ?? defaultSmall);
  };
  for (const fn of calleesFirst({ functions: needed(program.functions) })) {
    const inlined = inlineInto(fn, (name) => {
      const callee = made.get(name);
      return callee && wanted(callee) ? callee : undefined;
    });
    options.inlined?.(fn, inlined);
    const goes = once(fn) && wanted(fn) && !callbacks.has(fn.name);
    const passes = goes ? (options.prepare ?? options.optimise) : options.optimise;
    made.set(fn.name, passes(inlined));
  }
  return { functions: needed(program.functions.flatMap((fn) => made.get(fn.name) ?? [])) };
}

const sizeOf = (fn: IrFunction): number => fn.blocks.reduce((sum, block) => sum + block.insts.length + 1, 0);

/** About how many machine instructions the function becomes. */
const codeSize = (fn: IrFunction): number =>
  fn.blocks.reduce(
    (sum, { insts, term }) => insts.reduce((n, inst) => n + weightOf(inst), sum + termWeights[term.op]),
    0,
  );

const termWeights: Readonly<Record<Term["op"], number>> = { jump: 0, br: 1, ret: 1, unreachable: 1 };

function weightOf(inst: Inst): number {
  switch (inst.op) {
    case "const":
    case "undef":
    case "param":
    case "slot":
    case "phi":
    case "cast":
    case "trunc":
    case "end":
      return 0;
    case "addr":
    case "sext":
    case "cmp":
      return 2;
    case "copy":
      return 2 * Math.ceil(inst.length / inst.align);
    case "fill":
      return Math.ceil(inst.length / inst.align);
    case "call":
      return 1 + inst.args.length;
    default:
      return 1;
  }
}

/** Beyond this many steps the copies are not counted: no function then has one. */
const maxCounting = 1_000_000;

/**
 * How often each function would be in the program or global function that needs it most, were all calls inlined: each
 * of them is loaded with a copy of its own of every function that it calls.
 */
function copiesPerRoot(program: IrProgram): Map<string, number> {
  const order = calleesFirst(program).reverse();
  const calls = new Map(order.map((fn) => [fn.name, mentions(fn)]));
  const roots = order.filter((fn) => fn.section !== undefined || fn.linkage === "global" || fn.keep);
  const most = new Map<string, number>();
  let steps = roots.length * order.length;
  if (steps > maxCounting) return most;
  for (const root of roots) {
    const count = new Map([[root.name, 1]]);
    for (const { name } of order) {
      const times = count.get(name);
      if (times === undefined) continue;
      const callees = calls.get(name)!;
      steps += callees.length;
      for (const callee of callees) count.set(callee, Math.min(1000, (count.get(callee) ?? 0) + times));
    }
    for (const [name, times] of count) most.set(name, Math.max(times, most.get(name) ?? 0));
    if (steps > maxCounting) return new Map();
  }
  return most;
}

function countCalls(program: IrProgram): Map<string, number> {
  const counts = new Map<string, number>();
  const count = (name: string): void => {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  };
  for (const fn of program.functions) for (const name of mentions(fn)) count(name);
  return counts;
}

/** Functions whose address code takes. */
function addressed(program: IrProgram): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { blocks } of program.functions) {
    for (const { insts } of blocks)
      for (const inst of insts) if (inst.op === "addr" && inst.symbol.kind === "func") names.add(inst.symbol.name);
  }
  return names;
}

const mentioned = new WeakMap<IrFunction, readonly string[]>();

/** Functions that `fn` calls or takes the address of, once for each time. */
function mentions(fn: IrFunction): readonly string[] {
  let names = mentioned.get(fn);
  if (!names) {
    names = newMentions(fn);
    mentioned.set(fn, names);
  }
  return names;
}

function newMentions({ blocks }: IrFunction): readonly string[] {
  const names: string[] = [];
  for (const { insts } of blocks) {
    for (const inst of insts) {
      const name = inst.op === "addr" ? (inst.symbol.kind === "func" ? inst.symbol.name : undefined) : calleeOf(inst);
      if (name !== undefined) names.push(name);
    }
  }
  return names;
}

/** Every function after those it calls; of a cycle (refused before) some order. */
function calleesFirst(program: IrProgram): IrFunction[] {
  const byName = new Map(program.functions.map((fn) => [fn.name, fn]));
  const seen = new Set<string>();
  const order: IrFunction[] = [];
  for (const root of program.functions) {
    if (seen.has(root.name)) continue;
    seen.add(root.name);
    const stack = [{ fn: root, next: [...mentions(root)] }];
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const name = top.next.pop();
      if (name === undefined) {
        order.push(top.fn);
        stack.pop();
        continue;
      }
      const fn = byName.get(name);
      if (!fn || seen.has(name)) continue;
      seen.add(name);
      stack.push({ fn, next: [...mentions(fn)] });
    }
  }
  return order;
}

/** Entries, global functions, what data names, and all that these mention. */
function needed(functions: readonly IrFunction[]): IrFunction[] {
  const byName = new Map(functions.map((fn) => [fn.name, fn]));
  const work = functions.filter((fn) => fn.section !== undefined || fn.linkage === "global" || fn.keep);
  const kept = new Set(work.map((fn) => fn.name));
  for (let fn = work.pop(); fn; fn = work.pop()) {
    for (const name of mentions(fn)) {
      const other = byName.get(name);
      if (!other || kept.has(name)) continue;
      kept.add(name);
      work.push(other);
    }
  }
  return functions.filter((fn) => kept.has(fn.name));
}

interface Return {
  readonly block: BlockId;
  readonly value: ValueId | undefined;
}

/** The caller while bodies are put into it. */
interface Growing {
  readonly ids: Ids;
  readonly slots: Slot[];
  nextSlot: number;
  readonly blocks: Map<BlockId, Block>;
  /** Where the part of a split block that keeps its terminator is now. */
  readonly tails: Map<BlockId, BlockId>;
  size: number;
}

function inlineInto(fn: IrFunction, choose: (name: string) => IrFunction | undefined): IrFunction {
  const cx: Growing = {
    ids: new Ids(fn),
    slots: [...fn.slots],
    nextSlot: fn.slots.reduce((most, slot) => Math.max(most, slot.id + 1), 0),
    blocks: blockMap(fn),
    tails: new Map(),
    size: sizeOf(fn),
  };
  let changed = false;
  for (const block of fn.blocks) {
    let head: BlockId = block.id;
    let insts: Inst[] = [];
    for (const inst of block.insts) {
      const name = calleeOf(inst);
      const callee = name === undefined ? undefined : choose(name);
      const full = cx.size > callerLimit && callee?.inlining !== "always";
      if (!callee || full || inst.op !== "call") {
        insts.push(inst);
        continue;
      }
      changed = true;
      const rest = cx.ids.block();
      insts = spliceBody(cx, { head, insts, call: inst, callee, rest });
      head = rest;
    }
    if (head === block.id) continue;
    cx.blocks.set(head, { id: head, insts, term: returnAsWritten(cx, insts, block.term) });
    cx.tails.set(block.id, head);
  }
  if (!changed) return fn;
  for (const [id, block] of cx.blocks) cx.blocks.set(id, moveTails(block, cx.tails, fn.nextId));
  return withBlocks(fn, cx.blocks, { slots: cx.slots, nextId: cx.ids.next });
}

/** `return f();` of a function that returns at one place: that place is the one to show. */
function returnAsWritten(cx: Growing, insts: readonly Inst[], term: Term): Term {
  const [only] = insts;
  if (term.op !== "ret" || insts.length !== 1 || only?.op !== "phi" || only.id !== term.value) return term;
  const span = only.args.length === 1 ? cx.blocks.get(only.args[0]!.block)?.term.span : undefined;
  return span ? copyOfTerm({ ...term, span }) : term;
}

/** Phis of the caller's own blocks saw the whole block before it was split. */
function moveTails(block: Block, tails: ReadonlyMap<BlockId, BlockId>, ownBelow: number): Block {
  if (block.id >= ownBelow || block.insts[0]?.op !== "phi") return block;
  const insts = block.insts.map((inst) =>
    inst.op === "phi" && inst.id < ownBelow
      ? withArgs(
          inst,
          inst.args.map((arg) => ({ block: tails.get(arg.block) ?? arg.block, value: arg.value })),
        )
      : inst,
  );
  return withInsts(block, insts);
}

interface Splice {
  readonly head: BlockId;
  readonly insts: readonly Inst[];
  readonly call: InstOf<"call">;
  readonly callee: IrFunction;
  readonly rest: BlockId;
}

/** Puts a copy of the callee between the two halves of a block; gives how the second half begins. */
function spliceBody(cx: Growing, { head, insts, call, callee, rest }: Splice): Inst[] {
  const entry = copyBody(cx, call, callee, rest);
  cx.blocks.set(head, {
    id: head,
    insts,
    term: jumpTo(entry.block, call.span),
  });
  if (call.ty === "void") return [];
  const args: PhiArg[] = [];
  for (const { block, value } of entry.returns) if (value !== undefined) args.push({ block, value });
  if (args.length === 0) return [instOf({ op: "undef", ty: call.ty }, call.id, call.span)];
  return [instOf({ op: "phi", ty: call.ty, args }, call.id, call.span)];
}

function copyBody(
  cx: Growing,
  call: InstOf<"call">,
  callee: IrFunction,
  rest: BlockId,
): { block: BlockId; returns: Return[] } {
  const shift = cx.ids.next;
  cx.ids.next += callee.nextId;
  cx.size += sizeOf(callee);
  const firstSlot = cx.nextSlot;
  cx.nextSlot += callee.slots.reduce((most, slot) => Math.max(most, slot.id + 1), 0);
  cx.slots.push(...callee.slots.map((slot) => ({ ...slot, id: (slot.id + firstSlot) as SlotId })));
  const params = argumentsByParam(callee, call);
  const value = (id: ValueId): ValueId => params.get(id) ?? ((id + shift) as ValueId);
  const block = (id: BlockId): BlockId => (id + shift) as BlockId;
  const returns: Return[] = [];
  for (const source of callee.blocks) {
    const insts: Inst[] = [];
    for (const inst of source.insts) {
      if (params.has(inst.id)) continue;
      const id = (inst.id + shift) as ValueId;
      if (inst.op === "param") insts.push(instOf({ op: "undef", ty: inst.ty }, id, undefined));
      else if (inst.op === "phi") {
        const args = inst.args.map((arg) => ({ block: block(arg.block), value: value(arg.value) }));
        insts.push(instOf({ op: "phi", ty: inst.ty, args }, id, inst.span));
      } else if (inst.op === "slot" || inst.op === "end") {
        const moved = copyOf(inst);
        moved.id = id;
        moved.slot = (inst.slot + firstSlot) as SlotId;
        insts.push(moved);
      } else insts.push(copyAs(inst, id, value));
    }
    const term = mapSuccessors(mapTermOperands(source.term, value), block);
    const id = block(source.id);
    if (term.op !== "ret") cx.blocks.set(id, { id, insts, term });
    else {
      const result = term.value === undefined ? undefined : asType(cx, insts, term.value, callee.ret, call);
      for (const slot of callee.slots)
        insts.push(cx.ids.inst({ op: "end", ty: "void", slot: (slot.id + firstSlot) as SlotId }, call.span));
      returns.push({ block: id, value: result });
      cx.blocks.set(id, { id, insts, term: jumpTo(rest, term.span) });
    }
  }
  return { block: block(callee.blocks[0]!.id), returns };
}

/** What the caller passes, by the number of the callee's parameter. */
function argumentsByParam(callee: IrFunction, call: InstOf<"call">): Map<ValueId, ValueId> {
  const passed = new Map<ValueId, ValueId>();
  for (const block of callee.blocks) {
    for (const inst of block.insts) {
      const arg = inst.op === "param" ? call.args[inst.index] : undefined;
      if (arg !== undefined) passed.set(inst.id, arg);
    }
  }
  return passed;
}

/** The returned value in the type that the call has. */
function asType(
  cx: Growing,
  insts: Inst[],
  value: ValueId,
  from: IrType | "void",
  call: InstOf<"call">,
): ValueId | undefined {
  if (call.ty === "void" || from === "void") return undefined;
  const change = conversion(value, from, call.ty);
  if (!change) return value;
  const made = cx.ids.inst(change, call.span);
  insts.push(made);
  return made.id;
}

function conversion(value: ValueId, from: IrType, to: IrType): InstBody | undefined {
  if (from === to) return undefined;
  if (to === "i32") return { op: "trunc", ty: "i32", a: value };
  if (from === "i32") return { op: "zext", ty: to, from: 32, a: value };
  return { op: "cast", ty: to, a: value };
}
