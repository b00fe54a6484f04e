/**
 * Accesses to fields that lie unaligned (packed structs) become accesses to their aligned parts where the memory is, or
 * may be, the stack: there the kernel insists on alignment (kernel/bpf/verifier.c: check_ptr_alignment).
 * Relies on: addresses folded into offsets. Keeps: control flow.
 */

import type { Size } from "../../../isa/insn.ts";
import { flatMap } from "../../../support/lists.ts";
import { alignedTo, slotAligns } from "../alignment.ts";
import { Ids, type Pass } from "../edit.ts";
import type { InstBody, InstOf } from "../inst.ts";
import { withCode, withInsts } from "../layout.ts";
import type { Inst, IrFunction, SlotId, ValueId } from "../model.ts";
import { definitions } from "../uses.ts";

type Access = InstOf<"load"> | InstOf<"store">;

export const splitUnaligned: Pass = {
  name: "split-unaligned",
  run(fn) {
    if (!fn.blocks.some((block) => block.insts.some(mayBeUnaligned))) return fn;
    const splitter = new Splitter(fn);
    const blocks = fn.blocks.map((block) =>
      withInsts(
        block,
        flatMap(block.insts, (inst) => splitter.split(inst)),
      ),
    );
    return splitter.ids.next === fn.nextId ? fn : withCode(fn, blocks, splitter.ids.next);
  },
};

/** Of others, the size is all that they assume. */
const mayBeUnaligned = (inst: Inst): boolean => (inst.op === "load" || inst.op === "store") && inst.align !== undefined;

class Splitter {
  readonly ids: Ids;
  readonly #defs: ReadonlyMap<ValueId, Inst>;
  readonly #aligns: ReadonlyMap<SlotId, Size>;

  constructor(fn: IrFunction) {
    this.ids = new Ids(fn);
    this.#defs = definitions(fn);
    this.#aligns = slotAligns(fn);
  }

  split(inst: Inst): readonly Inst[] {
    if ((inst.op !== "load" && inst.op !== "store") || inst.size === 1 || inst.core) return [inst];
    const align = this.#alignOf(inst);
    if (align >= inst.size) return [inst];
    return inst.op === "load" ? this.#load(inst, align) : this.#store(inst, align);
  }

  /** What an access must not assume more of; its own size where anything goes. */
  #alignOf(inst: Access): Size {
    if (inst.align === undefined) return inst.size;
    const base = this.#defs.get(inst.base);
    if (base?.op === "slot") return alignedTo(this.#aligns.get(base.slot) ?? 8, inst.off);
    return this.#mayBeStack(inst.base, new Set()) ? inst.align : inst.size;
  }

  /** Whether a pointer may be into the stack, of this function or of one that called it. */
  #mayBeStack(value: ValueId, seen: Set<ValueId>): boolean {
    if (seen.has(value)) return false;
    seen.add(value);
    const def = this.#defs.get(value);
    switch (def?.op) {
      case "slot":
      case "param":
        return true;
      case "bin":
        return this.#mayBeStack(def.a, seen) || this.#mayBeStack(def.b, seen);
      case "cast":
      case "opaque":
        return this.#mayBeStack(def.a, seen);
      case "phi":
        return def.args.some((arg) => this.#mayBeStack(arg.value, seen));
      default:
        return false;
    }
  }

  #load(inst: InstOf<"load">, align: Size): readonly Inst[] {
    const made: Inst[] = [];
    const emit = this.ids.emitter(made, inst.span);
    const { base, volatile } = inst;
    const ty = inst.ty === "ptr" ? "i64" : inst.ty;
    let sum: ValueId | undefined;
    for (let at = 0; at < inst.size; at += align) {
      // the highest part brings the sign along
      const signed = inst.signed && at + align === inst.size;
      const part = emit({ op: "load", ty, size: align, signed, base, off: inst.off + at, volatile });
      const by = at === 0 ? undefined : emit({ op: "const", ty, value: BigInt(8 * at) });
      const placed = by === undefined ? part : emit({ op: "bin", ty, fn: "shl", a: part, b: by });
      sum = sum === undefined ? placed : emit({ op: "bin", ty, fn: "or", a: sum, b: placed });
    }
    const last = made.at(-1)!;
    if (inst.ty !== "ptr") return [...made.slice(0, -1), { ...last, id: inst.id }];
    return [...made, { op: "cast", ty: "ptr", a: last.id, id: inst.id, ...(inst.span && { span: inst.span }) }];
  }

  #store(inst: InstOf<"store">, align: Size): readonly Inst[] {
    const made: Inst[] = [];
    const emit = this.ids.emitter(made, inst.span);
    const { base, volatile } = inst;
    const def = this.#defs.get(inst.value);
    const given = def && "ty" in def ? def.ty : "i64";
    const ty = given === "i32" ? "i32" : "i64";
    const whole = given === "ptr" ? emit({ op: "cast", ty, a: inst.value } as InstBody) : inst.value;
    for (let at = 0; at < inst.size; at += align) {
      const by = at === 0 ? undefined : emit({ op: "const", ty, value: BigInt(8 * at) });
      const value = by === undefined ? whole : emit({ op: "bin", ty, fn: "lshr", a: whole, b: by });
      emit({ op: "store", ty: "void", size: align, base, off: inst.off + at, value, volatile });
    }
    return made;
  }
}
