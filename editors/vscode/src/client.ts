/** What the extension does wherever it runs: commands, the bytecode beside the source, the editor for objects. */
import * as vscode from "vscode";
import type { BaseLanguageClient, LanguageClientOptions } from "vscode-languageclient";
import { BytecodeView } from "./bytecode-view.ts";
import { ObjectEditor } from "./object-editor.ts";

/** What the server is told, at the start and whenever the user changes it: plain values, for a worker takes no others. */
const settings = () => {
  const hints = vscode.workspace.getConfiguration("bpfasm.inlayHints");
  const inlayHints = { instructions: hints.get<boolean>("instructions"), sessions: hints.get<boolean>("sessions") };
  return { inlayHints, lensCommand: "bpfasm.showBytecode" };
};

export const clientOptions = (): LanguageClientOptions => ({
  documentSelector: [{ language: "bpf" }, { pattern: "**/*.bpf.c" }],
  initializationOptions: settings(),
  synchronize: {
    fileEvents: vscode.workspace.createFileSystemWatcher("**/{bpfasm.json,compile_commands.json,*.h}"),
  },
});

/** Starts the client and all that asks it. */
export async function start(context: vscode.ExtensionContext, client: BaseLanguageClient): Promise<void> {
  const view = new BytecodeView((uri) => client.sendRequest("bpfasm/view", { uri }));
  const objects = new ObjectEditor((uri, base64) => client.sendRequest("bpfasm/viewObject", { uri, base64 }));
  context.subscriptions.push(
    view,
    // A lens names the program; a menu says something else.
    vscode.commands.registerCommand("bpfasm.showBytecode", (_uri?: unknown, program?: unknown) =>
      view.show(typeof program === "string" ? program : undefined),
    ),
    vscode.commands.registerCommand("bpfasm.restart", () => client.stop().then(() => client.start())),
    vscode.window.registerCustomEditorProvider("bpfasm.object", objects),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("bpfasm"))
        void client.sendNotification("workspace/didChangeConfiguration", { settings: { bpfasm: settings() } });
    }),
  );
  await client.start();
}
