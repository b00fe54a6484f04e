/** Where VS Code runs on a machine: the server is a process of its own. */
import * as vscode from "vscode";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";
import { clientOptions, start } from "./client.ts";

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const own = vscode.Uri.joinPath(context.extensionUri, "server", "dist", "bpfasm.js").fsPath;
  const path = vscode.workspace.getConfiguration("bpfasm").get<string>("server.path");
  const server = path
    ? { command: path, args: ["lsp", "--stdio"] }
    : { module: own, args: ["lsp"], transport: TransportKind.stdio };
  const client = new LanguageClient("bpfasm", "bpfasm", server, clientOptions());
  context.subscriptions.push({ dispose: () => client.stop() });
  await start(context, client);
}
