/** The documents that an editor has open, their present texts, and what is known of each: of that text, or of one before. */
import type { TextDocumentContentChangeEvent } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { Memory } from "../driver/memory.ts";
import { type Analysis, analyse } from "./analysis.ts";
import type { DocumentSettings, LspHost } from "./host.ts";
import type { Uris } from "./locations.ts";

export interface Known {
  readonly analysis: Analysis;
  readonly settings: DocumentSettings;
  readonly version: number;
  /** Of what it is known: another stamp of the document says that this is out of date. */
  readonly stamp: string;
  /** Milliseconds that the compilation took. */
  readonly took: number;
}

interface Entry {
  document: TextDocument;
  known?: Known;
  /** Of what was analysed before. */
  readonly memory: Memory;
}

export class Documents {
  readonly #host: LspHost;
  readonly #entries = new Map<string, Entry>();
  /** Grows when something beside a document may have changed that it is compiled with. */
  #surroundings = 0;

  constructor(host: LspHost) {
    this.#host = host;
  }

  open(uri: string, version: number, text: string): void {
    this.#entries.set(uri, { document: TextDocument.create(uri, "bpf", version, text), memory: new Memory() });
  }

  change(uri: string, version: number, changes: TextDocumentContentChangeEvent[]): void {
    const entry = this.#entries.get(uri);
    if (entry) entry.document = TextDocument.update(entry.document, changes, version);
    // Another document may include this one.
    if (uri.endsWith(".h")) this.forget();
  }

  close(uri: string): void {
    this.#entries.delete(uri);
  }

  get uris(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** Files beside the documents may have changed: all that is known is out of date. */
  forget(): void {
    this.#surroundings++;
  }

  text(uri: string): string | undefined {
    return this.#entries.get(uri)?.document.getText();
  }

  settings(uri: string): DocumentSettings {
    return this.#host.settings(uri, (other) => this.text(other));
  }

  /** Tells one state of a document and its surroundings from another; undefined where none is open. */
  stamp(uri: string): string | undefined {
    const entry = this.#entries.get(uri);
    return entry && `${entry.document.version} ${this.#surroundings}`;
  }

  /** What is known of the present text. */
  present(uri: string): Known | undefined {
    const known = this.last(uri);
    return known?.stamp === this.stamp(uri) ? known : undefined;
  }

  /** What is known of the present text, or of the last one that was analysed. */
  last(uri: string): Known | undefined {
    return this.#entries.get(uri)?.known;
  }

  /** Of the present text; compiled now unless it was before. What `pulse` throws, passes, and changes nothing. */
  known(uri: string, pulse?: () => void): Known | undefined {
    const entry = this.#entries.get(uri);
    if (!entry || this.present(uri)) return entry?.known;
    const start = performance.now();
    const [stamp, { version }] = [this.stamp(uri)!, entry.document];
    const settings = this.settings(uri);
    const analysis = analyse(entry.document.getText(), settings.options, pulse, entry.memory);
    entry.known = { analysis, settings, version, stamp, took: performance.now() - start };
    return entry.known;
  }

  /** How long the last compilation of a document took, in milliseconds. */
  took(uri: string): number {
    return this.last(uri)?.took ?? 0;
  }

  urisOf(uri: string): Uris {
    const kernel = this.last(uri)?.analysis.kernel.name ?? "";
    return {
      main: uri,
      file: (name) => this.#host.fileUri(name),
      kernel: (name, document) => this.#host.kernelUri(kernel, name, document),
    };
  }
}
