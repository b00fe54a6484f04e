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

/** `nodes` are the leaders of groups. Deterministic: ties go by register number. */
export function color(graph: Graph, nodes: readonly VReg[]): Coloring {
  const stack = simplify(graph, nodes);
  const chosen = new Map<VReg, number>();
  const failed: VReg[] = [];
  for (let r = stack.pop(); r !== undefined; r = stack.pop()) {
    const machine = choose(graph, chosen, r);
    if (machine === undefined) failed.push(r);
    else chosen.set(r, machine);
  }
  return { color: chosen, failed };
}

/** The order in which registers are taken out of the graph; selection goes backwards. */
function simplify(graph: Graph, nodes: readonly VReg[]): VReg[] {
  const room = new Map<VReg, number>();
  const degree = new Map<VReg, number>();
  const removed = new Set<VReg>();
  const stack: VReg[] = [];
  for (const r of nodes) {
    room.set(r, bitCount(ALLOCATABLE & ~graph.forbidden[r - FIRST_VIRTUAL]!));
    degree.set(r, graph.neighbours[r - FIRST_VIRTUAL]!.size);
  }
  const easy = nodes.filter((r) => degree.get(r)! < room.get(r)!).reverse();
  const remove = (r: VReg) => {
    removed.add(r);
    stack.push(r);
    for (const other of graph.neighbours[r - FIRST_VIRTUAL]!) {
      const left = degree.get(other)! - 1;
      degree.set(other, left);
      if (left === room.get(other)! - 1 && !removed.has(other)) easy.push(other);
    }
  };
  const price = (r: VReg) => graph.cost[r - FIRST_VIRTUAL]! / (1 + graph.neighbours[r - FIRST_VIRTUAL]!.size);
  const byPrice = [...nodes].sort((x, y) => price(x) - price(y) || x - y);
  let next = 0;
  while (stack.length < nodes.length) {
    const r = easy.pop() ?? byPrice[next++]!;
    if (!removed.has(r)) remove(r);
  }
  return stack;
}

/** The free machine register that saves most copies and takes least from neighbours still to come. */
function choose(graph: Graph, chosen: ReadonlyMap<VReg, number>, r: VReg): number | undefined {
  const at = r - FIRST_VIRTUAL;
  let free = ALLOCATABLE & ~graph.forbidden[at]!;
  const gain = new Float64Array(11);
  graph.hints[at]?.forEach((weight, machine) => {
    gain[machine]! += weight;
  });
  for (const other of graph.neighbours[at]!) {
    const taken = chosen.get(other);
    if (taken !== undefined) free &= ~(1 << taken);
    else {
      graph.hints[other - FIRST_VIRTUAL]?.forEach((weight, machine) => {
        if (!(graph.forbidden[other - FIRST_VIRTUAL]! & (1 << machine))) gain[machine]! -= weight / 2;
      });
    }
  }
  let best: number | undefined;
  for (const machine of ALLOCATION_ORDER) {
    if (free & (1 << machine) && (best === undefined || gain[machine]! > gain[best]!)) best = machine;
  }
  return best;
}
