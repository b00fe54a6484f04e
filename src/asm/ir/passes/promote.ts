/**
 * Stack objects that only hold one scalar become values (Cytron et al., with liveness so that no phi is dead).
 * Relies on: nothing. Keeps: block order.
 */
import type { Size } from "../../../isa/insn.ts";
import { predecessors } from "../cfg.ts";
import { dominators, frontiers, walkTree } from "../dominators.ts";
import { blockMap, Ids, type Pass, Replacements, substitute } from "../edit.ts";
import { eachOperand, eachTermOperand, type InstBody, type InstOf } from "../inst.ts";
import { instOf, withCode, withInsts } from "../layout.ts";
import type { Block, BlockId, Inst, IrFunction, IrType, PhiArg, SlotId, ValueId } from "../model.ts";
import { type Definitions, definitions, useCounts } from "../uses.ts";

/** A slot that is read and written whole, and the type its value has in between. */
interface Variable {
  readonly slot: SlotId;
  readonly size: Size;
  type: IrType;
}

interface Scope {
  readonly fn: IrFunction;
  readonly ids: Ids;
  readonly variables: ReadonlyMap<SlotId, Variable>;
  readonly addresses: Addresses;
  readonly defs: Definitions;
}

/** By value, one more than the slot that it is the address of; 0 for others. */
type Addresses = Int32Array;

const slotAt = (addresses: Addresses, value: ValueId): SlotId | undefined => {
  const slot = addresses[value];
  return slot ? ((slot - 1) as SlotId) : undefined;
};

export const promote: Pass = {
  name: "promote",
  run(fn) {
    const addresses = slotAddresses(fn);
    if (!addresses) return fn;
    const variables = findVariables(fn, addresses);
    if (variables.size === 0) return dropUnusedSlots(fn);
    return dropUnusedSlots(rename({ fn, ids: new Ids(fn), variables, addresses, defs: definitions(fn) }));
  },
};

/** Undefined where no slot's address is taken. */
function slotAddresses(fn: IrFunction): Addresses | undefined {
  let addresses: Addresses | undefined;
  for (const block of fn.blocks) {
    for (const inst of block.insts) {
      if (inst.op !== "slot") continue;
      addresses ??= new Int32Array(fn.nextId);
      addresses[inst.id] = inst.slot + 1;
    }
  }
  return addresses;
}

/** Slots that are only the base of plain loads and stores of their whole size. */
function findVariables(fn: IrFunction, addresses: Addresses): Map<SlotId, Variable> {
  const variables = new Map<SlotId, Variable>();
  for (const { id, size } of fn.slots) {
    if (size === 1 || size === 2 || size === 4 || size === 8)
      variables.set(id, { slot: id, size, type: size === 8 ? "i64" : "i32" });
  }
  const refuse = (value: ValueId): void => {
    const slot = slotAt(addresses, value);
    if (slot !== undefined) variables.delete(slot);
  };
  for (const block of fn.blocks) {
    for (const inst of block.insts) {
      if (inst.op !== "load" && inst.op !== "store") {
        eachOperand(inst, refuse);
        continue;
      }
      if (inst.op === "store") refuse(inst.value);
      const slot = slotAt(addresses, inst.base);
      const variable = slot === undefined ? undefined : variables.get(slot);
      if (!variable) continue;
      if (inst.off !== 0 || inst.size !== variable.size || inst.volatile || inst.core) variables.delete(variable.slot);
      else if (inst.op === "load" && inst.ty === "ptr") variable.type = "ptr";
    }
    eachTermOperand(block.term, refuse);
  }
  return variables;
}

/** The variable that a plain load or store is of. */
function accessed(scope: Scope, inst: Inst): Variable | undefined {
  if (inst.op !== "load" && inst.op !== "store") return undefined;
  const slot = slotAt(scope.addresses, inst.base);
  return slot === undefined ? undefined : scope.variables.get(slot);
}

/** Blocks where each variable is read before it is written, on some way from there on. */
function liveIn(scope: Scope): Map<SlotId, Set<BlockId>> {
  const live = new Map<SlotId, Set<BlockId>>([...scope.variables.keys()].map((slot) => [slot, new Set<BlockId>()]));
  const written = new Map<BlockId, Set<SlotId>>();
  for (const block of scope.fn.blocks) {
    const here = new Set<SlotId>();
    written.set(block.id, here);
    for (const inst of block.insts) {
      const variable = accessed(scope, inst);
      if (!variable) continue;
      if (inst.op === "store") here.add(variable.slot);
      else if (!here.has(variable.slot)) live.get(variable.slot)!.add(block.id);
    }
  }
  const preds = predecessors(scope.fn.blocks);
  for (const [slot, blocks] of live) {
    const work = [...blocks];
    for (let block = work.pop(); block !== undefined; block = work.pop()) {
      for (const pred of preds.get(block) ?? []) {
        if (blocks.has(pred) || written.get(pred)!.has(slot)) continue;
        blocks.add(pred);
        work.push(pred);
      }
    }
  }
  return live;
}

/** New phis by block, and the slot that each is of. */
function placePhis(scope: Scope, doms: ReturnType<typeof dominators>): Map<BlockId, Map<SlotId, ValueId>> {
  const live = liveIn(scope);
  const fronts = frontiers(scope.fn, doms);
  const stores = new Map<SlotId, BlockId[]>();
  for (const block of scope.fn.blocks) {
    for (const inst of block.insts) {
      const variable = inst.op === "store" ? accessed(scope, inst) : undefined;
      if (!variable) continue;
      const list = stores.get(variable.slot) ?? [];
      if (list[list.length - 1] !== block.id) list.push(block.id);
      stores.set(variable.slot, list);
    }
  }
  const phis = new Map<BlockId, Map<SlotId, ValueId>>();
  for (const [slot, blocks] of stores) {
    const work = [...blocks];
    for (let block = work.pop(); block !== undefined; block = work.pop()) {
      for (const join of fronts.get(block) ?? []) {
        const here = phis.get(join) ?? new Map<SlotId, ValueId>();
        if (here.has(slot) || !live.get(slot)!.has(join)) continue;
        phis.set(join, here.set(slot, scope.ids.value()));
        work.push(join);
      }
    }
  }
  return phis;
}

/** Walks the dominator tree with the value that each variable has. */
class Renamer {
  readonly #scope: Scope;
  readonly #phis: ReadonlyMap<BlockId, ReadonlyMap<SlotId, ValueId>>;
  readonly #current = new Map<SlotId, ValueId>();
  readonly #replaced = new Replacements();
  readonly #args = new Map<ValueId, PhiArg[]>();
  readonly #undef = new Map<IrType, ValueId>();

  constructor(scope: Scope, phis: ReadonlyMap<BlockId, ReadonlyMap<SlotId, ValueId>>) {
    this.#scope = scope;
    this.#phis = phis;
  }

  run(doms: ReturnType<typeof dominators>): IrFunction {
    const { fn, ids } = this.#scope;
    const byId = blockMap(fn);
    const made = new Map<BlockId, Block>();
    walkTree(fn.blocks[0]!.id, doms.children, (block) => {
      const undo = new Map<SlotId, ValueId | undefined>();
      made.set(block, this.#block(byId.get(block)!, undo));
      return [...undo].map(
        ([slot, value]) =>
          () =>
            this.#restore(slot, value),
      );
    });
    const blocks = fn.blocks.map((block) => this.#withPhis(made.get(block.id)!));
    const [entry, ...rest] = blocks;
    const undefs = [...this.#undef].map(([ty, id]): Inst => ({ op: "undef", ty, id }));
    const first = withInsts(entry!, [...undefs, ...entry!.insts]);
    return substitute(withCode(fn, [first, ...rest], ids.next), this.#replaced);
  }

  #restore(slot: SlotId, value: ValueId | undefined): void {
    if (value === undefined) this.#current.delete(slot);
    else this.#current.set(slot, value);
  }

  #set(slot: SlotId, value: ValueId, undo: Map<SlotId, ValueId | undefined>): void {
    if (!undo.has(slot)) undo.set(slot, this.#current.get(slot));
    this.#current.set(slot, value);
  }

  /** What the variable holds here; before the first store anything. */
  #get(variable: Variable): ValueId {
    const value = this.#current.get(variable.slot);
    if (value !== undefined) return value;
    const undef = this.#undef.get(variable.type) ?? this.#scope.ids.value();
    this.#undef.set(variable.type, undef);
    return undef;
  }

  #block(block: Block, undo: Map<SlotId, ValueId | undefined>): Block {
    const insts: Inst[] = [];
    const phis = this.#phis.get(block.id);
    if (phis) for (const [slot, id] of phis) this.#set(slot, id, undo);
    for (const inst of block.insts) {
      const variable = accessed(this.#scope, inst);
      if (inst.op === "end" && this.#scope.variables.has(inst.slot)) continue;
      if (!variable) insts.push(inst);
      else if (inst.op === "load") {
        const { value, made } = this.#read(variable, inst);
        if (made) insts.push(made);
        this.#replaced.set(inst.id, value);
      } else if (inst.op === "store") this.#set(variable.slot, this.#written(variable, inst, insts), undo);
    }
    this.#fillPhis(block);
    // What goes, goes without another in its place; phis and values made are more.
    return insts.length === block.insts.length && insts.every((inst, i) => inst === block.insts[i])
      ? block
      : withInsts(block, insts);
  }

  #fillPhis(block: Block): void {
    const { term } = block;
    const nexts = term.op === "jump" ? [term.to] : term.op === "br" ? [term.then, term.else] : [];
    for (const next of new Set(nexts)) {
      for (const [slot, id] of this.#phis.get(next) ?? []) {
        const args = this.#args.get(id) ?? [];
        args.push({ block: block.id, value: this.#get(this.#scope.variables.get(slot)!) });
        this.#args.set(id, args);
      }
    }
  }

  #withPhis(block: Block): Block {
    const phis = [...(this.#phis.get(block.id) ?? [])].map(([slot, id]): Inst => {
      const ty = this.#scope.variables.get(slot)!.type;
      return instOf({ op: "phi", ty, args: this.#args.get(id) ?? [] }, id, undefined);
    });
    return phis.length > 0 ? withInsts(block, [...phis, ...block.insts]) : block;
  }

  /** The value a load gives: the variable's, extended or cast where the load says so. */
  #read(variable: Variable, load: InstOf<"load">): { value: ValueId; made?: Inst } {
    const held = this.#get(variable);
    const change = readAs(load, variable.type, held);
    if (!change) return { value: held };
    const made = this.#scope.ids.inst(change, load.span);
    return { value: made.id, made };
  }

  #written(variable: Variable, store: InstOf<"store">, insts: Inst[]): ValueId {
    const from = this.#scope.defs.get(store.value)?.ty;
    if (from === variable.type) return store.value;
    const body: InstBody =
      variable.type === "i32"
        ? { op: "trunc", ty: "i32", a: store.value }
        : { op: "cast", ty: variable.type, a: store.value };
    const made = this.#scope.ids.inst(body, store.span);
    insts.push(made);
    return made.id;
  }
}

/** What turns the held value into the loaded one; undefined where they are the same. */
function readAs(load: InstOf<"load">, held: IrType, value: ValueId): InstBody | undefined {
  if (load.size === 8) return load.ty === held || load.ty === "i32" ? undefined : { op: "cast", ty: load.ty, a: value };
  const op = load.signed ? "sext" : "zext";
  if (load.size === 4) return load.ty === "i32" ? undefined : { op, ty: load.ty, from: 32, a: value };
  return { op, ty: load.ty, from: load.size === 1 ? 8 : 16, a: value };
}

function rename(scope: Scope): IrFunction {
  const doms = dominators(scope.fn);
  return new Renamer(scope, placePhis(scope, doms)).run(doms);
}

/** Leaves out slots without address in the code, and addresses that nobody reads. */
export function dropUnusedSlots(fn: IrFunction): IrFunction {
  const isOfSlot = (inst: Inst): boolean => inst.op === "slot" || inst.op === "end";
  if (fn.slots.length === 0 && !fn.blocks.some((block) => block.insts.some(isOfSlot))) return fn;
  const read = useCounts(fn);
  const used = new Set<SlotId>();
  for (const { insts } of fn.blocks)
    for (const inst of insts) if (inst.op === "slot" && read.has(inst.id)) used.add(inst.slot);
  const stays = (inst: Inst): boolean =>
    inst.op === "slot" ? read.has(inst.id) : inst.op === "end" ? used.has(inst.slot) : true;
  let changed = false;
  const blocks = fn.blocks.map((block) => {
    if (block.insts.every(stays)) return block;
    changed = true;
    return withInsts(block, block.insts.filter(stays));
  });
  const slots = fn.slots.filter((slot) => used.has(slot.id));
  return changed || slots.length < fn.slots.length ? withCode(fn, blocks, undefined, slots) : fn;
}
