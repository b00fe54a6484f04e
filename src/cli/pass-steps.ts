/** What chosen passes of the optimizer did to each function: the intermediate code before and after (`--ir-pass`). */
export class PassSteps {
  readonly #passes: ReadonlySet<string>;
  readonly #texts: string[] = [];

  constructor(passes: readonly string[]) {
    this.#passes = new Set(passes);
  }

  get wanted(): boolean {
    return this.#passes.size > 0;
  }

  note(pass: string, after: () => string, before: (() => string) | undefined): void {
    if (!before || !this.#passes.has(pass)) return;
    this.#texts.push(`; before ${pass}\n${before()}`, `; after ${pass}\n${after()}`);
  }

  /** Empty where the passes changed nothing. */
  text(): string {
    return this.#texts.join("\n");
  }
}
