/** The page around the bytecode view that the server makes: in the editor's colours, and running no other script. */

/** As the server's `bpfasm/view` and `bpfasm/viewObject` answer. */
export interface View {
  readonly markup: string;
  readonly style: string;
  readonly script: string;
  /** What the view calls the document that it belongs to. */
  readonly file: string;
}

/** What a page is told: the next view, why there is none now, or where the cursor is. */
export type ToPage =
  | { readonly markup: string }
  | { readonly why: string }
  | { readonly showLine: { readonly file: string; readonly line: number } }
  | { readonly showFunction: string };

/** What a page tells: it listens, or a row of that source line was chosen. */
export type FromPage = "ready" | { readonly file: string; readonly line: number };

const colours = `
html, body { height: 100%; margin: 0; padding: 0; }
body { --back: var(--vscode-editor-background); --text: var(--vscode-editor-foreground);
  --panel: var(--vscode-editorWidget-background); --faint: var(--vscode-descriptionForeground);
  --line: var(--vscode-panel-border, var(--vscode-editorWidget-border)); --accent: var(--vscode-textLink-foreground);
  --mark: var(--vscode-editor-rangeHighlightBackground); --pin: var(--vscode-editor-selectionBackground);
  display: flex; flex-direction: column; }
.bpf-view { font-family: var(--vscode-editor-font-family), monospace; font-size: var(--vscode-editor-font-size); }
main { flex: 1 1 auto; min-height: 0; }
main.old { opacity: .5; }
#why { padding: 4px 10px; border-bottom: 1px solid var(--line); }
`;

/** Keeps where each column is scrolled to when the view is replaced. */
const script = `
const editor = acquireVsCodeApi();
const main = document.querySelector("main");
const why = document.getElementById("why");
let view;
function show(markup) {
  const columns = () => [...main.querySelectorAll(".bpf-source, .bpf-code, .bpf-side")];
  const scrolled = columns().map((one) => one.scrollTop);
  main.innerHTML = markup;
  view = bpfasmView(main.firstElementChild);
  columns().forEach((one, i) => { one.scrollTop = scrolled[i] ?? 0; });
}
function tell(text) {
  why.textContent = text;
  why.hidden = text === "";
  main.className = text === "" ? "" : "old";
}
main.addEventListener("bpfasm-line", ({ detail }) => editor.postMessage(detail));
addEventListener("message", ({ data }) => {
  if (data.markup !== undefined) { show(data.markup); tell(""); }
  if (data.why !== undefined) tell(data.why);
  if (data.showLine) view?.showLine(data.showLine.file, data.showLine.line);
  if (data.showFunction !== undefined) view?.showFunction(data.showFunction);
});
editor.postMessage("ready");
`;

/** An empty page that waits for messages; it tells `ready` when it can be told. */
export function viewPage({ style, script: component }: Pick<View, "style" | "script">): string {
  const nonce = Array.from({ length: 4 }, () => Math.random().toString(36).slice(2)).join("");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-${nonce}'">
<style>${style}${colours}</style>
</head>
<body>
<div id="why" hidden></div>
<main></main>
<script nonce="${nonce}">${component}${script}</script>
</body>
</html>
`;
}
