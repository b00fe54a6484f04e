/** Register allocation: builds the graph, coalesces, colours, and spills until everything has a place. */
import { bug } from "../../support/bug.ts";
import { coalesce, type Leader } from "./coalesce.ts";
import { color } from "./color.ts";
import { type Graph, interferenceOf } from "./interference.ts";
import { frequencies, livenessOf } from "./liveness.ts";
import {
  FIRST_VIRTUAL,
  isVirtual,
  type MBlock,
  type MFunction,
  type MInst,
  renameInst,
  renameTerm,
  type VReg,
} from "./machine.ts";
import { type Homes, spill } from "./spill.ts";
import { MAX_STACK } from "./target.ts";

/** No function with more values alive at once than this fits the stack, even where half of them are equal. */
const MAX_PRESSURE = 2 * (10 + MAX_STACK / 8);
const MAX_ROUNDS = 40;

/**
 * `fn` over machine registers only. Spilled values are 8 bytes wide whatever their type, so that the kernel keeps
 * following them. Gives the number of values alive at once instead where the stack cannot hold them.
 */
export function allocate(fn: MFunction): MFunction | { readonly pressure: number } {
  const freq = frequencies(fn.blocks);
  const homes: Homes = { slotOf: new Map(), generation: new Map() };
  let code = fn;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const graph = interferenceOf(code, livenessOf(code), freq);
    if (graph.pressure > MAX_PRESSURE) return { pressure: graph.pressure };
    priceStandIns(graph, code, homes);
    const leader = coalesce(graph, (r) => !homes.generation.has(r));
    const { color: chosen, failed } = color(graph, leaders(graph, leader));
    if (failed.length === 0) return rename(code, (r) => (isVirtual(r) ? chosen.get(leader(r))! : r));
    if (failed.some((r) => homes.generation.get(r) === 2)) bug("no register for a stand-in");
    const grouped = renameLeaders(code, leader, homes);
    code = spill(grouped, new Set(failed), homes);
  }
  return bug("register allocation does not end");
}

/** Stand-ins of one instruction must get a register; values that can be made anew are cheap to spill. */
function priceStandIns(graph: Graph, fn: MFunction, homes: Homes): void {
  for (const [r, { recipe }] of fn.recipes) if (recipe.kind === "imm") graph.cost[r - FIRST_VIRTUAL]! *= 0.5;
  for (const [r, generation] of homes.generation) {
    if (generation === 2) graph.cost[r - FIRST_VIRTUAL] = Number.POSITIVE_INFINITY;
  }
}

function leaders(graph: Graph, leader: Leader): VReg[] {
  const found: VReg[] = [];
  graph.present.forEach((present, i) => {
    const r = i + FIRST_VIRTUAL;
    if (present && leader(r) === r) found.push(r);
  });
  return found;
}

/** A group takes its leader's name; only a register on its own can still be made from its recipe. */
function renameLeaders(fn: MFunction, leader: Leader, homes: Homes): MFunction {
  const grouped = new Set<VReg>();
  for (let r = FIRST_VIRTUAL; r < fn.nextReg; r++) {
    const top = leader(r);
    if (top === r) continue;
    grouped.add(r).add(top);
    if (homes.generation.has(top) || homes.slotOf.has(top)) bug("a stand-in was coalesced");
  }
  const recipes = new Map([...fn.recipes].filter(([r]) => !grouped.has(r)));
  return { ...rename(fn, (r) => (isVirtual(r) ? leader(r) : r)), recipes };
}

function rename(fn: MFunction, f: (r: VReg) => VReg): MFunction {
  const isNoop = (inst: MInst) => inst.kind === "copy" && inst.dst === inst.src;
  const blocks = fn.blocks.map((block): MBlock => {
    const insts: MInst[] = [];
    for (const inst of block.insts) {
      const renamed = renameInst(inst, f);
      if (!isNoop(renamed)) insts.push(renamed);
    }
    return { id: block.id, insts, term: renameTerm(block.term, f) };
  });
  return { ...fn, blocks };
}
