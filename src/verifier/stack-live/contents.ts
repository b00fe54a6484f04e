/**
 * What a register may hold, as far as it concerns the stack: places in it, or a number, a map or a function that a call
 * needs to be understood. Each content is a number; equal ones are the same. Frames count outwards: 0 is the running one.
 * kernel/bpf/liveness.c:arg_track
 */
import type { LinkedMap } from "../../link/model.ts";

export type Content = number;

/** `off` bytes from the end of a frame. */
export interface Place {
  readonly frame: number;
  readonly off: number;
}

interface Entry {
  /** The places that it may be. */
  readonly at: readonly Place[];
  /** Frames of which it may be any place; bit n for frame n. */
  readonly anywhere: number;
  /** It is a place in a stack, or what is read through it is refused. */
  readonly sure: boolean;
  readonly number: bigint | undefined;
  readonly map: LinkedMap | undefined;
  readonly func: number | undefined;
}

/** Nothing that concerns the stack. */
export const NONE: Content = 0;
/** Any place in any frame but the running one. */
export const CALLERS = 0xfffe;
/** Chains of calls have no more frames. include/linux/bpf_verifier.h:MAX_CALL_FRAMES */
export const MAX_FRAMES = 16;
const FRAMES = 0xffff;

/** All are made in these two ways: objects that are spread into new ones differ in shape for the engine. */
const known = (number: bigint | undefined, map: LinkedMap | undefined, func: number | undefined): Entry => ({
  at: [],
  anywhere: 0,
  sure: false,
  number,
  map,
  func,
});
const pointing = (at: readonly Place[], anywhere: number, sure: boolean): Entry => ({
  at,
  anywhere,
  sure,
  number: undefined,
  map: undefined,
  func: undefined,
});
const EMPTY: Entry = known(undefined, undefined, undefined);
/** More than that become any place of their frames. */
const MAX_PLACES = 4;
const FAR = 1 << 15;

/** All contents that a program's registers have. */
export class Contents {
  readonly #entries: Entry[] = [EMPTY];
  readonly #byKey = new Map<unknown, Content>();
  readonly #byInt = new Map<number, Content>();
  readonly #joined = new Map<number, Content>();
  readonly #moved = new Map<number, Content>();
  /** The end of the running frame. */
  readonly framePointer: Content = this.#places([{ frame: 0, off: 0 }], 0, true);

  get(c: Content): Entry {
    return this.#entries[c]!;
  }

  anywhere(frames: number): Content {
    return frames === 0 ? NONE : this.#places([], frames, false);
  }

  number(value: bigint): Content {
    return this.#byKey.get(value) ?? this.#keyed(value, known(value, undefined, undefined));
  }

  /** The same of an integer that a plain number holds. */
  int(value: number): Content {
    let found = this.#byInt.get(value);
    if (found === undefined) {
      found = this.number(BigInt(value));
      this.#byInt.set(value, found);
    }
    return found;
  }

  map(map: LinkedMap): Content {
    return this.#byKey.get(map) ?? this.#keyed(map, known(undefined, map, undefined));
  }

  func(func: number): Content {
    return this.#keyed(`f${func}`, known(undefined, undefined, func));
  }

  isStack(c: Content): boolean {
    const { at, anywhere } = this.get(c);
    return at.length > 0 || anywhere !== 0;
  }

  /** One of the two. */
  join(a: Content, b: Content): Content {
    if (a === b) return a;
    const key = a < b ? a * 2 ** 26 + b : b * 2 ** 26 + a;
    let found = this.#joined.get(key);
    if (found === undefined) {
      found = this.#join(this.get(a), this.get(b));
      this.#joined.set(key, found);
    }
    return found;
  }

  /** The same, or something else altogether. */
  unsure(c: Content): Content {
    return this.join(c, NONE);
  }

  /** `by` bytes further on. */
  moved(c: Content, by: number): Content {
    if (by === 0) return c;
    const { at } = this.get(c);
    if (at.length === 0) return this.isStack(c) ? c : NONE;
    if (Math.abs(by) >= FAR) return this.anywhere(this.frames(c));
    const key = c * 2 * FAR + by + FAR;
    let found = this.#moved.get(key);
    if (found === undefined) {
      const { anywhere, sure } = this.get(c);
      const places = at.map(({ frame, off }) => ({ frame, off: off + by }));
      found = this.#places(places, anywhere, sure);
      this.#moved.set(key, found);
    }
    return found;
  }

  /** Made of both in a way that is not followed. */
  blurred(a: Content, b: Content): Content {
    return this.anywhere(this.frames(a) | this.frames(b));
  }

  /** As the function that is called sees it. */
  inCallee(c: Content): Content {
    const { at, anywhere, sure } = this.get(c);
    const places = at.flatMap(({ frame, off }) => (frame + 1 < MAX_FRAMES ? [{ frame: frame + 1, off }] : []));
    return this.isStack(c) ? this.#places(places, (anywhere << 1) & FRAMES, sure) : c;
  }

  /** Frames that it may point into. */
  frames(c: Content): number {
    const { at, anywhere } = this.get(c);
    return at.reduce((all, { frame }) => all | (1 << frame), anywhere);
  }

  #join(a: Entry, b: Entry): Content {
    return this.#places([...a.at, ...b.at], a.anywhere | b.anywhere, a.sure && b.sure);
  }

  #places(at: readonly Place[], anywhere: number, sure: boolean): Content {
    const kept = new Map<string, Place>();
    let frames = anywhere;
    for (const p of at) {
      if (Math.abs(p.off) >= FAR) frames |= 1 << p.frame;
      else kept.set(`${p.frame}:${p.off}`, p);
    }
    if (kept.size > MAX_PLACES) {
      for (const p of kept.values()) frames |= 1 << p.frame;
    }
    for (const [key, p] of kept) if (frames & (1 << p.frame)) kept.delete(key);
    if (kept.size === 0 && frames === 0) return NONE;
    const surely = sure && kept.size === 1 && frames === 0;
    const key = `${[...kept.keys()].sort().join()}|${frames}|${surely}`;
    return this.#keyed(key, pointing([...kept.values()], frames, surely));
  }

  #keyed(key: unknown, entry: Entry): Content {
    const found = this.#byKey.get(key);
    if (found !== undefined) return found;
    this.#entries.push(entry);
    this.#byKey.set(key, this.#entries.length - 1);
    return this.#entries.length - 1;
  }
}
