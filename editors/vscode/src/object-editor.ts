/** Shows a `.bpf.o` as what is in it, by the same view as beside a source; nothing can be changed. */
import * as vscode from "vscode";
import { type FromPage, type ToPage, type View, viewPage } from "./view-page.ts";

class ObjectDocument implements vscode.CustomDocument {
  readonly uri: vscode.Uri;
  constructor(uri: vscode.Uri) {
    this.uri = uri;
  }
  dispose(): void {}
}

type Ask = (uri: string, base64: string) => Promise<View | { readonly why: string }>;

export class ObjectEditor implements vscode.CustomReadonlyEditorProvider<ObjectDocument> {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  openCustomDocument(uri: vscode.Uri): ObjectDocument {
    return new ObjectDocument(uri);
  }

  async resolveCustomEditor({ uri }: ObjectDocument, { webview, onDidDispose }: vscode.WebviewPanel): Promise<void> {
    webview.options = { enableScripts: true, localResourceRoots: [] };
    let said: ToPage = { why: "" };
    let hasPage = false;
    const show = async (): Promise<void> => {
      const view = await this.#ask(uri.toString(), base64Of(await vscode.workspace.fs.readFile(uri)));
      said = "why" in view ? { why: view.why } : { markup: view.markup };
      if (hasPage) await webview.postMessage(said);
      else if ("why" in view) webview.html = `<p>${view.why.replace(/[&<]/g, "")}</p>`;
      else {
        hasPage = true;
        webview.html = viewPage(view);
      }
    };
    // A page that was hidden is made anew when it is shown again.
    webview.onDidReceiveMessage((message: FromPage) => {
      if (message === "ready") void webview.postMessage(said);
    });
    const folder = vscode.Uri.joinPath(uri, "..");
    const name = uri.path.slice(uri.path.lastIndexOf("/") + 1);
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, name));
    watcher.onDidChange(show);
    watcher.onDidCreate(show);
    onDidDispose(() => watcher.dispose());
    await show();
  }
}

function base64Of(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
