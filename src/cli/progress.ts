/** Says on a terminal what is going on, once it has taken more than a second. Pipes and files never see it. */

export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Milliseconds before the first word, and between two. */
const FIRST = 1000;
const NEXT = 100;

export class Progress {
  readonly #out: Terminal;
  readonly #now: () => number;
  #next: number;
  #shown = false;

  constructor(out: Terminal, now: () => number = () => performance.now()) {
    this.#out = out;
    this.#now = now;
    this.#next = now() + FIRST;
  }

  /** What begins now; shown on one line that the next replaces. */
  at(text: string): void {
    if (this.#out.isTTY !== true || this.#now() < this.#next) return;
    this.#next = this.#now() + NEXT;
    this.#shown = true;
    this.#out.write(`\r\u001b[K${text.slice(0, (this.#out.columns ?? 80) - 1)}`);
  }

  /** Takes the line away, before something else is written. */
  clear(): void {
    if (this.#shown) this.#out.write("\r\u001b[K");
    this.#shown = false;
  }
}
