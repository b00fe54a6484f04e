/**
 * `if (x == 0) y = 0; else y = x`: y is x. A constant that comes over a way on which something equals it is that, where
 * all other ways bring that too: an error that is returned, or 0 where there is none. Not for pointers: null is no pointer
 * to the kernel.
 * Relies on: equal values have one number. Keeps: blocks. Comes when ways are no longer
 * parted by constants, which say more to those who come after.
 */
import { predecessors } from "../cfg.ts";
import { knownOnEdge, type Way } from "../edge-facts.ts";
import { type Pass, Replacements, substitute } from "../edit.ts";
import type { InstOf } from "../inst.ts";
import type { Block, IrFunction, PhiArg, ValueId } from "../model.ts";
import { definitions } from "../uses.ts";

export const sameAnyway: Pass = { name: "same-anyway", run };

function run(fn: IrFunction): IrFunction {
  if (!fn.blocks.some(({ insts }) => insts[0]?.op === "phi")) return fn;
  const preds = predecessors(fn.blocks);
  const blocks = new Map(fn.blocks.map((block) => [block.id, block]));
  const defs = definitions(fn);
  const way: Way = {
    block: (id) => blocks.get(id),
    preds: (id) => preds.get(id) ?? [],
    def: (value) => defs.get(value)!,
  };
  const replaced = new Replacements();
  let found = false;
  for (const block of fn.blocks) {
    for (const inst of block.insts) {
      if (inst.op !== "phi") break;
      const value = whole(inst, block, way);
      if (value === undefined) continue;
      replaced.set(inst.id, value);
      found = true;
    }
  }
  return found ? substitute(fn, replaced) : fn;
}

/** What the phi is on every way. */
function whole(phi: InstOf<"phi">, to: Block, way: Way): ValueId | undefined {
  const isNumber = ({ value }: PhiArg): boolean => way.def(value).op === "const";
  const [first, ...others] = phi.args.filter((arg) => !isNumber(arg));
  if (phi.ty === "ptr" || !first || first.value === phi.id) return undefined;
  if (others.some(({ value }) => value !== first.value)) return undefined;
  const holds = ({ block, value }: PhiArg): boolean =>
    knownOnEdge({ fn: "eq", a: first.value, b: value }, block, to.id, way) === true;
  return phi.args.every((arg) => !isNumber(arg) || holds(arg)) ? first.value : undefined;
}
