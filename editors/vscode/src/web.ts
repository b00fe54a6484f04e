/** Where VS Code runs in a browser: the server is a worker, and the kernel's types come with the extension. */
import * as vscode from "vscode";
import { LanguageClient } from "vscode-languageclient/browser";
import { clientOptions, start } from "./client.ts";

/** As browsers have it. */
declare const Worker: new (url: string) => { postMessage(message: unknown): void; terminate(): void };

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const at = (...path: string[]) => vscode.Uri.joinPath(context.extensionUri, ...path);
  const worker = new Worker(at("dist", "web-server.js").toString(true));
  const [btf, index] = await Promise.all(
    ["btf", "idx"].map((end) => vscode.workspace.fs.readFile(at("server", "data", `vmlinux-7.2-x86.${end}`))),
  );
  worker.postMessage({ btf, index });
  const client = new LanguageClient("bpfasm", "bpfasm", clientOptions(), worker);
  context.subscriptions.push({ dispose: () => client.stop() }, { dispose: () => worker.terminate() });
  await start(context, client);
}
