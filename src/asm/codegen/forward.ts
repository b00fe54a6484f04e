/** Removes moves whose register already holds the value: follows copies and constants through each block. */
import type { Insn, Reg } from "../../isa/insn.ts";
import type { Item, Placed } from "./placed.ts";

/** Keeps: every register's value after the block, so what is removed was never needed. */
export const dropKnownMoves = (blocks: readonly Placed[]): readonly Placed[] =>
  blocks.map((block) => ({ ...block, items: keptItems(block.items) }));

function keptItems(items: readonly Item[]): readonly Item[] {
  const known = new Known();
  return items.filter((item) => {
    const { insn } = item;
    const move = item.unless || item.core ? undefined : moveOf(insn);
    if (move !== undefined) return known.move(move.dst, move.value);
    for (const r of written(insn)) known.forget(r);
    return true;
  });
}

/** A register's contents by name: two registers with one name are equal. */
class Known {
  readonly #names: string[] = Array.from({ length: 12 }, (_, r) => `start ${r}`);
  #next = 0;

  /** Whether the move changes anything. */
  move(dst: Reg, value: string | Reg): boolean {
    const name = typeof value === "number" ? this.#names[value]! : value;
    if (this.#names[dst] === name) return false;
    this.#names[dst] = name;
    return true;
  }

  forget(r: Reg): void {
    this.#names[r] = `new ${this.#next++}`;
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
