/** A function that gives integers from 0 up to below its argument, the same for the same seed. */
export function randomFrom(seed: number): (below: number) => number;
export function oneOf<T>(random: (below: number) => number, list: readonly T[]): T;
