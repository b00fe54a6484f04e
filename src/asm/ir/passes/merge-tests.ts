/**
 * Branches one after the other that lead to one place, all asking about one value. Where the first condition implies the
 * second, the first is left out; tests of bits and equality become one: `if (x & 1) goto a; if (!(x & 2)) goto a;` is
 * `if ((x & 3) != 2) goto a`; `x s< 0 || x s>= k` is `x u>= k` where k is not negative; `x < lo || x > hi` of what nobody
 * reads behind it is `x - lo u> hi - lo`, as the kernel's verifier needs no bounds of it and follows what comes next once.
 * Relies on: nothing. Keeps: instructions but for new masks and differences; the way that is taken.
 */
import { anyNumber, compares, narrowed } from "../bounds.ts";
import { predecessors } from "../cfg.ts";
import { blockMap, Ids, type Pass, withBlocks } from "../edit.ts";
import { bitsOf, branchTo, inverse, valueType } from "../inst.ts";
import { maskOf } from "../known-bits.ts";
import { blockOf, withArgs, withInsts, withTerm } from "../layout.ts";
import type { Block, BlockId, CmpOp, Inst, IrFunction, IrType, ValueId } from "../model.ts";
import { definitions, type UseCounts, useCounts } from "../uses.ts";

export const mergeTests: Pass = {
  name: "merge-tests",
  run: (fn) => new Merger(fn).run(),
};

/** One question on the way: `target` is next where it `fn`s, else `next`. */
interface Test {
  readonly block: Block;
  readonly target: BlockId;
  readonly next: BlockId;
  readonly fn: CmpOp;
  /** The opposite of `fn` is meant: only of `set`. */
  readonly not: boolean;
  readonly value: ValueId;
  readonly constant: bigint;
}

/** Goes to the target where `(value & mask) != rest`. */
interface Field {
  readonly mask: bigint;
  readonly rest: bigint;
}

class Merger {
  readonly #fn: IrFunction;
  readonly #ids: Ids;
  readonly #defs: ReadonlyMap<ValueId, Inst>;
  readonly #preds: ReadonlyMap<BlockId, readonly BlockId[]>;
  readonly #blocks: Map<BlockId, Block>;
  readonly #constants: Inst[] = [];
  readonly #gone = new Set<BlockId>();
  #uses: UseCounts | undefined;
  #changed = false;

  constructor(fn: IrFunction) {
    this.#fn = fn;
    this.#ids = new Ids(fn);
    this.#defs = definitions(fn);
    this.#preds = predecessors(fn.blocks);
    this.#blocks = blockMap(fn);
  }

  run(): IrFunction {
    for (const { id, term } of this.#fn.blocks) {
      if (term.op !== "br" || this.#gone.has(id)) continue;
      for (const target of [term.then, term.else]) {
        if (this.#dropImplied(id, target) || this.#mergeFields(id, target) || this.#mergeRange(id, target)) {
          this.#changed = true;
          break;
        }
      }
    }
    if (!this.#changed) return this.#fn;
    const entry = this.#blocks.get(this.#fn.blocks[0]!.id)!;
    this.#blocks.set(entry.id, withInsts(entry, [...this.#constants, ...entry.insts]));
    return withBlocks(this.#fn, this.#blocks, { nextId: this.#ids.next });
  }

  /** What the block asks on the way to `target`; undefined where it is not of the plain kind. */
  #test(id: BlockId, target: BlockId): Test | undefined {
    const block = this.#blocks.get(id)!;
    const { term } = block;
    if (term.op !== "br" || (term.then !== target && term.else !== target)) return undefined;
    const b = this.#defs.get(term.b);
    if (b?.op !== "const" || b.ty === "ptr") return undefined;
    const direct = term.then === target;
    const fn = direct ? term.fn : (inverse(term.fn) ?? term.fn);
    const not = !direct && term.fn === "set";
    return { block, target, next: direct ? term.else : term.then, fn, not, value: term.a, constant: b.value };
  }

  /** The test right behind `test`, with nothing between and nothing else leading there. */
  #following(test: Test): Test | undefined {
    const block = this.#blocks.get(test.next)!;
    if (block.insts.length > 0 || this.#preds.get(block.id)!.length !== 1) return undefined;
    const next = this.#test(block.id, test.target);
    if (next?.value !== test.value || next.next === test.target || next.next === test.block.id) return undefined;
    return this.#samePhis(test, next) ? next : undefined;
  }

  /** Whether the target gets the same values from either. */
  #samePhis(a: Test, b: Test): boolean {
    return this.#blocks.get(a.target)!.insts.every((inst) => {
      if (inst.op !== "phi") return true;
      const from = (block: BlockId) => inst.args.find((arg) => arg.block === block)?.value;
      return from(a.block.id) === from(b.block.id);
    });
  }

  #dropImplied(id: BlockId, target: BlockId): boolean {
    const test = this.#test(id, target);
    const next = test && this.#following(test);
    // One known number is worth its test to the kernel: what follows is checked once for it, and soon found again.
    if (!next || test.not || next.not || test.fn === "set" || test.fn === "eq") return false;
    const bits = bitsOf(valueType(this.#defs.get(test.value)!));
    if (compares(narrowed(anyNumber(bits), test.fn, test.constant), next.fn, next.constant) !== true) return false;
    const { block } = test;
    this.#blocks.set(id, withTerm(block, next.block.term));
    this.#skip([next], id);
    return true;
  }

  #mergeFields(id: BlockId, target: BlockId): boolean {
    const first = this.#test(id, target);
    if (!first) return false;
    const bits = bitsOf(valueType(this.#defs.get(first.value)!));
    const tests: Test[] = [];
    let field: Field | undefined;
    for (let test: Test | undefined = first; test; test = this.#following(test)) {
      const joined: Field | undefined = join(field, fieldOf(test, bits));
      if (!joined) break;
      field = joined;
      tests.push(test);
    }
    const last = tests[tests.length - 1];
    // A masked copy and one test: no gain over two tests, but over three.
    if (!field || !last || tests.length < 2 || (field.rest !== 0n && tests.length < 3)) return false;
    this.#blocks.set(id, this.#asking(first, field, last.next));
    this.#skip(tests.slice(1), id);
    return true;
  }

  /** Below 0 or above a number that is not: above it, unsigned. Below or above others: the same of the difference. */
  #mergeRange(id: BlockId, target: BlockId): boolean {
    const test = this.#test(id, target);
    const next = test && this.#following(test);
    if (!next || test.not || next.not) return false;
    const ty = valueType(this.#defs.get(test.value)!);
    const range = rangeOf([test, next], bitsOf(ty));
    if (!range || (range.low !== 0n && !this.#isLastRead(test, next))) return false;
    const { block, value } = test;
    const { span } = next.block.term;
    const how = { ...(span && { span }) };
    const insts = [...block.insts];
    const emit = this.#ids.emitter(insts, span);
    const less = (low: bigint): ValueId =>
      emit({ op: "bin", ty, fn: "add", a: value, b: this.#number(ty, BigInt.asUintN(bitsOf(ty), -low)) });
    const a = range.low === 0n ? value : less(range.low);
    const b = this.#number(ty, range.high - range.low);
    this.#blocks.set(id, blockOf(block.id, insts, branchTo({ ...how, fn: "ugt", a, b }, target, next.next)));
    this.#skip([next], id);
    return true;
  }

  /** Whether the two are the last to ask for a number that is no other's copy, on the stack say: nobody is told of its bounds. */
  #isLastRead({ value, block }: Test, next: Test): boolean {
    const def = this.#defs.get(value)!;
    if (!isOwnNumber(def) || (def.op === "load" && this.#defs.get(def.base)!.op === "slot")) return false;
    this.#uses ??= useCounts(this.#fn);
    const stored = block.insts.filter((inst) => inst.op === "store" && inst.value === value && inst.base !== value);
    const asks = [block, next.block].filter(({ term }) => term.op === "br" && term.a === value).length;
    return this.#uses.get(value) === stored.length + asks;
  }

  #number(ty: IrType, n: bigint): ValueId {
    const made = this.#ids.inst({ op: "const", ty, value: n }, undefined);
    this.#constants.push(made);
    return made.id;
  }

  #asking({ block, target, value }: Test, { mask, rest }: Field, next: BlockId): Block {
    const ty = valueType(this.#defs.get(value)!);
    const number = (n: bigint): ValueId => this.#number(ty, n);
    const { span } = block.term;
    const how = { ...(span && { span }) };
    if (rest === 0n) return withTerm(block, branchTo({ ...how, fn: "set", a: value, b: number(mask) }, target, next));
    const masked = this.#ids.inst({ op: "bin", ty, fn: "and", a: value, b: number(mask) }, span);
    const term = branchTo({ ...how, fn: "ne", a: masked.id, b: number(rest) }, target, next);
    return blockOf(block.id, [...block.insts, masked], term);
  }

  /** Blocks behind the skipped ones now follow `by`. */
  #skip(skipped: readonly Test[], by: BlockId): void {
    const gone = new Set(skipped.map((test) => test.block.id));
    const { next, target } = skipped[skipped.length - 1]!;
    for (const to of new Set([next, target])) {
      const block = this.#blocks.get(to)!;
      const insts = block.insts.map((inst) => {
        if (inst.op !== "phi") return inst;
        const own = inst.args.filter((arg) => !gone.has(arg.block));
        const came = inst.args.find((arg) => gone.has(arg.block));
        const known = own.some((arg) => arg.block === by);
        return withArgs(inst, came && !known ? [...own, { block: by, value: came.value }] : own);
      });
      this.#blocks.set(to, withInsts(block, insts));
    }
    for (const id of gone) {
      this.#blocks.delete(id);
      this.#gone.add(id);
    }
  }
}

/** Numbers that are made here: what they are made of is not known to be as large as they are. */
const isOwnNumber = ({ op, ty }: Inst): boolean => ty !== "ptr" && (op === "call" || op === "load" || op === "bin");

/** Between which numbers neither holds, where the machine can ask for that at once: from 0 on, or a range of its own. */
function rangeOf(tests: readonly Test[], bits: 32 | 64): { readonly low: bigint; readonly high: bigint } | undefined {
  let left = anyNumber(bits);
  for (const { fn, constant } of tests) {
    const not = inverse(fn);
    if (!not || fn === "ne") return undefined;
    const rest = narrowed(left, not, constant);
    // A number in the middle leaves two ranges.
    if (fn === "eq" && rest.umin === left.umin && rest.umax === left.umax) return undefined;
    left = rest;
  }
  const { smin: low, smax: high, umax } = left;
  if (low === 0n) return high >= 0n && high === umax ? { low, high } : undefined;
  return low > -maxMask && high > low && high < maxMask ? { low, high } : undefined;
}

/** The test as a field: any bit of a mask set, a single bit clear, or the whole value unequal to a number. */
function fieldOf({ fn, not, constant }: Test, bits: 32 | 64): Field | undefined {
  if (fn === "ne") return { mask: maskOf(bits === 32 ? "i32" : "i64"), rest: constant };
  if (fn !== "set") return undefined;
  if (!not) return { mask: constant, rest: 0n };
  return constant !== 0n && (constant & (constant - 1n)) === 0n ? { mask: constant, rest: constant } : undefined;
}

/** Both at once, where they do not contradict each other on a common bit and the machine has the mask. */
function join(a: Field | undefined, b: Field | undefined): Field | undefined {
  if (!a || !b) return b && b.mask <= maxMask ? b : undefined;
  const common = a.mask & b.mask;
  const mask = a.mask | b.mask;
  return (a.rest & common) === (b.rest & common) && mask <= maxMask ? { mask, rest: a.rest | b.rest } : undefined;
}

/** The greatest mask that is an immediate in either width. */
const maxMask = 0x7fff_ffffn;
