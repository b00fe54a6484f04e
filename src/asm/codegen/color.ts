/** Graph colouring after Chaitin and Briggs: simplify, push spill candidates hopefully, select with preferences. */
import type { Graph } from "./interference.ts";
import { FIRST_VIRTUAL, type VReg } from "./machine.ts";
import { ALLOCATABLE, ALLOCATION_ORDER } from "./target.ts";

export interface Coloring {
  readonly color: ReadonlyMap<VReg, number>;
  /** Registers for which nothing was left. */
  readonly failed: readonly VReg[];
}

const bitCount = (bits: number): number => {
  let count = 0;
  for (let rest = bits; rest; rest &= rest - 1) count++;
  return count;
};

/** No machine register as yet. */
const NONE = -1;

/** `nodes` are the leaders of groups. Deterministic: ties go by register number. */
export function color(graph: Graph, nodes: readonly VReg[]): Coloring {
  const stack = simplify(graph, nodes);
  const chosen = new Map<VReg, number>();
  const taken = new Int8Array(graph.neighbours.length).fill(NONE);
  const failed: VReg[] = [];
  const gain = new Float64Array(11);
  for (let r = stack.pop(); r !== undefined; r = stack.pop()) {
    const machine = choose(graph, taken, r, gain);
    if (machine === undefined) failed.push(r);
    else {
      chosen.set(r, machine);
      taken[r - FIRST_VIRTUAL] = machine;
    }
  }
  return { color: chosen, failed };
}

/** The order in which registers are taken out of the graph; selection goes backwards. */
function simplify(graph: Graph, nodes: readonly VReg[]): VReg[] {
  const count = graph.neighbours.length;
  const room = new Int32Array(count);
  const degree = new Int32Array(count);
  const prices = new Float64Array(count);
  const removed = new Uint8Array(count);
  const stack: VReg[] = [];
  for (const r of nodes) {
    const at = r - FIRST_VIRTUAL;
    room[at] = bitCount(ALLOCATABLE & ~graph.forbidden[at]!);
    degree[at] = graph.neighbours[at]!.size;
    prices[at] = graph.cost[at]! / (1 + degree[at]!);
  }
  const easy = nodes.filter((r) => degree[r - FIRST_VIRTUAL]! < room[r - FIRST_VIRTUAL]!).reverse();
  const remove = (r: VReg) => {
    removed[r - FIRST_VIRTUAL] = 1;
    stack.push(r);
    for (const other of graph.neighbours[r - FIRST_VIRTUAL]!) {
      const at = other - FIRST_VIRTUAL;
      const left = --degree[at]!;
      if (left === room[at]! - 1 && !removed[at]) easy.push(other);
    }
  };
  const price = (r: VReg) => prices[r - FIRST_VIRTUAL]!;
  const byPrice = [...nodes].sort((x, y) => price(x) - price(y) || x - y);
  let next = 0;
  while (stack.length < nodes.length) {
    const r = easy.pop() ?? byPrice[next++]!;
    if (!removed[r - FIRST_VIRTUAL]) remove(r);
  }
  return stack;
}

/** The free machine register that saves most copies and takes least from neighbours still to come; `gain` is room. */
function choose(graph: Graph, taken: Int8Array, r: VReg, gain: Float64Array): number | undefined {
  const at = r - FIRST_VIRTUAL;
  let free = ALLOCATABLE & ~graph.forbidden[at]!;
  const hints = graph.hints[at];
  if (hints) gain.set(hints);
  else gain.fill(0);
  for (const other of graph.neighbours[at]!) {
    const machine = taken[other - FIRST_VIRTUAL]!;
    if (machine !== NONE) free &= ~(1 << machine);
    else {
      const wants = graph.hints[other - FIRST_VIRTUAL];
      const never = graph.forbidden[other - FIRST_VIRTUAL]!;
      if (wants) for (let m = 0; m < wants.length; m++) if (!(never & (1 << m))) gain[m]! -= wants[m]! / 2;
    }
  }
  let best: number | undefined;
  for (const machine of ALLOCATION_ORDER) {
    if (free & (1 << machine) && (best === undefined || gain[machine]! > gain[best]!)) best = machine;
  }
  return best;
}
