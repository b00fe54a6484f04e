/** The requests that are about a document: what each is answered from, and by whom. */
import {
  type CodeActionParams,
  type InlayHintParams,
  type Position,
  type ReferenceParams,
  type RenameParams,
  ResponseError,
  type TextDocumentIdentifier,
} from "vscode-languageserver";
import { codeActions } from "./actions.ts";
import type { Analysis } from "./analysis.ts";
import { bytecode, bytecodeViewOf } from "./bytecode.ts";
import { completion } from "./completion.ts";
import { definition, references, typeDefinition } from "./definition.ts";
import { foldingRanges } from "./folding.ts";
import type { ClientSettings, DocumentSettings } from "./host.ts";
import { hover } from "./hover.ts";
import { allHints, inlayHints } from "./inlay.ts";
import { codeLenses } from "./lens.ts";
import type { Uris } from "./locations.ts";
import { rename, renaming } from "./rename.ts";
import { signatureHelp } from "./signature.ts";
import { documentSymbols } from "./symbols.ts";
import { encodeTokens, semanticTokens } from "./tokens.ts";

/** What is asked about; `P` is what the protocol has for the request. */
export interface Ask<P> {
  readonly a: Analysis;
  readonly params: P;
  readonly uris: Uris;
  readonly settings: ClientSettings;
  /** Something else is being computed meanwhile: what takes long is left out. */
  readonly isBusy: boolean;
}

/**
 * What an answer may be made from while the present text is not analysed yet: `place`, what was known of the place in an
 * earlier text; `words`, the present text, and the names of an earlier one; `present`, nothing: it waits.
 */
export type Need = "place" | "words" | "present";

export interface Feature {
  readonly need: Need;
  readonly answer: (ask: Ask<never>) => unknown;
  /** Where there is nothing to say. */
  readonly none: unknown;
}

interface AtDocument {
  readonly textDocument: TextDocumentIdentifier;
}
interface AtPlace extends AtDocument {
  readonly position: Position;
}

const feature =
  (need: Need) =>
  <P = AtPlace>(answer: (ask: Ask<P>) => unknown, none: unknown = null): Feature => ({ need, answer, none });
const place = feature("place");
const words = feature("words");
const present = feature("present");

/** `ResponseError` of a request that cannot be done; editors show it to the user. */
const REQUEST_FAILED = -32803;
const failed = (why: string): Error => new ResponseError(REQUEST_FAILED, why);

export const features: Readonly<Record<string, Feature>> = {
  "textDocument/hover": place(({ a, params, isBusy }) => hover(a, params.position, isBusy)),
  "textDocument/signatureHelp": words(({ a, params }) => signatureHelp(a, params.position)),
  "textDocument/definition": place(({ a, params, uris }) => definition(a, params.position, uris)),
  "textDocument/typeDefinition": place(({ a, params, uris }) => typeDefinition(a, params.position, uris)),
  "textDocument/references": place<ReferenceParams>(
    ({ a, params, uris }) => references(a, params.position, params.context.includeDeclaration, uris),
    [],
  ),
  "textDocument/documentHighlight": place(
    ({ a, params, uris }) => references(a, params.position, true, uris).filter((l) => l.uri === uris.main),
    [],
  ),
  "textDocument/prepareRename": present(({ a, params }) => {
    const found = renaming(a, params.position);
    if ("why" in found) throw failed(found.why);
    return { range: found.range, placeholder: found.name };
  }),
  "textDocument/rename": present<RenameParams>(({ a, params, uris }) => {
    const made = rename(a, params.position, params.newName);
    if ("why" in made) throw failed(made.why);
    return { changes: { [uris.main]: made.edits } };
  }),
  "textDocument/documentSymbol": present<AtDocument>(({ a }) => documentSymbols(a), []),
  "textDocument/semanticTokens/full": present<AtDocument>(({ a }) => ({ data: encodeTokens(a, semanticTokens(a)) }), {
    data: [],
  }),
  "textDocument/inlayHint": present<InlayHintParams>(
    ({ a, params, settings }) => inlayHints(a, params.range, { ...allHints, ...settings.inlayHints }),
    [],
  ),
  "textDocument/codeAction": present<CodeActionParams>(({ a, params, uris }) => codeActions(a, params.range, uris), []),
  "textDocument/codeLens": present<AtDocument>(({ a, uris, settings }) =>
    codeLenses(a, uris.main, settings.lensCommand),
  ),
  "bpfasm/bytecode": present<AtDocument>(({ a }) => bytecode(a)),
  "bpfasm/view": present<AtDocument>(({ a }) => bytecodeViewOf(a)),
};

export interface TextFeature {
  readonly answer: (text: string, params: never, settings: () => DocumentSettings) => unknown;
}

/** Those that need nothing but the text as it stands. */
export const textFeatures: Readonly<Record<string, TextFeature>> = {
  "textDocument/completion": {
    answer: (text, { position }: AtPlace, settings) => completion(text, position, settings().options),
  },
  "textDocument/foldingRange": { answer: foldingRanges },
};
