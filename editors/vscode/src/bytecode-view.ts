/** The bytecode of the document at hand in a view beside it: lines of the source show their rows there, and rows their lines. */
import * as vscode from "vscode";
import { type FromPage, type ToPage, type View, viewPage } from "./view-page.ts";

/** Milliseconds without typing before the view is made anew. */
const PAUSE = 200;

export class BytecodeView implements vscode.Disposable {
  readonly #ask: (uri: string) => Promise<View | null>;
  /** By the URI of the source. */
  readonly #open = new Map<string, Beside>();
  readonly #all: vscode.Disposable[];

  constructor(ask: (uri: string) => Promise<View | null>) {
    this.#ask = ask;
    this.#all = [
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => this.#of(textEditor)?.follow(textEditor)),
      vscode.window.onDidChangeActiveTextEditor((editor) => editor && this.#of(editor)?.follow(editor)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#open.get(document.uri.toString())?.soon()),
    ];
  }

  dispose(): void {
    for (const one of [...this.#all, ...this.#open.values()]) one.dispose();
  }

  /** Opens the view of the active document, at a program if one is named. */
  async show(program?: string): Promise<void> {
    const source = vscode.window.activeTextEditor;
    if (!source) return;
    const { uri } = source.document;
    const key = uri.toString();
    let beside = this.#open.get(key);
    if (!beside) {
      beside = new Beside(uri, () => this.#ask(key));
      this.#open.set(key, beside);
      beside.panel.onDidDispose(() => this.#open.delete(key));
    }
    await beside.reveal(source, program);
  }

  #of({ document }: vscode.TextEditor): Beside | undefined {
    return this.#open.get(document.uri.toString());
  }
}

/** One document's view. */
class Beside implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly #source: vscode.Uri;
  readonly #ask: () => Promise<View | null>;
  readonly #mark = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor("editor.rangeHighlightBackground"),
  });
  readonly #isReady: Promise<void>;
  #heard: (() => void) | undefined;
  #hasPage = false;
  /** What the view calls the document. */
  #file = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(source: vscode.Uri, ask: () => Promise<View | null>) {
    this.#source = source;
    this.#ask = ask;
    const title = `bytecode of ${source.path.slice(source.path.lastIndexOf("/") + 1)}`;
    const where = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    this.panel = vscode.window.createWebviewPanel("bpfasm.bytecode", title, where, {
      enableScripts: true,
      localResourceRoots: [],
      retainContextWhenHidden: true,
    });
    this.#isReady = new Promise((resolve) => {
      this.#heard = resolve;
    });
    this.panel.webview.onDidReceiveMessage((message: FromPage) => {
      if (message === "ready") this.#heard?.();
      else this.#choose(message);
    });
    this.panel.onDidDispose(() => this.#close());
  }

  dispose(): void {
    this.panel.dispose();
  }

  async reveal(source: vscode.TextEditor, program?: string): Promise<void> {
    this.panel.reveal(undefined, true);
    await this.#update();
    if (program === undefined) this.follow(source);
    else this.#say({ showFunction: program });
  }

  /** After a pause in typing. */
  soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#update(), PAUSE);
  }

  /** Marks what belongs to the cursor's line. */
  follow(editor: vscode.TextEditor): void {
    editor.setDecorations(this.#mark, []);
    this.#say({ showLine: { file: this.#file, line: editor.selection.active.line + 1 } });
  }

  async #update(): Promise<void> {
    const view = await this.#ask();
    if (view && !this.#hasPage) {
      this.#hasPage = true;
      this.panel.webview.html = viewPage(view);
    }
    if (view) this.#file = view.file;
    if (view) this.#say({ markup: view.markup });
    else if (this.#hasPage) this.#say({ why: "the source does not compile: this is how it was before" });
    else this.panel.webview.html = "<p>the source does not compile</p>";
  }

  #say(message: ToPage): void {
    if (this.#hasPage) void this.#isReady.then(() => this.panel.webview.postMessage(message));
  }

  /** Marks the line of a row that was chosen. */
  #choose({ file, line }: Exclude<FromPage, "ready">): void {
    const key = this.#source.toString();
    const editor = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === key);
    if (!editor || file !== this.#file || line > editor.document.lineCount) return;
    const range = editor.document.lineAt(line - 1).range;
    editor.setDecorations(this.#mark, [range]);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#mark.dispose();
  }
}
