/** Dominator tree and dominance frontiers, in near-linear time (Georgiadis and Tarjan's semi-NCA). */
import { type Numbered, numberedGraph, type Predecessors, predecessors } from "./cfg.ts";
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

/** Blocks by depth-first number. */
interface DepthFirst {
  /** Places of blocks in their list. */
  readonly order: Int32Array;
  /** By place, the number; -1 where the block is not reached. */
  readonly number: Int32Array;
  readonly parent: Int32Array;
  readonly count: number;
}

function depthFirst({ next }: Numbered, blocks: number): DepthFirst {
  const parent = new Int32Array(blocks);
  const number = new Int32Array(blocks).fill(-1);
  const order = new Int32Array(blocks);
  let count = 0;
  /** Places, and the numbers of those they were met from. */
  const work: number[] = [0];
  const from: number[] = [0];
  for (let at = work.pop(); at !== undefined; at = work.pop()) {
    const met = from.pop()!;
    if (number[at] !== -1) continue;
    number[at] = count;
    parent[count] = met;
    for (let way = 2 * at; way < 2 * at + 2; way++) {
      if (next[way]! < 0) continue;
      work.push(next[way]!);
      from.push(count);
    }
    order[count++] = at;
  }
  return { order, number, parent, count };
}

/** By number: where in `list` the numbers of its predecessors begin. */
function incoming({ next }: Numbered, { order, number, count }: DepthFirst): { starts: Int32Array; list: Int32Array } {
  const starts = new Int32Array(count + 1);
  const eachEdge = (visit: (to: number, from: number) => void): void => {
    for (let v = 0; v < count; v++) {
      const at = 2 * order[v]!;
      if (next[at]! >= 0) visit(number[next[at]!]!, v);
      if (next[at + 1]! >= 0) visit(number[next[at + 1]!]!, v);
    }
  };
  eachEdge((to) => {
    starts[to + 1]!++;
  });
  for (let v = 0; v < count; v++) starts[v + 1]! += starts[v]!;
  const fill = starts.slice();
  const list = new Int32Array(starts[count]!);
  eachEdge((to, from) => {
    list[fill[to]!++] = from;
  });
  return { starts, list };
}

/** Immediate dominators by depth-first number. */
function semiNca(graph: Numbered, dfs: DepthFirst): Int32Array {
  const { parent, count } = dfs;
  const { starts, list } = incoming(graph, dfs);
  const semi = new Int32Array(count);
  for (let v = 0; v < count; v++) semi[v] = v;
  const label = semi.slice();
  const ancestor = new Int32Array(count).fill(-1);
  const idom = parent.slice(0, count);
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
    for (let i = starts[w]!; i < starts[w + 1]!; i++) {
      const v = list[i]!;
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

const none: readonly BlockId[] = [];

function newDominators({ blocks }: IrFunction): Dominators {
  const graph = numberedGraph(blocks);
  const dfs = depthFirst(graph, blocks.length);
  const { order, number, count } = dfs;
  const idoms = semiNca(graph, dfs);
  const idOf = (index: number): BlockId => blocks[order[index]!]!.id;
  const numberOf = (block: BlockId): number => number[graph.place[block] ?? -1] ?? -1;
  /** Of a number, the last child; of a child, the one before it. */
  const lastChild = new Int32Array(count).fill(-1);
  const before = new Int32Array(count).fill(-1);
  for (let i = 1; i < count; i++) {
    before[i] = lastChild[idoms[i]!]!;
    lastChild[idoms[i]!] = i;
  }
  const preorder: BlockId[] = [];
  const enter = new Int32Array(count);
  const leave = new Int32Array(count);
  /** A parent's children are pushed last first; what was entered comes again, as -1 less, to be left. */
  const work: number[] = [0];
  let clock = 0;
  for (let at = work.pop(); at !== undefined; at = work.pop()) {
    if (at < 0) {
      leave[-1 - at] = clock++;
      continue;
    }
    enter[at] = clock++;
    preorder.push(idOf(at));
    work.push(-1 - at);
    for (let child = lastChild[at]!; child >= 0; child = before[child]!) work.push(child);
  }
  const children = new Map<number, readonly BlockId[]>();
  const childrenOf = (index: number): readonly BlockId[] => {
    const list: BlockId[] = [];
    for (let child = lastChild[index]!; child >= 0; child = before[child]!) list.push(idOf(child));
    return list.reverse();
  };
  return {
    idom: (block) => {
      const index = numberOf(block);
      return index > 0 ? idOf(idoms[index]!) : undefined;
    },
    children: (block) => {
      const index = numberOf(block);
      if (index < 0 || lastChild[index]! < 0) return none;
      const known = children.get(index) ?? childrenOf(index);
      children.set(index, known);
      return known;
    },
    dominates: (a, b) => {
      const [x, y] = [numberOf(a), numberOf(b)];
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
