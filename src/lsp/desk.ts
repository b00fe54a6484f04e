/** Who answers a request, and from what: the present text where it is known or soon will be, else what is known of an earlier one. */
import type { Position, TextDocumentIdentifier } from "vscode-languageserver";
import type { Analysis } from "./analysis.ts";
import type { Documents, Known } from "./documents.ts";
import { Drift, moved } from "./drift.ts";
import { type Feature, features, textFeatures } from "./features.ts";
import type { ClientSettings } from "./host.ts";
import { lex } from "./lexical.ts";
import { type Publisher, QUICK } from "./publisher.ts";
import { TextLines } from "./text.ts";

export interface Params {
  readonly textDocument?: TextDocumentIdentifier;
  /** Of our own requests. */
  readonly uri?: string;
  readonly position?: Position;
}

export interface Circumstances {
  /** An analysis is under way: none may be begun. */
  readonly isBusy: boolean;
  readonly isCancelled: () => boolean;
}

export class Desk {
  static readonly methods: readonly string[] = [...Object.keys(features), ...Object.keys(textFeatures)];

  readonly #documents: Documents;
  readonly #publisher: Publisher;
  readonly #settings: () => ClientSettings;

  constructor(documents: Documents, publisher: Publisher, settings: () => ClientSettings) {
    this.#documents = documents;
    this.#publisher = publisher;
    this.#settings = settings;
  }

  /** The answer, or a promise of it where the present text must be analysed first. Throws what a feature throws. */
  ask(method: string, params: Params, { isBusy, isCancelled }: Circumstances): unknown {
    const uri = params.textDocument?.uri ?? params.uri ?? "";
    const text = this.#documents.text(uri);
    const ofText = textFeatures[method];
    if (ofText)
      return text === undefined ? null : ofText.answer(text, params as never, () => this.#documents.settings(uri));
    const feature = features[method]!;
    if (text === undefined) return feature.none;
    const known = this.#documents.present(uri);
    if (known) return this.#answer(feature, known.analysis, uri, params, isBusy);
    const last = this.#documents.last(uri);
    const isSlow = isBusy || (last && last.took >= QUICK);
    const earlier = last && isSlow ? this.#fromEarlier(feature, last, text, uri, params) : undefined;
    if (earlier) return earlier.answer;
    const now = isSlow ? undefined : this.#publisher.analysed(uri);
    if (now) return this.#answer(feature, now.analysis, uri, params, isBusy);
    return this.#publisher.whenKnown(uri).then((then) => {
      if (!then || isCancelled()) return feature.none;
      return this.#answer(feature, then.analysis, uri, params, false);
    });
  }

  #answer({ answer, none }: Feature, a: Analysis, uri: string, params: Params, isBusy: boolean): unknown {
    const ask = { a, params: params as never, uris: this.#documents.urisOf(uri), settings: this.#settings(), isBusy };
    return answer(ask) ?? none;
  }

  /** Undefined where an earlier text tells nothing about it. */
  #fromEarlier(
    feature: Feature,
    { analysis: old }: Known,
    text: string,
    uri: string,
    params: Params,
  ): { readonly answer: unknown } | undefined {
    if (feature.need === "present" || !params.position) return undefined;
    const lines = new TextLines(text);
    if (feature.need === "words") {
      const mixed = { ...old, text, lines, lexemes: lex(text) };
      return { answer: this.#answer(feature, mixed, uri, params, true) };
    }
    const drift = new Drift(old.lines, lines);
    const position = drift.before(params.position);
    if (!position) return undefined;
    return { answer: moved(this.#answer(feature, old, uri, { ...params, position }, true), uri, drift) };
  }
}
