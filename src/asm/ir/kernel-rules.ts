/** What code owes the kernel's verifier, where passes decide: docs/architecture.md lists the rules. */
import { eachOperand } from "./inst.ts";
import type { Inst, IrFunction, ValueId } from "./model.ts";

/** Gives the instruction that makes a value. */
type Definition = (value: ValueId) => Inst;

/** Whether an address is in a global, made by name. */
export function isOfGlobal(address: Inst, def: Definition): boolean {
  let at = address;
  while (at.op === "bin" && at.ty === "ptr") at = def(at.a);
  return at.op === "addr" && at.symbol.kind === "global";
}

/**
 * Whether one instruction may take the value on one way and others of its type on others. Numbers may; addresses only of
 * globals, as an instruction is for one kind of pointer (verifier.c: reg_type_mismatch), and what may be one is none.
 */
export function mayBeOneOfMany(value: Inst, def: Definition): boolean {
  if (value.op === "cast" || value.op === "asm" || value.op === "core") return false;
  return value.ty !== "ptr" || isOfGlobal(value, def);
}

/**
 * Numbers that offsets, sizes and other arguments are made of. Where a branch chooses one of two constants for them, the
 * kernel knows on each way which it is; of a sum of bits it knows a range, which not every memory allows
 * (verifier.c: check_ctx_reg, check_helper_mem_access).
 */
export function addressParts({ blocks }: IrFunction, def: Definition): ReadonlySet<ValueId> {
  const parts = new Set<ValueId>();
  for (const { insts } of blocks)
    for (const inst of insts)
      if (inst.op === "call" || (inst.ty === "ptr" && (inst.op === "bin" || inst.op === "cast")))
        eachOperand(inst, (value) => parts.add(value));
  // a set is walked with what is added to it on the way
  for (const value of parts) {
    const inst = def(value);
    if (carriers.has(inst.op)) eachOperand(inst, (part) => parts.add(part));
  }
  return parts;
}

const carriers: ReadonlySet<Inst["op"]> = new Set(["bin", "phi", "zext", "sext", "trunc", "cast"]);

/** Whether loads from an address may stand above the branch that leads to them: a global can be read unchecked. */
export const needsNoGuard = (address: Inst): boolean => address.op === "addr" && address.symbol.kind === "global";

/**
 * Whether a comparison may look at what a value was made of instead: only where nobody else reads the value, which wants
 * what the comparison says about it, and the kernel knows that of the checked register only.
 */
export const mayCheckBefore = (onlyRead: boolean): boolean => onlyRead;

/**
 * Whether the kernel may see a pointer in the register of a number: it may be asked for its bits, but no `and` makes a
 * number of them (verifier.c: adjust_reg_min_max_vals).
 */
export function mayBePointer(value: Inst, def: Definition): boolean {
  const seen = new Set<Inst>();
  const work = [value];
  for (let at = work.pop(); at; at = work.pop()) {
    if (at.ty === "ptr" || at.op === "cast" || at.op === "asm" || isArgument(at, def)) return true;
    if (seen.has(at) || !passesPointer(at)) continue;
    seen.add(at);
    eachOperand(at, (part) => work.push(def(part)));
  }
  return false;
}

/** What tracing programs read of their context, as numbers: the arguments of a kernel function. */
const isArgument = (inst: Inst, def: Definition): boolean =>
  inst.op === "load" && inst.size === 8 && def(inst.base).op === "param";

const passesPointer = (inst: Inst): boolean =>
  inst.op === "bin" ? inst.fn === "add" || inst.fn === "sub" : passes.has(inst.op);
const passes: ReadonlySet<Inst["op"]> = new Set(["trunc", "zext", "sext", "opaque", "phi"]);
