/** Tail merging: blocks that end alike and go on to the same place share their end, as one block. */
import type { Reg } from "../../isa/insn.ts";
import type { BlockId } from "../ir/model.ts";
import { isForOneKind } from "./kernel-rules.ts";
import { type InsnItem, type Item, type Placed, type PlacedTerm, successorsOf } from "./placed.ts";

/** Forwards jumps through empty blocks, merges common tails, drops what nothing reaches. First block stays first. */
export function mergeTails(blocks: readonly Placed[], nextId: number): readonly Placed[] {
  const merger = new Merger(shareExit(blocks, nextId as BlockId), nextId + 1);
  for (let again = true; again; ) {
    merger.forwardEmpty();
    again = merger.mergeRound();
  }
  merger.forwardEmpty();
  return merger.result();
}

/** All exits become jumps to one, so that conditional jumps can go there too; a jump to it is printed as an exit. */
function shareExit(blocks: readonly Placed[], id: BlockId): readonly Placed[] {
  const exits = blocks.filter((block) => block.term.kind === "exit");
  const last = exits.at(-1);
  if (!last) return blocks;
  const toExit = ({ span }: PlacedTerm): PlacedTerm => ({ kind: "jump", to: id, ...(span && { span }) });
  const joined = blocks.map((b) => (b.term.kind === "exit" ? { ...b, term: toExit(b.term) } : b));
  return [...joined, { id, items: [], term: last.term }];
}

/** Jumps to jumps go to the end at once. */
export function forwardJumps(blocks: readonly Placed[]): readonly Placed[] {
  const merger = new Merger(blocks, 0);
  merger.forwardEmpty();
  return merger.result();
}

interface Tail {
  readonly block: BlockId;
  /** Keys of the items, last first. */
  readonly keys: readonly string[];
}

class Merger {
  #order: BlockId[];
  readonly #blocks: Map<BlockId, Placed>;
  #nextId: number;

  constructor(blocks: readonly Placed[], nextId: number) {
    this.#order = blocks.map((b) => b.id);
    this.#blocks = new Map(blocks.map((b) => [b.id, b]));
    this.#nextId = nextId;
  }

  result(): readonly Placed[] {
    return this.#order.map((id) => this.#blocks.get(id)!);
  }

  forwardEmpty(): void {
    const ends = new Map<BlockId, BlockId>();
    const endOf = (start: BlockId): BlockId => {
      const seen = new Set<BlockId>();
      let id = start;
      for (;;) {
        const known = ends.get(id);
        const { items, term } = this.#blocks.get(id)!;
        if (known !== undefined) id = known;
        if (known !== undefined || items.length > 0 || term.kind !== "jump" || seen.has(id)) break;
        seen.add(id);
        id = term.to;
      }
      ends.set(start, id);
      return id;
    };
    for (const id of this.#order) {
      const block = this.#blocks.get(id)!;
      const term = retarget(block.term, endOf);
      if (term !== block.term) this.#blocks.set(id, { ...block, term });
    }
    this.#dropUnreached();
  }

  #dropUnreached(): void {
    const reached = new Set<BlockId>();
    const work = [this.#order[0]!];
    for (let id = work.pop(); id !== undefined; id = work.pop()) {
      if (reached.has(id)) continue;
      reached.add(id);
      work.push(...successorsOf(this.#blocks.get(id)!.term));
    }
    this.#order = this.#order.filter((id) => reached.has(id));
  }

  /** Whether anything was merged. */
  mergeRound(): boolean {
    const groups = new Map<string, BlockId[]>();
    for (const id of this.#order) {
      const { items, term } = this.#blocks.get(id)!;
      const last = keyAt(items, items.length - 1);
      if (last === undefined || term.kind === "branch") continue;
      const key = `${successorsOf(term).join()} ${last}`;
      groups.set(key, [...(groups.get(key) ?? []), id]);
    }
    let merged = false;
    for (const ids of groups.values()) if (ids.length > 1) merged = this.#mergeGroup(ids) || merged;
    return merged;
  }

  /** Sorted by their ends read backwards, the blocks with most in common are neighbours. The longest tails go first. */
  #mergeGroup(ids: readonly BlockId[]): boolean {
    const tails = ids.map((block): Tail => ({ block, keys: sharableKeys(this.#blocks.get(block)!.items) }));
    tails.sort((a, b) => compareKeys(a.keys, b.keys));
    const common = tails.map((tail, i) => (i === 0 ? 0 : commonLength(tails[i - 1]!.keys, tail.keys)));
    let merged = false;
    for (let best = Math.max(...common); best > 0; best = Math.max(...common)) {
      const end = common.indexOf(best);
      let count = 2;
      while (common[end + count - 1] === best) count++;
      const run = tails.slice(end - 1, end - 1 + count);
      const block = this.#share(
        run.map((tail) => tail.block),
        best,
      );
      tails.splice(end - 1, count, { block, keys: run[0]!.keys.slice(0, best) });
      common.splice(end, count - 1);
      merged = true;
    }
    return merged;
  }

  /** Cuts `length` items off each block and puts them, once, into one that all go on to. */
  #share(ids: readonly BlockId[], length: number): BlockId {
    const whole = ids.find((id) => this.#blocks.get(id)!.items.length === length && id !== this.#order[0]);
    const sample = this.#blocks.get(whole ?? ids[0]!)!;
    const id = whole ?? (this.#nextId++ as BlockId);
    if (whole === undefined) {
      this.#blocks.set(id, { id, items: sample.items.slice(-length), term: sample.term });
      const last = Math.max(...ids.map((other) => this.#order.indexOf(other)));
      this.#order.splice(last + 1, 0, id);
    }
    for (const other of ids) {
      if (other === id) continue;
      const block = this.#blocks.get(other)!;
      const items = block.items.slice(0, -length);
      this.#blocks.set(other, { ...block, items, term: { ...spanOf(block), kind: "jump", to: id } });
    }
    return id;
  }
}

const spanOf = (block: Placed) => {
  const span = block.items.at(-1)?.span ?? block.term.span;
  return span ? { span } : {};
};

function retarget(term: PlacedTerm, endOf: (id: BlockId) => BlockId): PlacedTerm {
  if (term.kind === "exit") return term;
  if (term.kind === "jump") {
    const to = endOf(term.to);
    return to === term.to ? term : { ...term, to };
  }
  const yes = endOf(term.yes);
  const no = endOf(term.no);
  if (yes === no) return { kind: "jump", to: yes, ...(term.span && { span: term.span }) };
  return yes === term.yes && no === term.no ? term : { ...term, yes, no };
}

/** What the kernel ties to one place stays there: accesses behind a pointer, and calls of kfuncs but for `keyAt`. */
function mayShare(item: Item): boolean {
  if (item.asm || isForOneKind(item.insn)) return false;
  return item.insn.kind !== "call" || item.insn.callee.kind !== "kfunc";
}

const keys = new WeakMap<Item, string>();

/** What must be equal for two items to be one; the source they came from need not be. */
function keyOf(item: Item): string {
  const known = keys.get(item);
  if (known !== undefined) return known;
  const plain = (_: string, value: unknown) => (typeof value === "bigint" ? `${value}n` : value);
  const key = JSON.stringify([item.asm ?? item.insn, item.asm ? undefined : item.unless, item.core], plain);
  keys.set(item, key);
  return key;
}

/** Keys of the items from the last one back to the first that must stay where it is. */
function sharableKeys(items: readonly Item[]): readonly string[] {
  const found: string[] = [];
  for (let i = items.length - 1; i >= 0; i--) {
    const key = keyAt(items, i);
    if (key === undefined) break;
    found.push(key);
  }
  return found;
}

/**
 * What must be equal for the item at `i` and another to be one; undefined where it has to stay. Of a call of a kfunc the
 * kernel remembers what its arguments were. It may go together with what sets them, where that is constants and stack
 * addresses only: then they are of one kind.
 */
function keyAt(items: readonly Item[], i: number): string | undefined {
  const item = items[i];
  if (!item || mayShare(item)) return item && keyOf(item);
  const start = setupOf(items, i);
  return start === undefined
    ? undefined
    : items
        .slice(start, i + 1)
        .map(keyOf)
        .join();
}

/** Where the arguments of the call at `call` begin to be made, of nothing but constants and r10. */
function setupOf(items: readonly Item[], call: number): number | undefined {
  const { args } = items[call] as InsnItem;
  if (args === undefined) return undefined;
  const open = new Set<Reg>(([1, 2, 3, 4, 5] as const).slice(0, args));
  let at = call;
  while (open.size > 0) {
    const item = items[--at];
    if (!item || item.asm || item.unless) return undefined;
    const { insn } = item;
    if (insn.kind !== "ld_imm64" && insn.kind !== "alu") return undefined;
    if (!open.has(insn.dst)) return undefined;
    if (insn.kind === "ld_imm64") open.delete(insn.dst);
    else if (insn.op === "mov" && ("imm" in insn.src || insn.src.reg === 10)) open.delete(insn.dst);
    else if (insn.op !== "add" || !("imm" in insn.src)) return undefined;
  }
  return at;
}

function commonLength(a: readonly string[], b: readonly string[]): number {
  let n = 0;
  while (n < a.length && n < b.length && a[n] === b[n]) n++;
  return n;
}

function compareKeys(a: readonly string[], b: readonly string[]): number {
  const n = commonLength(a, b);
  const [x, y] = [a[n] ?? "", b[n] ?? ""];
  return x < y ? -1 : x > y ? 1 : 0;
}
