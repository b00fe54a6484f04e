/** The bytecode of the document at hand, in an editor beside it: lines of either side show those of the other. */
import * as vscode from "vscode";

/** As the server's `bpfasm/bytecode` answers. */
export interface Bytecode {
  readonly text: string;
  /** For each line of the text, the line of the source, or -1. */
  readonly sourceLines: readonly number[];
}

const SCHEME = "bpfasm-bytecode";

export class BytecodeView implements vscode.Disposable, vscode.TextDocumentContentProvider {
  readonly #ask: (uri: string) => Promise<Bytecode | null>;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #mark = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor("editor.rangeHighlightBackground"),
  });
  readonly #all: vscode.Disposable[];
  /** By the URI of the source. */
  readonly #known = new Map<string, Bytecode>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ask: (uri: string) => Promise<Bytecode | null>) {
    this.#ask = ask;
    this.#all = [
      this.#mark,
      this.#changed,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => this.#follow(textEditor)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#soon(document.uri)),
    ];
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const one of this.#all) one.dispose();
  }

  /** Opens the view of the active document, at a program if one is named. */
  async show(program?: string): Promise<void> {
    const source = vscode.window.activeTextEditor;
    if (!source || source.document.uri.scheme === SCHEME) return;
    const document = await vscode.workspace.openTextDocument(viewUri(source.document.uri));
    const editor = await vscode.window.showTextDocument(document, {
      viewColumn: vscode.ViewColumn.Beside,
      preserveFocus: true,
      preview: true,
    });
    const at = program === undefined ? -1 : document.getText().split("\n").indexOf(`${program}:`);
    if (at >= 0) editor.revealRange(new vscode.Range(at, 0, at, 0), vscode.TextEditorRevealType.AtTop);
    this.#follow(source);
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const source = uri.query;
    const made = await this.#ask(source);
    if (!made) return "; the source does not compile\n";
    this.#known.set(source, made);
    return made.text;
  }

  /** After a pause in typing. */
  #soon(source: vscode.Uri): void {
    if (!this.#known.has(source.toString())) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#changed.fire(viewUri(source)), 200);
  }

  /** Marks what belongs to the cursor's line on the other side. */
  #follow(moved: vscode.TextEditor): void {
    const { uri } = moved.document;
    const isView = uri.scheme === SCHEME;
    const key = isView ? uri.query : uri.toString();
    const known = this.#known.get(key);
    const other = vscode.window.visibleTextEditors.find(({ document }) =>
      isView ? document.uri.toString() === key : document.uri.scheme === SCHEME && document.uri.query === key,
    );
    if (!known || !other) return;
    const line = moved.selection.active.line;
    const wanted = isView ? [known.sourceLines[line] ?? -1] : linesOf(known, line);
    const ranges = wanted.filter((n) => n >= 0).map((n) => new vscode.Range(n, 0, n, 0));
    other.setDecorations(this.#mark, ranges);
    moved.setDecorations(this.#mark, []);
    if (ranges[0]) other.revealRange(ranges[0], vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }
}

const linesOf = ({ sourceLines }: Bytecode, line: number): number[] =>
  sourceLines.flatMap((from, at) => (from === line ? [at] : []));

/** Named after the source, which the query holds. */
const viewUri = (source: vscode.Uri): vscode.Uri =>
  vscode.Uri.from({ scheme: SCHEME, path: `${source.path}.bytecode`, query: source.toString() });
