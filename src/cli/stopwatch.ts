/** Where the time of a build went (`--time`): stages from the start of the process on, and the passes of the optimizer. */

interface Lap {
  readonly name: string;
  ms: number;
}

/** Passes below that are not listed. */
const LEAST = 0.05;

export class Stopwatch {
  readonly #stages = new Map<string, Lap>();
  readonly #passes = new Map<string, Lap>();
  /** The clock begins where the process did. */
  #stageBegan = 0;
  #passBegan = 0;

  /** What ran since the last stage was `name`. */
  stage(name: string): void {
    const now = performance.now();
    add(this.#stages, name, now - this.#stageBegan);
    this.#stageBegan = now;
    this.#passBegan = now;
  }

  /** What ran since the last pass or stage was the pass `name`. */
  pass(name: string): void {
    const now = performance.now();
    add(this.#passes, name, now - this.#passBegan);
    this.#passBegan = now;
  }

  /** Milliseconds and shares of the whole; the passes are parts of `optimise`, the longest first. */
  table(): string {
    const stages = [...this.#stages.values()];
    const passes = [...this.#passes.values()].filter(({ ms }) => ms >= LEAST).sort((a, b) => b.ms - a.ms);
    const whole = stages.reduce((sum, { ms }) => sum + ms, 0);
    const row = (name: string, ms: number): string =>
      `${name.padEnd(24)}${ms.toFixed(1).padStart(9)} ms${((100 * ms) / whole).toFixed(1).padStart(7)} %`;
    const rows = stages.flatMap(({ name, ms }) => [
      row(name, ms),
      ...(name === "optimise" ? passes.map((pass) => row(`  ${pass.name}`, pass.ms)) : []),
    ]);
    return `${[...rows, row("whole process", whole)].join("\n")}\n`;
  }
}

function add(laps: Map<string, Lap>, name: string, ms: number): void {
  const lap = laps.get(name);
  if (lap) lap.ms += ms;
  else laps.set(name, { name, ms });
}
