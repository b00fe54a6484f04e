/**
 * Signed division without an instruction for it (before cpu v4): on the magnitudes, the sign put back.
 * Relies on: nothing. Keeps: control flow.
 */
import { flatMap } from "../../../support/lists.ts";
import { Ids, type Pass } from "../edit.ts";
import { bitsOf, type InstOf } from "../inst.ts";
import { instOf, withCode, withInsts } from "../layout.ts";
import type { BinOp, Inst, ValueId } from "../model.ts";

export const divideUnsigned: Pass = {
  name: "divide-unsigned",
  run(fn) {
    if (!fn.blocks.some((block) => block.insts.some(isSigned))) return fn;
    const ids = new Ids(fn);
    const blocks = fn.blocks.map((block) =>
      withInsts(
        block,
        flatMap(block.insts, (inst) => (isSigned(inst) ? magnitudes(inst, ids) : [inst])),
      ),
    );
    return withCode(fn, blocks, ids.next);
  },
};

const isSigned = (inst: Inst): inst is InstOf<"bin"> => inst.op === "bin" && (inst.fn === "sdiv" || inst.fn === "smod");

/** With s = x >> 63 (0 or -1), (x ^ s) - s is |x|, and the same step puts a sign back. */
function magnitudes(inst: InstOf<"bin">, ids: Ids): Inst[] {
  const { ty } = inst;
  const made: Inst[] = [];
  const emit = ids.emitter(made, inst.span);
  const bin = (fn: BinOp, a: ValueId, b: ValueId): ValueId => emit({ op: "bin", ty, fn, a, b });
  const top = emit({ op: "const", ty, value: BigInt(bitsOf(ty) - 1) });
  const magnitude = (value: ValueId, sign: ValueId): ValueId => bin("sub", bin("xor", value, sign), sign);
  const left = bin("ashr", inst.a, top);
  const right = bin("ashr", inst.b, top);
  const divided = bin(inst.fn === "sdiv" ? "udiv" : "umod", magnitude(inst.a, left), magnitude(inst.b, right));
  const sign = inst.fn === "sdiv" ? bin("xor", left, right) : left;
  const last = instOf({ ...inst, fn: "sub", a: bin("xor", divided, sign), b: sign }, inst.id, inst.span);
  return [...made, last];
}
