/** Where VS Code runs in a browser: the server is a worker, and the kernel's types come with the extension. */
import * as vscode from "vscode";
import { BrowserMessageReader, BrowserMessageWriter, LanguageClient } from "vscode-languageclient/browser";
import { clientOptions, start } from "./client.ts";
import { KERNEL_SCHEME } from "./kernel-scheme.ts";

/** As browsers have it. */
interface WebWorker {
  postMessage(message: unknown): void;
  terminate(): void;
}
declare const Worker: new (url: string) => WebWorker;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const at = (...path: string[]) => vscode.Uri.joinPath(context.extensionUri, ...path);
  let worker: WebWorker | undefined;
  const server = async () => {
    const [btf, index] = await Promise.all(
      ["btf", "idx"].map((end) => vscode.workspace.fs.readFile(at("server", "data", `vmlinux-7.2-x86.${end}`))),
    );
    worker?.terminate();
    worker = new Worker(at("dist", "web-server.js").toString(true));
    worker.postMessage({ btf, index });
    // VS Code's workers are no instances of `Worker`, so the client cannot tell that this is one.
    const port = worker as unknown as ConstructorParameters<typeof BrowserMessageReader>[0];
    return { reader: new BrowserMessageReader(port), writer: new BrowserMessageWriter(port) };
  };
  const client = new LanguageClient("bpfasm", "bpfasm", server, clientOptions());
  const texts: vscode.TextDocumentContentProvider = {
    provideTextDocumentContent: (uri) => client.sendRequest("bpfasm/kernelText", { uri: uri.toString() }),
  };
  context.subscriptions.push(
    { dispose: () => client.stop() },
    { dispose: () => worker?.terminate() },
    vscode.workspace.registerTextDocumentContentProvider(KERNEL_SCHEME, texts),
  );
  await start(context, client);
}
