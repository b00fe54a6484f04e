/** The control-flow graph seen from its edges: predecessors and reverse post-order. */
import { bug } from "../../support/bug.ts";
import { successors } from "./inst.ts";
import type { Block, BlockId, Term } from "./model.ts";

export type Predecessors = ReadonlyMap<BlockId, readonly BlockId[]>;

interface Asked {
  readonly blocks: readonly Block[];
  readonly preds: Predecessors;
}

/** The last answer: passes ask one after the other of one function, and most leave its graph as it is. */
let last: Asked = { blocks: [], preds: new Map() };

/** Predecessors by block, each once, in block order; the same map as before where the graph is the same. */
export function predecessors(blocks: readonly Block[]): Predecessors {
  if (blocks === last.blocks) return last.preds;
  last = { blocks, preds: sameGraph(blocks, last.blocks) ? last.preds : newPredecessors(blocks) };
  return last.preds;
}

/** Whether two lists are of the same blocks in one order, with the same ways between them. */
function sameGraph(a: readonly Block[], b: readonly Block[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    if (x !== y && (x.id !== y.id || !sameWays(x.term, y.term))) return false;
  }
  return true;
}

/** Whether two terminators lead to the same blocks in the same way. */
export function sameWays(a: Term, b: Term): boolean {
  if (a === b) return true;
  if (a.op === "jump") return b.op === "jump" && a.to === b.to;
  if (a.op === "br") return b.op === "br" && a.then === b.then && a.else === b.else;
  return b.op !== "jump" && b.op !== "br";
}

function newPredecessors(blocks: readonly Block[]): Predecessors {
  const preds = new Map<BlockId, BlockId[]>();
  for (const { id } of blocks) preds.set(id, []);
  for (const { id, term } of blocks) {
    if (term.op === "jump") preds.get(term.to)?.push(id);
    else if (term.op === "br") {
      preds.get(term.then)?.push(id);
      if (term.else !== term.then) preds.get(term.else)?.push(id);
    }
  }
  return preds;
}

/** A graph by the places of its blocks in their list, for what walks over much of it. */
export interface Numbered {
  /** By block, its place; -1 for numbers that no block has. */
  readonly place: Int32Array;
  /** At twice a place and behind it, the places of blocks that may run next; -1 for none. One that comes twice is there once. */
  readonly next: Int32Array;
}

let lastNumbered: { readonly graph: Predecessors; readonly numbered: Numbered } | undefined;

/** The same object as before where the graph is the same. */
export function numberedGraph(blocks: readonly Block[]): Numbered {
  const graph = predecessors(blocks);
  if (lastNumbered?.graph !== graph) lastNumbered = { graph, numbered: newNumbered(blocks) };
  return lastNumbered.numbered;
}

function newNumbered(blocks: readonly Block[]): Numbered {
  let most = 0;
  for (const { id } of blocks) if (id > most) most = id;
  const place = new Int32Array(most + 1).fill(-1);
  for (let i = 0; i < blocks.length; i++) place[blocks[i]!.id] = i;
  const next = new Int32Array(2 * blocks.length).fill(-1);
  for (let i = 0; i < blocks.length; i++) {
    const { term } = blocks[i]!;
    if (term.op === "jump") next[2 * i] = place[term.to] ?? -1;
    else if (term.op === "br") {
      next[2 * i] = place[term.then] ?? -1;
      if (term.else !== term.then) next[2 * i + 1] = place[term.else] ?? -1;
    }
  }
  return { place, next };
}

export interface BlockSet {
  has(block: BlockId): boolean;
}

/** Blocks that may run after one of `from` has; these themselves only where a way leads back. */
export function blocksBehind(blocks: readonly Block[], from: Iterable<BlockId>): BlockSet {
  const { place, next } = numberedGraph(blocks);
  const seen = new Uint8Array(blocks.length);
  const work: number[] = [];
  for (const block of from) work.push(place[block] ?? bug(`no block b${block}`));
  for (let at = work.pop(); at !== undefined; at = work.pop()) {
    for (let way = 2 * at; way < 2 * at + 2; way++) {
      const to = next[way]!;
      if (to < 0 || seen[to]) continue;
      seen[to] = 1;
      work.push(to);
    }
  }
  return { has: (block) => seen[place[block] ?? -1] === 1 };
}

/**
 * Blocks that `entry` reaches, in reverse post-order. A branch's `then` way comes right after it where it can, so that
 * the order is close to the source's.
 */
export function reversePostOrder<B extends Pick<Block, "id" | "term">>(
  entry: BlockId,
  blocks: ReadonlyMap<BlockId, B>,
): B[] {
  const seen = new Set<BlockId>([entry]);
  const order: B[] = [];
  const stack: { block: B; next: BlockId[] }[] = [];
  const push = (id: BlockId): void => {
    const block = blocks.get(id);
    if (block) stack.push({ block, next: successors(block.term) });
  };
  push(entry);
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    const next = top.next.pop();
    if (next === undefined) {
      order.push(top.block);
      stack.pop();
    } else if (!seen.has(next)) {
      seen.add(next);
      push(next);
    }
  }
  return order.reverse();
}
