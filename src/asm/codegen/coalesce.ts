/** Coalescing: registers joined by a copy become one where their lives do not cross, and the copy vanishes. */
import type { Graph } from "./interference.ts";
import { FIRST_VIRTUAL, FP, type VReg } from "./machine.ts";
import { ALLOCATABLE } from "./target.ts";

/** Finds the register that stands for a group of coalesced ones. */
export type Leader = (r: VReg) => VReg;

/** Joins what it can, heaviest copies first. Changes `graph`: groups share the edges of their leader. */
export function coalesce(graph: Graph, mayJoin: (r: VReg) => boolean): Leader {
  /** By register; 0, which is none of these, for a leader. */
  const parent = new Int32Array(graph.neighbours.length);
  const leader: Leader = (r) => {
    let top = r;
    for (let up = parent[top - FIRST_VIRTUAL]; up; up = parent[top - FIRST_VIRTUAL]) top = up as VReg;
    for (let at = r; at !== top; ) {
      const up = parent[at - FIRST_VIRTUAL]! as VReg;
      parent[at - FIRST_VIRTUAL] = top;
      at = up;
    }
    return top;
  };
  const heaviest = [...graph.copies].sort((x, y) => y.weight - x.weight);
  for (const { dst, src } of heaviest) {
    if (!mayJoin(dst) || !mayJoin(src)) continue;
    const a = leader(dst);
    const b = leader(src);
    if (a === b || !canJoin(graph, a, b)) continue;
    const [into, from] = sizeOf(graph, a) >= sizeOf(graph, b) ? [a, b] : [b, a];
    join(graph, into, from);
    parent[from - FIRST_VIRTUAL] = into;
  }
  return leader;
}

const sizeOf = (graph: Graph, r: VReg): number => graph.neighbours[r - FIRST_VIRTUAL]!.size;

function canJoin(graph: Graph, a: VReg, b: VReg): boolean {
  if (graph.neighbours[a - FIRST_VIRTUAL]!.has(b)) return false;
  return (ALLOCATABLE & ~(graph.forbidden[a - FIRST_VIRTUAL]! | graph.forbidden[b - FIRST_VIRTUAL]!)) !== 0;
}

function join(graph: Graph, into: VReg, from: VReg): void {
  const a = into - FIRST_VIRTUAL;
  const b = from - FIRST_VIRTUAL;
  const edges = graph.neighbours[a]!;
  for (const other of graph.neighbours[b]!) {
    const back = graph.neighbours[other - FIRST_VIRTUAL]!;
    back.delete(from);
    back.add(into);
    edges.add(other);
  }
  graph.neighbours[b]!.clear();
  graph.forbidden[a]! |= graph.forbidden[b]!;
  graph.cost[a]! += graph.cost[b]!;
  const hints = graph.hints[b];
  if (!hints) return;
  const own = graph.hints[a] ?? new Float64Array(FP + 1);
  graph.hints[a] = own;
  hints.forEach((weight, r) => {
    own[r]! += weight;
  });
}
