/** Shows a `.bpf.o` as what is in it; nothing can be changed. */
import * as vscode from "vscode";

class ObjectDocument implements vscode.CustomDocument {
  readonly uri: vscode.Uri;
  constructor(uri: vscode.Uri) {
    this.uri = uri;
  }
  dispose(): void {}
}

export class ObjectEditor implements vscode.CustomReadonlyEditorProvider<ObjectDocument> {
  readonly #ask: (base64: string) => Promise<string>;

  constructor(ask: (base64: string) => Promise<string>) {
    this.#ask = ask;
  }

  openCustomDocument(uri: vscode.Uri): ObjectDocument {
    return new ObjectDocument(uri);
  }

  async resolveCustomEditor({ uri }: ObjectDocument, panel: vscode.WebviewPanel): Promise<void> {
    const show = async (): Promise<void> => {
      const bytes = await vscode.workspace.fs.readFile(uri);
      panel.webview.html = page(await this.#ask(base64Of(bytes)));
    };
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(uri, "*"));
    watcher.onDidChange(show);
    panel.onDidDispose(() => watcher.dispose());
    await show();
  }
}

function base64Of(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** The listing, comments paler; no script runs in it. */
function page(listing: string): string {
  const rows = listing.split("\n").map((row) => {
    const text = row.replace(/&/g, "&amp;").replace(/</g, "&lt;");
    return row.startsWith(";") ? `<span class="note">${text}</span>` : text;
  });
  return `<!DOCTYPE html>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
pre { font: var(--vscode-editor-font-size) var(--vscode-editor-font-family); }
.note { color: var(--vscode-descriptionForeground); }
</style>
<pre>${rows.join("\n")}</pre>
`;
}
