/** Questions that every pass asks of an instruction or a terminator: operands, effects, successors. */
import { bug } from "../../support/bug.ts";
import { branchOf, copyOf, copyOfTerm, jumpTo, withArgs } from "./layout.ts";
import type { BlockId, CmpOp, Inst, IrType, Term, ValueId } from "./model.ts";

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** An instruction that has no number yet. */
export type InstBody = DistributiveOmit<Inst, "id">;
export type InstOf<Op extends Inst["op"]> = Extract<Inst, { readonly op: Op }>;

/** What an address constant names. */
export type AddrSymbol = InstOf<"addr">["symbol"];

/** Values that the instruction reads, in order; those of a phi among them. */
export function operands(inst: Inst): readonly ValueId[] {
  switch (inst.op) {
    case "bin":
    case "cmp":
      return [inst.a, inst.b];
    case "load":
      return [inst.base];
    case "store":
      return [inst.base, inst.value];
    case "call":
    case "asm":
      return inst.args;
    default: {
      const found: ValueId[] = [];
      eachOperand(inst, (value) => found.push(value));
      return found;
    }
  }
}

/** Calls `visit` with each of `operands`. */
export function eachOperand(inst: Inst, visit: (value: ValueId) => void): void {
  switch (inst.op) {
    case "bin":
    case "cmp":
      visit(inst.a);
      visit(inst.b);
      return;
    case "neg":
    case "zext":
    case "sext":
    case "trunc":
    case "cast":
    case "bswap":
    case "space_cast":
    case "opaque":
    case "constant_p":
    case "unroll":
      visit(inst.a);
      return;
    case "load":
      visit(inst.base);
      return;
    case "store":
      visit(inst.base);
      visit(inst.value);
      return;
    case "copy":
      visit(inst.dst);
      visit(inst.src);
      return;
    case "fill":
      visit(inst.dst);
      return;
    case "call":
    case "asm":
      for (const value of inst.args) visit(value);
      return;
    case "atomic":
      visit(inst.base);
      visit(inst.value);
      if (inst.expected !== undefined) visit(inst.expected);
      return;
    case "phi":
      for (const arg of inst.args) visit(arg.value);
      return;
    default:
      return;
  }
}

/** The instruction with each operand replaced by `to` of it; the same object where nothing changes. */
export function mapOperands(inst: Inst, to: (value: ValueId) => ValueId): Inst {
  switch (inst.op) {
    case "bin":
    case "cmp": {
      const a = to(inst.a);
      const b = to(inst.b);
      if (a === inst.a && b === inst.b) return inst;
      const made = copyOf(inst);
      made.a = a;
      made.b = b;
      return made;
    }
    case "neg":
    case "zext":
    case "sext":
    case "trunc":
    case "cast":
    case "bswap":
    case "space_cast":
    case "opaque":
    case "unroll":
    case "constant_p": {
      const a = to(inst.a);
      if (a === inst.a) return inst;
      const made = copyOf(inst);
      made.a = a;
      return made;
    }
    case "load": {
      const base = to(inst.base);
      if (base === inst.base) return inst;
      const made = copyOf(inst);
      made.base = base;
      return made;
    }
    case "store": {
      const base = to(inst.base);
      const value = to(inst.value);
      if (base === inst.base && value === inst.value) return inst;
      const made = copyOf(inst);
      made.base = base;
      made.value = value;
      return made;
    }
    case "copy": {
      const dst = to(inst.dst);
      const src = to(inst.src);
      if (dst === inst.dst && src === inst.src) return inst;
      const made = copyOf(inst);
      made.dst = dst;
      made.src = src;
      return made;
    }
    case "fill": {
      const dst = to(inst.dst);
      if (dst === inst.dst) return inst;
      const made = copyOf(inst);
      made.dst = dst;
      return made;
    }
    case "call":
    case "asm": {
      const args = mapSame(inst.args, to);
      return args === inst.args ? inst : withArgs(inst, args);
    }
    case "atomic": {
      const base = to(inst.base);
      const value = to(inst.value);
      const expected = inst.expected === undefined ? undefined : to(inst.expected);
      if (base === inst.base && value === inst.value && expected === inst.expected) return inst;
      const made = copyOf(inst);
      made.base = base;
      made.value = value;
      if (expected !== undefined) made.expected = expected;
      return made;
    }
    case "phi": {
      const args = mapSame(inst.args, (arg) => {
        const value = to(arg.value);
        return value === arg.value ? arg : { block: arg.block, value };
      });
      return args === inst.args ? inst : withArgs(inst, args);
    }
    default:
      return inst;
  }
}

/** The same instruction under another number, each operand replaced by `to` of it. */
export function copyAs(inst: Inst, id: ValueId, to: (value: ValueId) => ValueId): Inst {
  const copy = mapOperands(inst, to);
  const own = (copy === inst ? copyOf(inst) : copy) as { id: ValueId };
  own.id = id;
  return own as Inst;
}

/** `list` with each element mapped; the same array where every element stays. */
function mapSame<T>(list: readonly T[], to: (item: T) => T): readonly T[] {
  let changed: T[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const before = list[i]!;
    const after = to(before);
    if (changed) changed.push(after);
    else if (after !== before) changed = [...list.slice(0, i), after];
  }
  return changed ?? list;
}

export function termOperands(term: Term): readonly ValueId[] {
  if (term.op === "br") return [term.a, term.b];
  return term.op === "ret" && term.value !== undefined ? [term.value] : [];
}

/** Calls `visit` with each of `termOperands`. */
export function eachTermOperand(term: Term, visit: (value: ValueId) => void): void {
  if (term.op === "br") {
    visit(term.a);
    visit(term.b);
  } else if (term.op === "ret" && term.value !== undefined) visit(term.value);
}

export function mapTermOperands(term: Term, to: (value: ValueId) => ValueId): Term {
  if (term.op === "br") {
    const a = to(term.a);
    const b = to(term.b);
    if (a === term.a && b === term.b) return term;
    const made = copyOfTerm(term);
    made.a = a;
    made.b = b;
    return made;
  }
  if (term.op === "ret" && term.value !== undefined) {
    const value = to(term.value);
    if (value === term.value) return term;
    const made = copyOfTerm(term);
    made.value = value;
    return made;
  }
  return term;
}

/** Blocks that may run next, in a new list; one twice where both ways of a branch lead there. */
export function successors(term: Term): BlockId[] {
  if (term.op === "jump") return [term.to];
  return term.op === "br" ? [term.then, term.else] : [];
}

export type Branch = Extract<Term, { readonly op: "br" }>;

/** A branch to `yes` if `a fn b`, else to `no`; a jump where both are one block. */
export function branchTo(how: Omit<Branch, "op" | "then" | "else">, yes: BlockId, no: BlockId): Term {
  if (yes === no) return jumpTo(yes, how.span);
  return branchOf(how, yes, no);
}

export function mapSuccessors(term: Term, to: (block: BlockId) => BlockId): Term {
  if (term.op === "jump") return jumpTo(to(term.to), term.span);
  return term.op === "br" ? branchTo(term, to(term.then), to(term.else)) : term;
}

/** Must stay even where nobody reads its value. */
export function hasEffect(inst: Inst): boolean {
  switch (inst.op) {
    case "store":
    case "copy":
    case "fill":
    case "call":
    case "asm":
    case "atomic":
    case "barrier":
    case "end":
    case "unroll":
    case "may_goto":
    case "trap":
      return true;
    case "load":
      return inst.volatile;
    default:
      return false;
  }
}

const pureOps: ReadonlySet<Inst["op"]> = new Set([
  "const",
  "bin",
  "neg",
  "cmp",
  "zext",
  "sext",
  "trunc",
  "cast",
  "bswap",
  "space_cast",
  "constant_p",
  "slot",
  "addr",
  "core",
]);
/** The same operands give the same value, anywhere in the function. */
export const isPure = (inst: Inst): boolean => pureOps.has(inst.op);

const freeOps: ReadonlySet<Inst["op"]> = new Set(["const", "slot", "addr", "core"]);
/** Made anew wherever its value is read, so that it takes no register in between. */
export const isFree = (inst: Inst): boolean => freeOps.has(inst.op);

export const bitsOf = (ty: IrType): 32 | 64 => (ty === "i32" ? 32 : 64);

/** The type of a value; a bug where the instruction makes none. */
export const valueType = (inst: Inst): IrType => (inst.ty === "void" ? bug(`%${inst.id} has no value`) : inst.ty);

const inverses: Readonly<Record<Exclude<CmpOp, "set">, CmpOp>> = {
  eq: "ne",
  ne: "eq",
  ult: "uge",
  ule: "ugt",
  ugt: "ule",
  uge: "ult",
  slt: "sge",
  sle: "sgt",
  sgt: "sle",
  sge: "slt",
};
/** The comparison that holds exactly when `fn` does not; `set` has none. */
export const inverse = (fn: CmpOp): CmpOp | undefined => (fn === "set" ? undefined : inverses[fn]);

const mirrors: Readonly<Record<CmpOp, CmpOp>> = {
  eq: "eq",
  ne: "ne",
  ult: "ugt",
  ule: "uge",
  ugt: "ult",
  uge: "ule",
  slt: "sgt",
  sle: "sge",
  sgt: "slt",
  sge: "sle",
  set: "set",
};
/** The comparison of `b` with `a` that holds exactly when `a fn b` does. */
export const mirror = (fn: CmpOp): CmpOp => mirrors[fn];
