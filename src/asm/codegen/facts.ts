/** What selection knows about SSA values beforehand: their definitions, how often they are used, what their bits hold. */
import { u32, u64 } from "../../support/int.ts";
import { operands } from "../ir/inst.ts";
import type { Inst, IrFunction, ValueId } from "../ir/model.ts";
import { definitions, useCounts } from "../ir/uses.ts";
import type { Target } from "./target.ts";

export interface Facts {
  readonly def: (id: ValueId) => Inst;
  readonly useCount: (id: ValueId) => number;
  /** Where the value is made, counted over the function. */
  readonly position: (id: ValueId) => number;
  /** The i32 value's register may hold anything in its upper half. */
  readonly isDirty: (id: ValueId) => boolean;
  /** The kernel may see a pointer in the value's register: 32-bit arithmetic must not touch it. */
  readonly isPointer: (id: ValueId) => boolean;
  /** The address may be in the context of the program. */
  readonly isContext: (id: ValueId) => boolean;
  /** The value, unsigned in the width of its type, where it is a constant. */
  readonly constant: (id: ValueId) => bigint | undefined;
}

export function gatherFacts(fn: IrFunction, target: Target): Facts {
  const defs = definitions(fn);
  const uses = useCounts(fn);
  const positions = positionsOf(fn);
  const def = (id: ValueId): Inst => defs.get(id)!;
  const dirty = spread(fn, (inst) => inst.ty === "i32" && makesDirty(inst, def, target), passesDirt);
  const pointers = spread(
    fn,
    (inst) => inst.ty === "ptr",
    (inst) => passesPointer(inst, def),
  );
  const contexts = spread(fn, (inst) => isContextOf(fn, inst), passesAddress);
  return {
    def,
    useCount: (id) => uses.get(id) ?? 0,
    position: (id) => positions[id] ?? 0,
    isDirty: (id) => dirty[id] === 1,
    isPointer: (id) => pointers[id] === 1,
    isContext: (id) => contexts[id] === 1,
    constant: (id) => constantOf(def, id),
  };
}

/** By value: how many instructions stand before the one that makes it. */
function positionsOf({ blocks, nextId }: IrFunction): Int32Array {
  const positions = new Int32Array(nextId);
  let count = 0;
  for (const { insts } of blocks) for (const { id } of insts) positions[id] = count++;
  return positions;
}

/** By value: 1 for those with `starts`, and those that get the property from an operand through `passes`. */
function spread(
  { blocks, nextId }: IrFunction,
  starts: (inst: Inst) => boolean,
  passes: (inst: Inst) => boolean,
): Uint8Array {
  const readers = new Map<ValueId, Inst[]>();
  const found = new Uint8Array(nextId);
  const work: ValueId[] = [];
  for (const { insts } of blocks) {
    for (const inst of insts) {
      if (starts(inst)) {
        found[inst.id] = 1;
        work.push(inst.id);
      } else if (passes(inst)) {
        for (const id of operands(inst)) (readers.get(id) ?? readers.set(id, []).get(id)!).push(inst);
      }
    }
  }
  if (readers.size === 0) return found;
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    for (const reader of readers.get(id) ?? []) {
      if (found[reader.id] === 1) continue;
      found[reader.id] = 1;
      work.push(reader.id);
    }
  }
  return found;
}

const passesDirt = (inst: Inst): boolean => inst.op === "phi" && inst.ty === "i32";

/** Sums keep a pointer in sight of the kernel; the difference of two pointers is a number. */
function passesPointer(inst: Inst, def: (id: ValueId) => Inst): boolean {
  if (inst.ty !== "i64") return false;
  if (inst.op === "bin") return inst.fn === "add" || (inst.fn === "sub" && def(inst.b).ty !== "ptr");
  return inst.op === "phi" || inst.op === "cast" || inst.op === "opaque";
}

/** A program is given its context first; functions may be given it anywhere. */
const isContextOf = ({ section }: IrFunction, inst: Inst): boolean =>
  inst.op === "param" && inst.ty === "ptr" && (section === undefined || inst.index === 0);

const passesAddress = (inst: Inst): boolean =>
  inst.ty === "ptr" && (inst.op === "bin" || inst.op === "phi" || inst.op === "opaque");

/** Whether the instruction chosen for an i32 `inst` leaves the upper half of its register unknown. */
function makesDirty(inst: Inst, def: (id: ValueId) => Inst, target: Target): boolean {
  switch (inst.op) {
    case "param":
    case "call":
    case "opaque":
    case "core":
      return true;
    case "trunc":
      return !isNarrow(def(inst.a));
    case "load":
      return inst.signed && inst.size < 4 && (target.v4 || !target.alu32);
    case "const":
      return !target.alu32 && inst.value >= 0x8000_0000n;
    case "bin":
    case "neg":
    case "sext":
      return !target.alu32;
    default:
      return false;
  }
}

/** Whether the upper half of an i64 is zero for certain. */
function isNarrow(inst: Inst): boolean {
  if (inst.op === "zext") return true;
  if (inst.op === "const") return inst.value < 0x1_0000_0000n;
  return inst.op === "load" && !inst.signed && inst.size <= 4;
}

function constantOf(def: (id: ValueId) => Inst, id: ValueId): bigint | undefined {
  const inst = def(id);
  switch (inst.op) {
    case "const":
      return inst.value;
    case "undef":
      return 0n;
    case "trunc": {
      const value = constantOf(def, inst.a);
      return value === undefined ? undefined : u32(value);
    }
    case "cast":
      return constantOf(def, inst.a);
    case "zext":
    case "sext": {
      const value = constantOf(def, inst.a);
      if (value === undefined) return undefined;
      const low = inst.op === "zext" ? BigInt.asUintN(inst.from, value) : BigInt.asIntN(inst.from, value);
      return inst.ty === "i32" ? u32(low) : u64(low);
    }
    default:
      return undefined;
  }
}
