/** The language server: requests of an editor to features, and diagnostics back while the user types. */
import type {
  Connection,
  DidChangeConfigurationParams,
  DidChangeTextDocumentParams,
  DidCloseTextDocumentParams,
  DidOpenTextDocumentParams,
  InitializeResult,
  ServerCapabilities,
} from "vscode-languageserver";
import { Attention, type Notifications } from "./attention.ts";
import { objectText, objectView } from "./bytecode.ts";
import { Desk, type Params } from "./desk.ts";
import { Documents } from "./documents.ts";
import { type ClientSettings, clientSettings, type LspHost } from "./host.ts";
import type { Post } from "./post.ts";
import { Publisher } from "./publisher.ts";
import { tokenModifiers, tokenTypes } from "./tokens.ts";

/** Of the protocol: changes come as edits. */
const INCREMENTAL = 2;
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

/**
 * Serves one editor until it is gone. Where there is a `post`, what comes in during a long analysis is seen to at once: a
 * change ends an analysis that is out of date, and requests are answered from what is known.
 */
export function serve(connection: Connection, host: LspHost, post?: Post): void {
  const documents = new Documents(host);
  let settings: ClientSettings = {};
  let attention: Attention | undefined;
  const publisher = new Publisher(connection, documents, (isWanted) => attention?.attend(isWanted) ?? true);
  const desk = new Desk(documents, publisher, () => settings);
  const notifications = noticed(documents, publisher, (given) => {
    settings = clientSettings(given);
  });
  if (post) attention = new Attention(post, desk, notifications);

  connection.onInitialize(({ initializationOptions }): InitializeResult => {
    settings = clientSettings(initializationOptions);
    return { capabilities, serverInfo: { name: "bpfasm", version: host.version } };
  });
  for (const [method, notice] of Object.entries(notifications))
    connection.onNotification(method, (params: unknown) => notice(params as never));
  for (const method of Desk.methods)
    connection.onRequest(method, (params: Params, token) =>
      desk.ask(method, params, { isBusy: false, isCancelled: () => token.isCancellationRequested }),
    );
  connection.onRequest("bpfasm/disassemble", ({ base64 }: ObjectParams) => objectText(bytesOf(base64)));
  connection.onRequest("bpfasm/viewObject", ({ base64, uri }: ObjectParams): unknown =>
    objectView(bytesOf(base64), documents.settings(uri ?? "").options.kernel),
  );
}

interface ObjectParams {
  readonly base64: string;
  /** Where the object lies: settings there choose the kernel. */
  readonly uri?: string;
}

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

/** What is done about each notification, whenever it comes. */
function noticed(documents: Documents, publisher: Publisher, setSettings: (given: unknown) => void): Notifications {
  const compileAnew = (): void => {
    documents.forget();
    for (const uri of documents.uris) publisher.soon(uri);
  };
  return {
    "workspace/didChangeConfiguration": (change: DidChangeConfigurationParams) => {
      const given = change.settings as { readonly bpfasm?: unknown } | null;
      if (given?.bpfasm !== undefined) setSettings(given.bpfasm);
      compileAnew();
    },
    "workspace/didChangeWatchedFiles": compileAnew,
    "textDocument/didOpen": ({ textDocument: { uri, version, text } }: DidOpenTextDocumentParams) => {
      if (typeof text !== "string") return;
      documents.open(uri, version, text);
      publisher.soon(uri);
    },
    "textDocument/didChange": ({ textDocument: { uri, version }, contentChanges }: DidChangeTextDocumentParams) => {
      documents.change(uri, version, contentChanges);
      // A header may be included by any other document.
      for (const each of uri.endsWith(".h") ? documents.uris : [uri]) publisher.soon(each);
    },
    "textDocument/didSave": compileAnew,
    "textDocument/didClose": ({ textDocument: { uri } }: DidCloseTextDocumentParams) => {
      documents.close(uri);
      publisher.clear(uri);
    },
  };
}
