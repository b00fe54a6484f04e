/** Blocks in their order to lines: labels, fall-through, inverted branches. */
import type { CoreAccess } from "../../btf/core.ts";
import { type Condition, type Insn, type Line, slotCount } from "../../isa/insn.ts";
import { lineOf } from "../../isa/layout.ts";
import type { Span } from "../../support/span.ts";
import type { AsmCode, BlockId } from "../ir/model.ts";
import { fallingBack } from "./falls.ts";
import { mayFallBack } from "./kernel-rules.ts";
import type { InsnItem, Item, Placed } from "./placed.ts";
import { oppositeOf } from "./select-branch.ts";
import type { Target } from "./target.ts";

export interface Emitted {
  readonly lines: readonly Line<CoreAccess>[];
  /** The longest branch, in slots. */
  readonly reach: number;
}

/** Jumps get 32 bits of distance where they need them and `target` has gotol. */
export function emit(blocks: readonly Placed[], target: Target): Emitted {
  const short = new Emitter(blocks, target, false).run();
  if (!target.v4 || short.reach <= MAX_REACH) return short;
  return new Emitter(blocks, target, true).run();
}

type Asked = Condition | "may_goto";

/** What the 16-bit offset of a jump can span, in slots. */
export const MAX_REACH = 32767;

const isExit = ({ items, term }: Placed): boolean => items.length === 0 && term.kind === "exit";

const labelOf = (id: BlockId): string => `b${id}`;

class Emitter {
  readonly #blocks: readonly Placed[];
  readonly #byId: ReadonlyMap<BlockId, Placed>;
  readonly #target: Target;
  readonly #long: boolean;
  readonly #fallingBack: ReadonlySet<BlockId>;
  readonly #lines: Line<CoreAccess>[] = [];
  readonly #targets = new Set<string>();
  #labels: string[] = [];
  #skips = 0;

  constructor(blocks: readonly Placed[], target: Target, long: boolean) {
    this.#blocks = blocks;
    this.#target = target;
    this.#byId = new Map(blocks.map((b) => [b.id, b]));
    this.#long = long;
    this.#fallingBack = mayFallBack(blocks, target) ? new Set() : fallingBack(blocks);
  }

  run(): Emitted {
    /** Lines of blocks that only end the function and are not fallen into: whoever jumped there may end it himself. */
    const exits = new Map<Line<CoreAccess>, string>();
    this.#blocks.forEach((block, i) => {
      this.#labels.push(labelOf(block.id));
      for (const item of block.items) this.#item(item);
      this.#term(block, this.#blocks[i + 1]?.id);
      if (i > 0 && isExit(block) && !this.#fallsInto(this.#blocks[i - 1]!, block.id))
        exits.set(this.#lines.at(-1)!, labelOf(block.id));
    });
    const wanted = this.#lines.filter((line) => this.#targets.has(exits.get(line) ?? "") || !exits.has(line));
    const lines = wanted.map((line) => this.#withoutIdleLabels(line));
    return { lines, reach: longestBranch(lines) };
  }

  #fallsInto({ term }: Placed, next: BlockId): boolean {
    if (term.kind === "jump") return term.to === next;
    if (term.kind === "exit") return false;
    return term.no === next || (term.yes === next && oppositeOf(term.cond, this.#target) !== undefined);
  }

  #item(item: Item): void {
    if (item.asm) this.#assembly(item.asm, item.span);
    else this.#insn(item);
  }

  /** Labels of assembly get a name for each place that it is put. */
  #assembly({ lines, endLabels }: AsmCode, span: Span | undefined): void {
    const prefix = `a${this.#skips++}.`;
    for (const { insn, labels = [] } of lines) {
      this.#labels.push(...labels.map((label) => prefix + label));
      const jumps = (insn.kind === "jump" || insn.kind === "may_goto") && "label" in insn.target;
      const label = jumps ? prefix + insn.target.label : undefined;
      if (label !== undefined) this.#targets.add(label);
      this.#push(label === undefined ? insn : ({ ...insn, target: { label } } as Insn), span);
    }
    this.#labels.push(...endLabels.map((label) => prefix + label));
  }

  #insn({ insn, unless, span, core }: InsnItem): void {
    if (!unless) {
      this.#push(insn, span, core);
      return;
    }
    const label = `s${this.#skips++}`;
    this.#jump(label, span, unless);
    this.#push(insn, span, core);
    this.#labels.push(label);
  }

  #term({ id, term }: Placed, next: BlockId | undefined): void {
    const { span } = term;
    if (term.kind === "exit") {
      this.#push({ kind: "exit" }, span);
      return;
    }
    if (term.kind === "jump") {
      this.#goto(term.to, this.#fallingBack.has(id) ? undefined : next, span);
      return;
    }
    const reversed = oppositeOf(term.cond, this.#target);
    if (term.yes === next && reversed) {
      this.#branch(term.no, span, reversed);
      return;
    }
    this.#branch(term.yes, span, term.cond);
    this.#goto(term.no, next, span);
  }

  #goto(to: BlockId, next: BlockId | undefined, span: Span | undefined): void {
    if (to === next) return;
    if (isExit(this.#byId.get(to)!)) {
      this.#push({ kind: "exit" }, span);
      return;
    }
    this.#jump(labelOf(to), span);
  }

  /** A conditional jump reaches 16 bits only: a long one jumps around a gotol. */
  #branch(to: BlockId, span: Span | undefined, cond: Asked): void {
    if (!this.#long) {
      this.#jump(labelOf(to), span, cond);
      return;
    }
    const skip = `s${this.#skips++}`;
    const reversed = oppositeOf(cond, this.#target);
    if (reversed) {
      this.#jump(skip, span, reversed);
    } else {
      const over = `s${this.#skips++}`;
      this.#jump(over, span, cond);
      this.#jump(skip, span);
      this.#labels.push(over);
    }
    this.#jump(labelOf(to), span, undefined, true);
    this.#labels.push(skip);
  }

  #jump(label: string, span: Span | undefined, cond?: Asked, long = this.#long && !cond): void {
    const target = { label };
    this.#targets.add(label);
    if (cond === "may_goto") this.#push({ kind: "may_goto", target }, span);
    else this.#push({ kind: "jump", target, ...(cond && { cond }), ...(long && { long }) }, span);
  }

  #push(insn: Insn, span: Span | undefined, core?: CoreAccess): void {
    const labels = this.#labels;
    this.#labels = [];
    this.#lines.push(lineOf(insn, { labels: labels.length > 0 ? labels : undefined, span, core }));
  }

  #withoutIdleLabels(line: Line<CoreAccess>): Line<CoreAccess> {
    if (!line.labels) return line;
    const used = line.labels.filter((label) => this.#targets.has(label));
    if (used.length === line.labels.length) return line;
    return lineOf(line.insn, { labels: used.length > 0 ? used : undefined, span: line.span, core: line.core });
  }
}

function longestBranch(lines: readonly Line[]): number {
  const places = new Map<string, number>();
  let slot = 0;
  for (const line of lines) {
    for (const label of line.labels ?? []) places.set(label, slot);
    slot += slotCount(line.insn);
  }
  let longest = 0;
  slot = 0;
  for (const { insn } of lines) {
    slot += slotCount(insn);
    if ((insn.kind !== "jump" && insn.kind !== "may_goto") || !("label" in insn.target)) continue;
    if (insn.kind === "jump" && insn.long) continue;
    longest = Math.max(longest, Math.abs(places.get(insn.target.label)! - slot));
  }
  return longest;
}
