/** Holds a function to the rules of SSA; what breaks one is a bug of the pass that ran last. */
import { bug } from "../../support/bug.ts";
import { predecessors, reversePostOrder } from "./cfg.ts";
import { type Dominators, dominators } from "./dominators.ts";
import { operands, successors, termOperands, valueType } from "./inst.ts";
import type { Block, BlockId, Inst, IrFunction, IrType, ValueId } from "./model.ts";
import { printInst, printIr } from "./print.ts";

interface Place {
  readonly block: BlockId;
  readonly index: number;
  readonly inst: Inst;
}

class Checker {
  readonly #fn: IrFunction;
  readonly #after: string;
  readonly #defs = new Map<ValueId, Place>();
  readonly #slots: ReadonlySet<number>;

  constructor(fn: IrFunction, after: string) {
    this.#fn = fn;
    this.#after = after;
    this.#slots = new Set(fn.slots.map((slot) => slot.id));
  }

  #fail(text: string): never {
    return bug(`SSA of ${this.#fn.name} broken after ${this.#after}: ${text}\n${printIr(this.#fn)}`);
  }

  run(): void {
    this.#collect();
    this.#shape();
    const doms = dominators(this.#fn);
    const preds = predecessors(this.#fn.blocks);
    for (const block of this.#fn.blocks) {
      this.#phis(block, preds.get(block.id)!, doms);
      block.insts.forEach((inst, index) => {
        if (inst.op !== "phi") this.#operandsDominate(operands(inst), block.id, index, doms, inst);
        this.#types(inst);
      });
      this.#operandsDominate(termOperands(block.term), block.id, block.insts.length, doms);
      this.#terminator(block);
    }
  }

  #collect(): void {
    const ids = new Set<number>();
    for (const block of this.#fn.blocks) {
      if (ids.has(block.id) || block.id >= this.#fn.nextId) this.#fail(`block b${block.id} twice or too great`);
      ids.add(block.id);
      block.insts.forEach((inst, index) => {
        if (ids.has(inst.id) || inst.id >= this.#fn.nextId) this.#fail(`%${inst.id} twice or too great`);
        ids.add(inst.id);
        this.#defs.set(inst.id, { block: block.id, index, inst });
        if ((inst.op === "slot" || inst.op === "end") && !this.#slots.has(inst.slot))
          this.#fail(`no slot s${inst.slot}`);
      });
    }
  }

  #shape(): void {
    const { blocks } = this.#fn;
    const byId = new Map(blocks.map((block) => [block.id, block]));
    for (const block of blocks) {
      for (const next of successors(block.term)) {
        if (!byId.has(next)) this.#fail(`b${block.id} goes to b${next}, which is not there`);
        if (next === blocks[0]!.id) this.#fail(`b${block.id} goes back to the entry`);
      }
    }
    if (reversePostOrder(blocks[0]!.id, byId).length !== blocks.length) this.#fail("unreachable blocks");
  }

  #phis(block: Block, preds: readonly BlockId[], doms: Dominators): void {
    let first = true;
    for (const inst of block.insts) {
      if (inst.op !== "phi") {
        first = false;
        continue;
      }
      if (!first) this.#fail(`phi %${inst.id} is not first`);
      const from = new Set(inst.args.map((arg) => arg.block));
      if (from.size !== inst.args.length || from.size !== preds.length || !preds.every((pred) => from.has(pred)))
        this.#fail(`arguments of ${printInst(inst)} are not those of [${preds.map((p) => `b${p}`).join(" ")}]`);
      for (const arg of inst.args) {
        const def = this.#def(arg.value, inst);
        if (!doms.dominates(def.block, arg.block)) this.#fail(`%${arg.value} does not reach b${arg.block}`);
      }
    }
  }

  #def(value: ValueId, user?: Inst): Place {
    return this.#defs.get(value) ?? this.#fail(`%${value} is not defined${user ? `: ${printInst(user)}` : ""}`);
  }

  #operandsDominate(values: readonly ValueId[], block: BlockId, index: number, doms: Dominators, user?: Inst): void {
    for (const value of values) {
      const def = this.#def(value, user);
      const before = def.block === block ? def.index < index : doms.dominates(def.block, block);
      if (!before) this.#fail(`%${value} does not dominate its use in b${block}${user ? `: ${printInst(user)}` : ""}`);
    }
  }

  #typeOf(value: ValueId): IrType {
    return valueType(this.#def(value).inst);
  }

  #types(inst: Inst): void {
    const wrong = (): never => this.#fail(`types of ${printInst(inst)}`);
    const is = (value: ValueId, ...types: IrType[]): void => {
      if (!types.includes(this.#typeOf(value))) wrong();
    };
    switch (inst.op) {
      case "bin":
        this.#binTypes(inst.fn, inst.ty, this.#typeOf(inst.a), this.#typeOf(inst.b)) || wrong();
        break;
      case "cmp":
        is(inst.b, this.#typeOf(inst.a));
        if (inst.ty === "ptr") wrong();
        break;
      case "neg":
      case "opaque":
        is(inst.a, inst.ty);
        break;
      case "zext":
      case "sext":
        is(inst.a, "i32", "i64");
        if (inst.from === 32 && inst.ty !== "i64") wrong();
        break;
      case "trunc":
        is(inst.a, "i64", "ptr");
        break;
      case "space_cast":
        is(inst.a, "ptr");
        break;
      case "cast":
        is(inst.a, inst.ty === "ptr" ? "i64" : "ptr");
        break;
      case "load":
        is(inst.base, "ptr");
        if (inst.size === 8 ? inst.ty === "i32" : inst.ty === "ptr") wrong();
        break;
      case "store":
        is(inst.base, "ptr");
        is(inst.value, ...(inst.size === 8 ? (["i64", "ptr"] as const) : (["i32", "i64"] as const)));
        break;
      case "copy":
        is(inst.src, "ptr");
        is(inst.dst, "ptr");
        break;
      case "fill":
        is(inst.dst, "ptr");
        break;
      case "atomic":
        is(inst.base, "ptr");
        break;
      case "call":
        // a function of the unit may lose parameters yet: the five that BPF passes are counted when all is known
        if (inst.args.length > 5 && inst.callee.kind !== "function") wrong();
        break;
      case "phi":
        for (const arg of inst.args) is(arg.value, inst.ty);
        break;
      default:
        break;
    }
  }

  #binTypes(fn: string, ty: IrType, a: IrType, b: IrType): boolean {
    if (a === "ptr" || b === "ptr" || ty === "ptr") {
      if (fn === "sub" && a === "ptr" && b === "ptr") return ty === "i64";
      return (fn === "add" || fn === "sub") && a === "ptr" && b === "i64" && ty === "ptr";
    }
    return a === ty && b === ty;
  }

  #terminator({ id, term }: Block): void {
    if (term.op === "br" && this.#typeOf(term.a) !== this.#typeOf(term.b)) this.#fail(`types of the branch of b${id}`);
    if (term.op !== "ret") return;
    const type = term.value === undefined ? "void" : this.#typeOf(term.value);
    if (type !== this.#fn.ret) this.#fail(`b${id} returns ${type}, not ${this.#fn.ret}`);
  }
}

/** Throws `InternalError` naming `after`, the pass that ran last, where the function breaks a rule of SSA. */
export function checkSsa(fn: IrFunction, after: string): void {
  new Checker(fn, after).run();
}
