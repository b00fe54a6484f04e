/**
 * Divisions of numbers whose ranges are known: by what is always greater they give 0 and the number itself; signed ones
 * of what is never negative are unsigned, and so need no steps for the sign.
 * Relies on: nothing. Keeps: control flow. A remainder stays where only counting tells that it could go: the kernel may
 * know the bounds of the remainder and not those of the number.
 */
import { type Pass, Replacements, substitute } from "../edit.ts";
import { bitsOf, type InstOf } from "../inst.ts";
import { copyOf, withCode, withInsts } from "../layout.ts";
import type { Inst, IrFunction } from "../model.ts";
import { Ranges } from "../ranges.ts";

type Bin = InstOf<"bin">;

const isDivision = (inst: Inst): inst is Bin =>
  inst.op === "bin" && (inst.fn === "udiv" || inst.fn === "umod" || inst.fn === "sdiv" || inst.fn === "smod");

export const knownQuotients: Pass = {
  name: "known-quotients",
  run(fn) {
    if (!fn.blocks.some(({ insts }) => insts.some(isDivision))) return fn;
    const ranges = new Ranges(fn);
    const replaced = new Replacements();
    let changed = false;
    const blocks = fn.blocks.map((block) => {
      const insts = block.insts.map((inst): Inst => {
        const better = isDivision(inst) ? shorter(inst, ranges, block.id, replaced) : inst;
        if (better !== inst) changed = true;
        return better;
      });
      return withInsts(block, insts);
    });
    return changed || replaced.size > 0 ? substitute(withCode(fn, blocks), replaced) : fn;
  },
};

function shorter(inst: Bin, ranges: Ranges, at: IrFunction["blocks"][number]["id"], replaced: Replacements): Inst {
  const [x, y] = [ranges.of(inst.a, at), ranges.of(inst.b, at)];
  const { ty, id, span } = inst;
  if (ty === "ptr") return inst;
  const sign = 1n << BigInt(bitsOf(ty) - 1);
  const signed = inst.fn === "sdiv" || inst.fn === "smod";
  if (signed && (x.most >= sign || y.most >= sign)) return inst;
  const quotient = inst.fn === "sdiv" || inst.fn === "udiv";
  if (x.most < y.least) {
    if (quotient) return { op: "const", ty, value: 0n, id, ...(span && { span }) };
    replaced.set(id, inst.a);
    return inst;
  }
  if (!signed) return inst;
  const made = copyOf(inst);
  made.fn = quotient ? "udiv" : "umod";
  return made;
}
