// Numbers that repeat: the same seed gives the same run.

/** A function that gives integers from 0 up to below its argument. */
export function randomFrom(seed) {
  let state = (seed * 2654435761) >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

export const oneOf = (random, list) => list[random(list.length)];
