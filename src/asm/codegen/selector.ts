/** The state of instruction selection: which values need a register, which one, and the instructions made so far. */

import type { CoreAccess } from "../../btf/core.ts";
import type { DiagSink } from "../../diag/diagnostic.ts";
import type { Width } from "../../isa/insn.ts";
import { bug } from "../../support/bug.ts";
import { fitsS32, s32, s64 } from "../../support/int.ts";
import type { Span } from "../../support/span.ts";
import type { AddrSymbol, InstOf } from "../ir/inst.ts";
import type { Inst, IrType, SlotId, ValueId } from "../ir/model.ts";
import { copyInst } from "./copy-inst.ts";
import type { Facts } from "./facts.ts";
import { FIRST_VIRTUAL, type MInst, type Recipe, type VReg, type VSrc } from "./machine.ts";
import { MAX_STACK, type Target } from "./target.ts";

type WithoutSpan<T> = T extends unknown ? Omit<T, "span"> : never;
export type NewInst = WithoutSpan<MInst>;

/**
 * Selection walks blocks and their instructions backwards, so a value is known to be needed, or folded into all of its
 * users, before its own turn comes. `emit` therefore collects one instruction's code forwards, `take` hands it over.
 */
export class Selector {
  readonly facts: Facts;
  readonly target: Target;
  readonly sink: DiagSink;
  readonly recipes = new Map<VReg, { readonly recipe: Recipe; readonly core?: CoreAccess }>();
  readonly #regs = new Map<ValueId, VReg>();
  readonly #recipeRegs = new Map<string, VReg>();
  readonly #needed = new Set<ValueId>();
  readonly #slots: ReadonlyMap<SlotId, number>;
  #nextReg = FIRST_VIRTUAL;
  #out: MInst[] = [];
  #span: Span | undefined;

  constructor(facts: Facts, target: Target, sink: DiagSink, slots: ReadonlyMap<SlotId, number>) {
    this.facts = facts;
    this.target = target;
    this.sink = sink;
    this.#slots = slots;
  }

  get nextReg(): VReg {
    return this.#nextReg;
  }

  fresh(): VReg {
    return this.#nextReg++;
  }

  /** From here on instructions come from `span`. */
  at(span: Span | undefined): void {
    this.#span = span;
  }

  get span(): Span | undefined {
    return this.#span;
  }

  emit(inst: NewInst): void {
    this.#out.push(copyInst(inst, this.#span));
  }

  /** What was emitted since the last call. */
  take(): readonly MInst[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  isNeeded(id: ValueId): boolean {
    return this.#needed.has(id);
  }

  slotIndex(slot: SlotId): number {
    return this.#slots.get(slot) ?? bug(`no stack object ${slot}`);
  }

  /** Width of arithmetic on a type; without 32-bit arithmetic the upper halves of i32 values are unknown. */
  width(ty: IrType | "void"): Width {
    return ty === "i32" && this.target.alu32 ? 32 : 64;
  }

  /** The register that holds `id` where it is used; from now on the value is needed. */
  use(id: ValueId): VReg {
    const { facts } = this;
    const value = facts.constant(id);
    const inst = facts.def(id);
    if (value !== undefined) return this.#constant(value, inst.ty);
    const same = this.#sameAs(inst);
    if (same !== undefined) return this.use(same);
    switch (inst.op) {
      case "slot":
        return this.#inFrame(inst.slot, 0);
      case "bin": {
        const place = this.#framePlace(inst);
        if (place) return this.#inFrame(place.slot, place.off);
        this.#needed.add(id);
        return this.regOf(id);
      }
      case "addr":
        return this.address(inst.symbol);
      case "core":
        return this.#recipe(`core ${id}`, coreRecipe(inst.guess, inst.ty), inst.access);
      default:
        this.#needed.add(id);
        return this.regOf(id);
    }
  }

  /** The register of a value that has one, without asking for it. */
  regOf(id: ValueId): VReg {
    let reg = this.#regs.get(id);
    if (reg === undefined) {
      reg = this.fresh();
      this.#regs.set(id, reg);
    }
    return reg;
  }

  /** `id` as a source operand: an immediate where the constant fits. */
  src(id: ValueId, width: Width): VSrc {
    const imm = this.imm(id, width);
    return imm === undefined ? { reg: this.use(id) } : { imm };
  }

  /** The constant `id` as an immediate of an operation of that width, which sign-extends it. */
  imm(id: ValueId, width: Width): number | undefined {
    const value = this.facts.constant(id);
    if (value === undefined) return undefined;
    if (width === 32) return Number(s32(value));
    const signed = this.facts.def(id).ty === "i32" ? s32(value) : s64(value);
    return fitsS32(signed) ? Number(signed) : undefined;
  }

  /** A register that holds a constant. */
  immReg(value: bigint, ty: IrType): VReg {
    return this.#constant(value, ty);
  }

  /** A register that holds the address of `symbol`. */
  address(symbol: AddrSymbol): VReg {
    return this.#recipe(`addr ${JSON.stringify(symbol)}`, { kind: "wide", value: symbol });
  }

  isRecipe(reg: VReg): boolean {
    return this.recipes.has(reg);
  }

  copy(dst: VReg, src: VReg, ty: IrType | "void"): void {
    this.emit({ kind: "copy", width: this.width(ty), dst, src });
  }

  /** Another value whose register holds this one's bits too. */
  #sameAs(inst: Inst): ValueId | undefined {
    const { facts } = this;
    if (inst.op === "cast") return inst.a;
    if (inst.op === "trunc") return facts.isPointer(inst.a) ? undefined : inst.a;
    if (inst.op !== "zext") return undefined;
    const from = facts.def(inst.a);
    if (inst.from === 32) return from.ty === "i32" && !facts.isDirty(inst.a) ? inst.a : undefined;
    const fits = from.op === "cmp" || (from.op === "load" && !from.signed && from.size * 8 <= inst.from);
    return fits ? inst.a : undefined;
  }

  #inFrame(slot: SlotId, off: number): VReg {
    return this.#recipe(`slot ${slot} ${off}`, { kind: "frame", slot: this.slotIndex(slot), off });
  }

  /** A constant way into a stack object: its place is known as well as that of the object. */
  #framePlace(inst: InstOf<"bin">): { readonly slot: SlotId; readonly off: number } | undefined {
    const base = this.facts.def(inst.a);
    if (inst.ty !== "ptr" || inst.fn !== "add" || base.op !== "slot") return undefined;
    const off = this.imm(inst.b, 64);
    return off === undefined || Math.abs(off) > MAX_STACK ? undefined : { slot: base.slot, off };
  }

  #constant(value: bigint, ty: IrType | "void"): VReg {
    return this.#recipe(`${ty} ${value}`, this.#constantRecipe(value, ty));
  }

  #constantRecipe(value: bigint, ty: IrType | "void"): Recipe {
    const { alu32 } = this.target;
    if (ty === "i32") return { kind: "imm", width: alu32 ? 32 : 64, imm: Number(s32(value)) };
    const signed = s64(value);
    if (fitsS32(signed)) return { kind: "imm", width: 64, imm: Number(signed) };
    // A 32-bit move clears the upper half, in one slot instead of two.
    if (alu32 && value < 0x1_0000_0000n) return { kind: "imm", width: 32, imm: Number(s32(value)) };
    return { kind: "wide", value: { kind: "int", value: signed } };
  }

  #recipe(key: string, recipe: Recipe, core?: CoreAccess): VReg {
    let reg = this.#recipeRegs.get(key);
    if (reg === undefined) {
      reg = this.fresh();
      this.#recipeRegs.set(key, reg);
      this.recipes.set(reg, core ? { recipe, core } : { recipe });
    }
    return reg;
  }
}

/** A number the loader patches: 64-bit move, as libbpf's bpf_core_patch_insn expects; two slots where it is wide. */
function coreRecipe(guess: bigint, ty: IrType): Recipe {
  const value = ty === "i32" ? s32(guess) : s64(guess);
  return fitsS32(value)
    ? { kind: "imm", width: 64, imm: Number(value) }
    : { kind: "wide", value: { kind: "int", value } };
}
