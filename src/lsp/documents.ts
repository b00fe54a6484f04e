/** The documents that an editor has open, and what is known of the present text of each. */
import type { TextDocumentContentChangeEvent } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { type Analysis, analyse } from "./analysis.ts";
import type { DocumentSettings, LspHost } from "./host.ts";
import type { Uris } from "./locations.ts";

export interface Known {
  readonly analysis: Analysis;
  readonly settings: DocumentSettings;
  readonly version: number;
  /** Milliseconds that the compilation took. */
  readonly took: number;
}

interface Entry {
  document: TextDocument;
  known?: Known;
}

export class Documents {
  readonly #host: LspHost;
  readonly #entries = new Map<string, Entry>();

  constructor(host: LspHost) {
    this.#host = host;
  }

  open(uri: string, version: number, text: string): void {
    this.#entries.set(uri, { document: TextDocument.create(uri, "bpf", version, text) });
  }

  change(uri: string, version: number, changes: TextDocumentContentChangeEvent[]): void {
    const entry = this.#entries.get(uri);
    if (entry) entry.document = TextDocument.update(entry.document, changes, version);
    // Another document may include this one.
    for (const other of this.#entries.values()) if (other !== entry && uri.endsWith(".h")) delete other.known;
  }

  close(uri: string): void {
    this.#entries.delete(uri);
  }

  get uris(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** Files beside the documents may have changed: all is compiled anew when it is asked for. */
  forget(): void {
    for (const entry of this.#entries.values()) delete entry.known;
  }

  text(uri: string): string | undefined {
    return this.#entries.get(uri)?.document.getText();
  }

  settings(uri: string): DocumentSettings {
    return this.#host.settings(uri, (other) => this.text(other));
  }

  /** Of the present text; compiled now unless it was before. */
  known(uri: string): Known | undefined {
    const entry = this.#entries.get(uri);
    if (!entry) return undefined;
    const { version } = entry.document;
    if (entry.known?.version !== version) {
      const start = performance.now();
      const settings = this.settings(uri);
      const analysis = analyse(entry.document.getText(), settings.options);
      entry.known = { analysis, settings, version, took: performance.now() - start };
    }
    return entry.known;
  }

  /** How long the last compilation of a document took, in milliseconds. */
  took(uri: string): number {
    return this.#entries.get(uri)?.known?.took ?? 0;
  }

  urisOf(uri: string): Uris {
    const kernel = this.#entries.get(uri)?.known?.analysis.kernel.name ?? "";
    return {
      main: uri,
      file: (name) => this.#host.fileUri(name),
      kernel: (name, document) => this.#host.kernelUri(kernel, name, document),
    };
  }
}
