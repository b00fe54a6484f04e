/** When documents are analysed: after a pause in typing, and only as long as somebody wants to know; then what is wrong is told. */
import type { Connection } from "vscode-languageserver";
import { Outdated } from "./analysis.ts";
import { diagnosticsOf } from "./diagnostics.ts";
import type { Documents, Known } from "./documents.ts";

/** Milliseconds. A compilation as quick as that may run after each key. */
export const QUICK = 60;
const LEAST_PAUSE = 2;
const MOST_PAUSE = 300;
/** How long what comes in may wait while an analysis runs. */
const BEAT = 5;

/** Looks at what has come in until `isWanted` says no; gives its last word. */
export type Attend = (isWanted: () => boolean) => boolean;

export class Publisher {
  readonly #connection: Connection;
  readonly #documents: Documents;
  readonly #attend: Attend;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #waiting = new Map<string, ((known: Known | undefined) => void)[]>();
  /** The document that is being analysed. */
  #running: string | undefined;

  constructor(connection: Connection, documents: Documents, attend: Attend) {
    this.#connection = connection;
    this.#documents = documents;
    this.#attend = attend;
  }

  /** Waits for a pause in typing that grows with what a compilation takes. */
  soon(uri: string): void {
    clearTimeout(this.#timers.get(uri));
    const took = this.#documents.took(uri);
    const pause = took < QUICK ? LEAST_PAUSE : Math.min(took / 2, MOST_PAUSE);
    this.#timers.set(
      uri,
      setTimeout(() => {
        this.#timers.delete(uri);
        const known = this.analysed(uri);
        if (known) this.#publish(uri, known);
      }, pause),
    );
  }

  clear(uri: string): void {
    clearTimeout(this.#timers.get(uri));
    this.#timers.delete(uri);
    this.#tell(uri, undefined);
    void this.#connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  /** Of the present text, now; undefined where that is being found out already, or went out of date on the way. */
  analysed(uri: string): Known | undefined {
    if (this.#running !== undefined) return this.#documents.present(uri);
    this.#running = uri;
    try {
      const known = this.#documents.known(uri, this.#pulse(uri));
      this.#tell(uri, known);
      return known;
    } catch (error) {
      if (!(error instanceof Outdated)) this.#complain(uri, error);
      return undefined;
    } finally {
      this.#running = undefined;
    }
  }

  /** Of the present text, as soon as it is known; undefined once the document is closed. */
  whenKnown(uri: string): Promise<Known | undefined> {
    if (!this.#timers.has(uri) && this.#running !== uri) this.soon(uri);
    return new Promise((resolve) => this.#waiting.set(uri, [...(this.#waiting.get(uri) ?? []), resolve]));
  }

  #pulse(uri: string): () => void {
    const stamp = this.#documents.stamp(uri);
    let looked = performance.now();
    return () => {
      if (performance.now() - looked < BEAT) return;
      if (!this.#attend(() => this.#documents.stamp(uri) === stamp)) throw new Outdated();
      looked = performance.now();
    };
  }

  #complain(uri: string, error: unknown): void {
    this.#connection.console.error(`bpfasm: ${error instanceof Error ? error.stack : error}`);
    this.#tell(uri, undefined);
  }

  #tell(uri: string, known: Known | undefined): void {
    const waiting = this.#waiting.get(uri) ?? [];
    this.#waiting.delete(uri);
    for (const resolve of waiting) resolve(known);
  }

  #publish(uri: string, { analysis, settings, version }: Known): void {
    const top = analysis.lines.range(0, analysis.lines.endOf(0));
    const problems = settings.problems.map((message) => ({
      range: top,
      severity: 2 as const,
      source: "bpfasm",
      message,
    }));
    const diagnostics = [...problems, ...diagnosticsOf(analysis, this.#documents.urisOf(uri))];
    void this.#connection.sendDiagnostics({ uri, version, diagnostics });
  }
}
