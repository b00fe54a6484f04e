/** Dominator tree and dominance frontiers, in near-linear time (Georgiadis and Tarjan's semi-NCA). */
import { type Predecessors, predecessors } from "./cfg.ts";
import { successors } from "./inst.ts";
import type { BlockId, IrFunction } from "./model.ts";

export interface Dominators {
  /** The closest block that every way to this one passes; undefined for the entry. */
  idom(block: BlockId): BlockId | undefined;
  children(block: BlockId): readonly BlockId[];
  /** Whether every way to `b` passes `a`; a block dominates itself. */
  dominates(a: BlockId, b: BlockId): boolean;
  /** Blocks of the tree, each after its parent. */
  readonly preorder: readonly BlockId[];
}

interface DepthFirst {
  readonly order: readonly BlockId[];
  readonly number: ReadonlyMap<BlockId, number>;
  readonly parent: Int32Array;
}

function depthFirst(fn: IrFunction): DepthFirst {
  const terms = new Map(fn.blocks.map((block) => [block.id, block.term]));
  const parent = new Int32Array(fn.blocks.length);
  const number = new Map<BlockId, number>();
  const order: BlockId[] = [];
  const stack: { id: BlockId; from: number }[] = [{ id: fn.blocks[0]!.id, from: 0 }];
  while (stack.length > 0) {
    const { id, from } = stack.pop()!;
    if (number.has(id)) continue;
    number.set(id, order.length);
    parent[order.length] = from;
    for (const next of successors(terms.get(id)!)) stack.push({ id: next, from: order.length });
    order.push(id);
  }
  return { order, number, parent };
}

/** Immediate dominators by depth-first number. */
function semiNca(fn: IrFunction, { order, number, parent }: DepthFirst): Int32Array {
  const count = order.length;
  const preds = predecessors(fn.blocks);
  const semi = Int32Array.from({ length: count }, (_, i) => i);
  const label = Int32Array.from(semi);
  const ancestor = new Int32Array(count).fill(-1);
  const idom = Int32Array.from(parent);
  const path: number[] = [];
  /** The vertex of least semidominator between `v` and its tree's root, paths compressed on the way. */
  const evaluate = (v: number): number => {
    let at = v;
    while (ancestor[at]! !== -1 && ancestor[ancestor[at]!]! !== -1) {
      path.push(at);
      at = ancestor[at]!;
    }
    while (path.length > 0) {
      const low = path.pop()!;
      const up = ancestor[low]!;
      if (semi[label[up]!]! < semi[label[low]!]!) label[low] = label[up]!;
      ancestor[low] = ancestor[up]!;
    }
    return label[v]!;
  };
  for (let w = count - 1; w > 0; w--) {
    for (const pred of preds.get(order[w]!) ?? []) {
      const v = number.get(pred);
      if (v === undefined) continue;
      const least = v < w ? v : semi[evaluate(v)]!;
      if (least < semi[w]!) semi[w] = least;
    }
    ancestor[w] = parent[w]!;
  }
  for (let w = 1; w < count; w++) {
    let up = parent[w]!;
    while (up > semi[w]!) up = idom[up]!;
    idom[w] = up;
  }
  return idom;
}

/** The last answer, and the graph that it is of. */
let last: { readonly graph: Predecessors; readonly doms: Dominators } | undefined;

/** Relies on: every block is reachable. The same object as before where the graph is the same. */
export function dominators(fn: IrFunction): Dominators {
  const graph = predecessors(fn.blocks);
  if (last?.graph !== graph) last = { graph, doms: newDominators(fn) };
  return last.doms;
}

function newDominators(fn: IrFunction): Dominators {
  const dfs = depthFirst(fn);
  const { order, number } = dfs;
  const idoms = semiNca(fn, dfs);
  const children: BlockId[][] = order.map(() => []);
  for (let i = 1; i < order.length; i++) children[idoms[i]!]!.push(order[i]!);
  const preorder: BlockId[] = [];
  const enter = new Int32Array(order.length);
  const leave = new Int32Array(order.length);
  let clock = 0;
  const stack: { index: number; next: number }[] = [{ index: 0, next: 0 }];
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    if (top.next === 0) {
      enter[top.index] = clock++;
      preorder.push(order[top.index]!);
    }
    const child = children[top.index]![top.next++];
    if (child !== undefined) stack.push({ index: number.get(child)!, next: 0 });
    else {
      leave[top.index] = clock++;
      stack.pop();
    }
  }
  return {
    idom: (block) => {
      const index = number.get(block);
      return index ? order[idoms[index]!] : undefined;
    },
    children: (block) => children[number.get(block) ?? -1] ?? [],
    dominates: (a, b) => {
      const [x, y] = [number.get(a) ?? -1, number.get(b) ?? -1];
      return enter[x]! <= enter[y]! && leave[y]! <= leave[x]!;
    },
    preorder,
  };
}

/** Dominance frontiers: where what is defined in a block meets something else. */
export function frontiers(fn: IrFunction, doms: Dominators): Map<BlockId, BlockId[]> {
  const result = new Map<BlockId, BlockId[]>(fn.blocks.map((block) => [block.id, []]));
  const preds = predecessors(fn.blocks);
  for (const { id } of fn.blocks) {
    const from = preds.get(id)!;
    if (from.length < 2) continue;
    const stop = doms.idom(id);
    for (const pred of from) {
      // A block that has `id` already was passed on another way up; so was everything above it.
      for (let at: BlockId | undefined = pred; at !== undefined && at !== stop; at = doms.idom(at)) {
        const list = result.get(at)!;
        if (list[list.length - 1] === id) break;
        list.push(id);
      }
    }
  }
  return result;
}

/**
 * Walks a tree of blocks, each before its children; what `enter` gives is undone, last step first, when the block's whole
 * subtree is done.
 */
export function walkTree(
  root: BlockId,
  children: (block: BlockId) => Iterable<BlockId>,
  enter: (block: BlockId) => readonly (() => void)[],
): void {
  const stack: { readonly block: BlockId; undo?: readonly (() => void)[] }[] = [{ block: root }];
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    if (top.undo) {
      for (let i = top.undo.length - 1; i >= 0; i--) top.undo[i]!();
      stack.pop();
      continue;
    }
    top.undo = enter(top.block);
    for (const child of children(top.block)) stack.push({ block: child });
  }
}
