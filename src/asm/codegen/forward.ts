/** Removes moves whose register already holds the value: follows copies, constants and what branches have found out. */
import type { Insn, Reg } from "../../isa/insn.ts";
import type { BlockId } from "../ir/model.ts";
import { type Item, type Placed, type PlacedTerm, successorsOf } from "./placed.ts";

/** Relies on: a block comes after its only predecessor. Keeps: what every register holds after each block. */
export function dropKnownMoves(blocks: readonly Placed[]): readonly Placed[] {
  const entries = new Map<BlockId, number>();
  for (const block of blocks) for (const to of successorsOf(block.term)) entries.set(to, (entries.get(to) ?? 0) + 1);
  const start = new Map<BlockId, Known>();
  return blocks.map((block) => {
    const known = start.get(block.id) ?? new Known();
    const items = keptItems(block.items, known);
    for (const to of successorsOf(block.term)) if (entries.get(to) === 1) start.set(to, onWay(known, block.term, to));
    return { ...block, items };
  });
}

/**
 * What is known on the way to `to`: an equality that held. Not with 0: the kernel may still see a pointer there, as
 * behind a null check of one that it holds to be never null.
 */
function onWay(known: Known, term: PlacedTerm, to: BlockId): Known {
  const copy = known.copy();
  if (term.kind !== "branch" || term.cond === "may_goto") return copy;
  if (term.cond.width !== 64 || !("imm" in term.cond.src) || term.cond.src.imm === 0) return copy;
  const equal = (term.cond.op === "eq" && to === term.yes) || (term.cond.op === "ne" && to === term.no);
  if (equal) copy.move(term.cond.dst, `${term.cond.src.imm}`);
  return copy;
}

function keptItems(items: readonly Item[], known: Known): readonly Item[] {
  return items.filter((item) => {
    if (item.asm) {
      for (const r of item.writes) known.forget(r);
      return true;
    }
    const { insn } = item;
    const move = item.unless || item.core ? undefined : moveOf(insn);
    if (move !== undefined) return known.move(move.dst, move.value);
    for (const r of written(insn)) known.forget(r);
    return true;
  });
}

/** A constant by its text, any other value by an object of its own. */
type Name = string | object;

/** A register's contents by name: two registers with one name are equal. */
class Known {
  readonly #names: Name[];

  constructor(names?: readonly Name[]) {
    this.#names = names ? [...names] : Array.from({ length: 12 }, () => ({}));
  }

  copy(): Known {
    return new Known(this.#names);
  }

  /** Whether the move changes anything. */
  move(dst: Reg, value: string | Reg): boolean {
    const name = typeof value === "number" ? this.#names[value]! : value;
    if (this.#names[dst] === name) return false;
    this.#names[dst] = name;
    return true;
  }

  forget(r: Reg): void {
    this.#names[r] = {};
  }
}

function moveOf(insn: Insn): { readonly dst: Reg; readonly value: string | Reg } | undefined {
  if (insn.kind !== "alu" || insn.op !== "mov") return undefined;
  const { dst, src, width } = insn;
  if ("imm" in src) return { dst, value: width === 64 || src.imm >= 0 ? `${src.imm}` : `low ${src.imm}` };
  return width === 64 ? { dst, value: src.reg } : undefined;
}

const scratch: readonly Reg[] = [0, 1, 2, 3, 4, 5];

/** Registers that `insn` changes. */
export function written(insn: Insn): readonly Reg[] {
  switch (insn.kind) {
    case "alu":
    case "neg":
    case "endian":
    case "load":
    case "load_acquire":
    case "addr_space_cast":
    case "ld_imm64":
      return [insn.dst];
    case "atomic":
      return !insn.fetch ? [] : insn.op === "cmpxchg" ? [0] : [insn.src];
    case "call":
    case "callx":
      return scratch;
    case "load_packet":
      return scratch;
    default:
      return [];
  }
}
