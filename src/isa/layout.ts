/**
 * Labels to distances. A branch has 16 bits for its distance in slots; where that is not enough it is rewritten with
 * `gotol`, which has 32, and everything behind it moves.
 */
import { bug } from "../support/bug.ts";
import { fitsS16 } from "../support/int.ts";
import { type Condition, type Insn, type Line, slotCount, type Target } from "./insn.ts";
import { condByOp } from "./ops.ts";

/** A line at its place, in slots from the start of the function; no branch in it names a label. */
export interface PlacedLine<Core = unknown> extends Line<Core> {
  readonly slot: number;
}

/** A branch that cannot reach its target. */
export interface FarBranch {
  /** Index into the lines that were given. */
  readonly lineIdx: number;
  readonly label: string;
  /** Slots from the next instruction. */
  readonly distance: number;
}

export interface Layout<Core = unknown> {
  readonly lines: readonly PlacedLine<Core>[];
  /** Slots of the whole function. */
  readonly slots: number;
  readonly tooFar: readonly FarBranch[];
}

export interface LayoutOptions {
  /** Whether `gotol` may be used (cpu v4, Linux 6.6); true unless told. */
  readonly gotol?: boolean;
}

/**
 * Gives every line its slot and every branch its distance. A label that no line has is an `InternalError`, for names are
 * checked where they are read; a branch that is too far and may not be long is in `tooFar` and gets the distance 0.
 */
export function layoutLines<Core>(lines: readonly Line<Core>[], options: LayoutOptions = {}): Layout<Core> {
  const places = labelPlaces(lines);
  const long = new Set<number>();
  let slots = startSlots(lines, long);
  const tooFar: FarBranch[] = [];
  for (let grown = true; grown; ) {
    grown = false;
    tooFar.length = 0;
    for (let i = 0; i < lines.length; i++) {
      const { insn } = lines[i]!;
      const label = labelOf(insn);
      if (label === undefined || long.has(i) || isLongJump(insn)) continue;
      const distance = slots[placeOf(places, label)]! - slots[i + 1]!;
      if (fitsS16(distance)) continue;
      if (options.gotol === false || insn.kind === "may_goto") tooFar.push({ lineIdx: i, label, distance });
      else {
        long.add(i);
        grown = true;
      }
    }
    if (grown) slots = startSlots(lines, long);
  }
  return { lines: place(lines, slots, places, long), slots: slots[lines.length]!, tooFar };
}

/** Index of the line that each label marks. */
function labelPlaces(lines: readonly Line[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  lines.forEach((line, i) => {
    for (const label of line.labels ?? []) {
      if (places.has(label)) bug(`label ${label} is set twice`);
      places.set(label, i);
    }
  });
  return places;
}

const placeOf = (places: ReadonlyMap<string, number>, label: string): number =>
  places.get(label) ?? bug(`label ${label} is set nowhere`);

const isLongJump = (insn: Insn): boolean => insn.kind === "jump" && insn.long === true;

function labelOf(insn: Insn): string | undefined {
  if (insn.kind !== "jump" && insn.kind !== "may_goto") return undefined;
  return "label" in insn.target ? insn.target.label : undefined;
}

/** First slot of each line, and the end behind the last. */
function startSlots(lines: readonly Line[], long: ReadonlySet<number>): Uint32Array {
  const slots = new Uint32Array(lines.length + 1);
  for (let i = 0; i < lines.length; i++) {
    const { insn } = lines[i]!;
    slots[i + 1] = slots[i]! + (long.has(i) ? longSlots(insn) : slotCount(insn));
  }
  return slots;
}

const conditionOf = (insn: Insn): Condition | undefined => (insn.kind === "jump" ? insn.cond : undefined);

function longSlots(insn: Insn): number {
  const cond = conditionOf(insn);
  if (!cond) return 1;
  return condByOp[cond.op].inverse ? 2 : 3;
}

/** A branch as `gotol`: a condition jumps over it if it does not hold. `distance` counts from behind the last of them. */
function longBranch(insn: Insn, distance: number): readonly Insn[] {
  const far: Insn = { kind: "jump", target: { off: distance }, long: true };
  const cond = conditionOf(insn);
  if (!cond) return [far];
  const over: Target = { off: 1 };
  const { inverse } = condByOp[cond.op];
  if (inverse) return [{ kind: "jump", cond: { ...cond, op: inverse }, target: over }, far];
  return [{ kind: "jump", cond, target: over }, { kind: "jump", target: over }, far];
}

type Ride<Core> = { readonly [K in Exclude<keyof Line<Core>, "insn">]?: Line<Core>[K] | undefined };

/** A line of one layout: what it does not have is undefined, so that all are read alike. */
export const lineOf = <Core>(insn: Insn, { labels, span, core, note }: Ride<Core>): Line<Core> =>
  ({ insn, labels, span, core, note }) as Line<Core>;

const placedLine = <Core>(
  { span, core, note }: Line<Core>,
  insn: Insn,
  labels: Line["labels"],
  slot: number,
): PlacedLine<Core> => ({ insn, labels, span, core, note, slot }) as PlacedLine<Core>;

function place<Core>(
  lines: readonly Line<Core>[],
  slots: Uint32Array,
  places: ReadonlyMap<string, number>,
  long: ReadonlySet<number>,
): readonly PlacedLine<Core>[] {
  const placed: PlacedLine<Core>[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    const slot = slots[i]!;
    const label = labelOf(line.insn);
    if (label === undefined) {
      placed.push(placedLine(line, line.insn, line.labels, slot));
      continue;
    }
    const distance = slots[placeOf(places, label)]! - slots[i + 1]!;
    if (long.has(i)) {
      longBranch(line.insn, distance).forEach((insn, n) => {
        placed.push(placedLine(line, insn, n === 0 ? line.labels : undefined, slot + n));
      });
    } else {
      const off = fitsS16(distance) || isLongJump(line.insn) ? distance : 0;
      const insn = { ...line.insn, target: { off } } as Insn;
      placed.push(placedLine(line, insn, line.labels, slot));
    }
  }
  return placed;
}
