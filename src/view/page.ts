/** One self-contained page about an object: it loads nothing, and runs nothing but its own script. */
import { bytecodeView, type ViewInput } from "./bytecode-view.ts";
import { escaped } from "./escape.ts";
import { viewScript } from "./view-script.ts";
import { viewStyle } from "./view-style.ts";

export interface PageInput extends Omit<ViewInput, "isBeside"> {
  readonly title: string;
  /** Name of the kernel that the states are of. */
  readonly kernel?: string;
}

const policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

const pageStyle = `
html, body { height: 100%; margin: 0; }
body { display: flex; flex-direction: column; background: var(--back); color: var(--text); }
header { font: 13px system-ui, sans-serif; padding: 8px 14px; border-bottom: 1px solid var(--line); display: flex; gap: 1.5em;
  align-items: baseline; flex-wrap: wrap; }
header h1 { font-size: 15px; margin: 0; }
.verdict { padding: 1px 8px; border-radius: 9px; border: 1px solid var(--line); }
.verdict.accepted { border-color: #2a8d46; }
.verdict.rejected { border-color: #c2502f; }
main { flex: 1 1 auto; min-height: 0; }
`;

/** The HTML document. */
export function page(input: PageInput): string {
  const { made, title, kernel } = input;
  const verdicts = (made.verdicts ?? []).map(
    ({ program, verdict, processed, findings, unknown }) =>
      `<span class="verdict ${verdict}" title="${escaped([...findings.map(({ text }) => text), ...unknown].join("\n"))}">` +
      `${escaped(program)}: ${verdict}, ${processed} processed</span>`,
  );
  const license = made.license === "" ? "no licence" : `licence ${made.license}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>${viewStyle}${pageStyle}</style>
</head>
<body>
<header><h1>${escaped(title)}</h1><span>${escaped(license)}</span>${kernel === undefined ? "" : `<span>${escaped(kernel)}</span>`}${verdicts.join("")}</header>
<main>${bytecodeView(input)}</main>
<script>${viewScript}
for (const view of document.querySelectorAll(".bpf-view")) bpfasmView(view);
</script>
</body>
</html>
`;
}
