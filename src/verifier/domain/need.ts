/**
 * Whether anything turned on the exact value of a number. A kept state needs only agree with a later one in the numbers
 * that mattered, so each number carries what it was made of, and a use that depends on its value marks all of that.
 * kernel/bpf/backtrack.c:mark_chain_precision finds the same by walking instructions backwards.
 */

/** A number at a kept state, or a mixture of such. */
export interface Origin {
  /** Something turned on the value, or may turn on it in a later round of a loop. */
  needed: boolean;
  /** Something did. */
  used: boolean;
  /** What it is made of: nothing, one or two. */
  from: Origin | undefined;
  and: Origin | undefined;
  /** Numbers of states that were left out because of this one, before all was known of it: needed as soon as it is. */
  left: Origin[] | undefined;
}

/** What a number is made of when two went into it. */
export function mix(a: Origin | undefined, b: Origin | undefined): Origin | undefined {
  if (!a || a === b) return b;
  if (!b) return a;
  // What is marked already needs no second mark.
  if (a.used) return b;
  if (b.used) return a;
  return { needed: a.needed || b.needed, used: false, from: a, and: b, left: undefined };
}

/** A number as it is in a state that is kept. */
export const rooted = (from: Origin | undefined): Origin => ({
  needed: false,
  used: false,
  from: from && !from.used ? from : undefined,
  and: undefined,
  left: undefined,
});

/** Something turns on the value of the number that is made of this. */
export function markNeeded(origin: Origin | undefined): void {
  if (!origin || origin.used) return;
  const work: Origin[] = [origin];
  for (let next = work.pop(); next; next = work.pop()) {
    if (next.used) continue;
    next.needed = true;
    next.used = true;
    addMakers(work, next);
    next.from = undefined;
    next.and = undefined;
    markLeft(next);
  }
}

/** Something may turn on the number in a round of a loop that is not followed. */
export function markMaybeNeeded(origin: Origin | undefined): void {
  const work: Origin[] = origin ? [origin] : [];
  for (let next = work.pop(); next; next = work.pop()) {
    if (next.needed) continue;
    next.needed = true;
    addMakers(work, next);
    markLeft(next);
  }
}

function addMakers(work: Origin[], { from, and }: Origin): void {
  if (from) work.push(from);
  if (and) work.push(and);
}

function markLeft(origin: Origin): void {
  const { left } = origin;
  origin.left = undefined;
  for (const other of left ?? []) markMaybeNeeded(other);
}

/** What will turn on `seen` turns on `now` as well: it was left out in favour of `seen`. */
export function needWith(seen: Origin | undefined, now: Origin | undefined): void {
  if (!seen || !now || now.needed) return;
  if (seen.needed) {
    markMaybeNeeded(now);
    return;
  }
  seen.left ??= [];
  seen.left.push(now);
}
