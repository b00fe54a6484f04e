/** The language server: requests of an editor to features, and diagnostics back while the user types. */
import { type Connection, type InitializeResult, ResponseError, type ServerCapabilities } from "vscode-languageserver";
import { codeActions } from "./actions.ts";
import type { Analysis } from "./analysis.ts";
import { bytecode, objectText } from "./bytecode.ts";
import { completion } from "./completion.ts";
import { definition, references, typeDefinition } from "./definition.ts";
import { diagnosticsOf } from "./diagnostics.ts";
import { Documents } from "./documents.ts";
import { foldingRanges } from "./folding.ts";
import { type ClientSettings, clientSettings, type LspHost } from "./host.ts";
import { hover } from "./hover.ts";
import { allHints, inlayHints } from "./inlay.ts";
import { codeLenses } from "./lens.ts";
import type { Uris } from "./locations.ts";
import { rename, renaming } from "./rename.ts";
import { signatureHelp } from "./signature.ts";
import { documentSymbols } from "./symbols.ts";
import { encodeTokens, semanticTokens, tokenModifiers, tokenTypes } from "./tokens.ts";

/** Of the protocol: changes come as edits. */
const INCREMENTAL = 2;
/** `ResponseError` of a request that cannot be done. */
const REQUEST_FAILED = -32803;

export const capabilities: ServerCapabilities = {
  textDocumentSync: { openClose: true, change: INCREMENTAL, save: true },
  hoverProvider: true,
  completionProvider: { triggerCharacters: [".", ">", '"', "/"] },
  signatureHelpProvider: { triggerCharacters: ["(", ","] },
  definitionProvider: true,
  typeDefinitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  renameProvider: { prepareProvider: true },
  documentSymbolProvider: true,
  semanticTokensProvider: {
    legend: { tokenTypes: [...tokenTypes], tokenModifiers: [...tokenModifiers] },
    full: true,
  },
  foldingRangeProvider: true,
  inlayHintProvider: true,
  codeActionProvider: { codeActionKinds: ["quickfix"] },
  codeLensProvider: {},
};

/** Serves one editor until it is gone. */
export function serve(connection: Connection, host: LspHost): void {
  const documents = new Documents(host);
  const publisher = new Publisher(connection, documents);
  let settings: ClientSettings = {};

  connection.onInitialize(({ initializationOptions }): InitializeResult => {
    settings = clientSettings(initializationOptions);
    return { capabilities, serverInfo: { name: "bpfasm", version: host.version } };
  });
  const compileAnew = (): void => {
    documents.forget();
    for (const uri of documents.uris) publisher.soon(uri);
  };
  connection.onDidChangeConfiguration((change) => {
    const given = change.settings as { readonly bpfasm?: unknown } | null;
    if (given?.bpfasm !== undefined) settings = clientSettings(given.bpfasm);
    compileAnew();
  });
  connection.onDidOpenTextDocument(({ textDocument: { uri, version, text } }) => {
    documents.open(uri, version, text);
    publisher.soon(uri);
  });
  connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) => {
    documents.change(uri, version, contentChanges);
    for (const each of uri.endsWith(".h") ? documents.uris : [uri]) publisher.soon(each);
  });
  connection.onDidSaveTextDocument(compileAnew);
  connection.onDidChangeWatchedFiles(compileAnew);
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
    documents.close(uri);
    publisher.clear(uri);
  });
  answer(connection, documents, () => settings);
}

/** A feature's answer about the present text of a document, or what stands for none. */
function answer(connection: Connection, documents: Documents, settings: () => ClientSettings): void {
  const about = <T>(uri: string, none: T, ask: (a: Analysis, uris: Uris) => T | undefined): T => {
    const known = documents.known(uri);
    return known ? (ask(known.analysis, documents.urisOf(uri)) ?? none) : none;
  };
  connection.onHover(({ textDocument: { uri }, position }) => about(uri, null, (a) => hover(a, position)));
  connection.onCompletion(({ textDocument: { uri }, position }) => {
    const text = documents.text(uri);
    return text === undefined ? null : completion(text, position, documents.settings(uri).options);
  });
  connection.onSignatureHelp(({ textDocument: { uri }, position }) =>
    about(uri, null, (a) => signatureHelp(a, position)),
  );
  connection.onDefinition(({ textDocument: { uri }, position }) =>
    about(uri, null, (a, uris) => definition(a, position, uris)),
  );
  connection.onTypeDefinition(({ textDocument: { uri }, position }) =>
    about(uri, null, (a, uris) => typeDefinition(a, position, uris)),
  );
  connection.onReferences(({ textDocument: { uri }, position, context }) =>
    about(uri, [], (a, uris) => references(a, position, context.includeDeclaration, uris)),
  );
  connection.onDocumentHighlight(({ textDocument: { uri }, position }) =>
    about(uri, [], (a, uris) => references(a, position, true, uris).filter((l) => l.uri === uri)),
  );
  connection.onPrepareRename(({ textDocument: { uri }, position }) =>
    about(uri, null, (a) => {
      const found = renaming(a, position);
      if ("why" in found) throw failed(found.why);
      return { range: found.range, placeholder: found.name };
    }),
  );
  connection.onRenameRequest(({ textDocument: { uri }, position, newName }) =>
    about(uri, null, (a) => {
      const made = rename(a, position, newName);
      if ("why" in made) throw failed(made.why);
      return { changes: { [uri]: made.edits } };
    }),
  );
  connection.onDocumentSymbol(({ textDocument: { uri } }) => about(uri, [], documentSymbols));
  connection.languages.semanticTokens.on(({ textDocument: { uri } }) =>
    about(uri, { data: [] }, (a) => ({ data: encodeTokens(a, semanticTokens(a)) })),
  );
  connection.onFoldingRanges(({ textDocument: { uri } }) => foldingRanges(documents.text(uri) ?? ""));
  connection.languages.inlayHint.on(({ textDocument: { uri }, range }) =>
    about(uri, [], (a) => inlayHints(a, range, { ...allHints, ...settings().inlayHints })),
  );
  connection.onCodeAction(({ textDocument: { uri }, range }) =>
    about(uri, [], (a, uris) => codeActions(a, range, uris)),
  );
  connection.onCodeLens(({ textDocument: { uri } }) =>
    about(uri, [], (a) => codeLenses(a, uri, settings().lensCommand)),
  );
  connection.onRequest("bpfasm/bytecode", ({ uri }: { uri: string }) => about(uri, null, bytecode));
  connection.onRequest("bpfasm/disassemble", ({ base64 }: { base64: string }) =>
    objectText(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))),
  );
}

/** An error that editors show to the user. */
const failed = (why: string): Error => new ResponseError(REQUEST_FAILED, why);

/** Waits for a pause in typing that grows with what a compilation takes, then tells what is wrong. */
class Publisher {
  readonly #connection: Connection;
  readonly #documents: Documents;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(connection: Connection, documents: Documents) {
    this.#connection = connection;
    this.#documents = documents;
  }

  soon(uri: string): void {
    clearTimeout(this.#timers.get(uri));
    const took = this.#documents.took(uri);
    const pause = took < QUICK ? LEAST_PAUSE : Math.min(took / 2, MOST_PAUSE);
    this.#timers.set(
      uri,
      setTimeout(() => {
        try {
          this.#publish(uri);
        } catch (error) {
          this.#connection.console.error(`bpfasm: ${error instanceof Error ? error.stack : error}`);
        }
      }, pause),
    );
  }

  clear(uri: string): void {
    clearTimeout(this.#timers.get(uri));
    this.#timers.delete(uri);
    void this.#connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  #publish(uri: string): void {
    const known = this.#documents.known(uri);
    if (!known) return;
    const { analysis, settings, version } = known;
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

/** Milliseconds. A compilation as quick as that may run after each key. */
const QUICK = 60;
const LEAST_PAUSE = 2;
const MOST_PAUSE = 300;
