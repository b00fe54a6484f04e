/** How the bytecode view looks; colours follow the reader's light or dark setting. */
import { pictureStyle } from "./svg.ts";

export const viewStyle = `
:root { color-scheme: light dark; --back: #fff; --panel: #f5f6f8; --text: #1d2430; --faint: #6a7280; --line: #d4d9e1;
  --mark: #fff0b8; --pin: #ffdf70; --accent: #2457c5; }
@media (prefers-color-scheme: dark) { :root { --back: #14171c; --panel: #1c2027; --text: #dfe4ec; --faint: #8b94a3;
  --line: #323944; --mark: #3c3820; --pin: #5d5320; --accent: #8fb1ff; } }
.bpf-view { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1.25fr) minmax(0, 1.1fr); height: 100%;
  background: var(--back); color: var(--text); font: 12px/1.55 ui-monospace, monospace; }
.bpf-view > div { overflow: auto; padding: 8px 10px; border-right: 1px solid var(--line); }
.bpf-view h2 { font: 600 13px system-ui, sans-serif; margin: 10px 0 6px; position: sticky; top: -8px;
  background: var(--back); padding: 4px 0; }
.bpf-view h2 small { font-weight: 400; color: var(--faint); }
.bpf-line, .bpf-insn { white-space: pre; padding: 0 4px; border-radius: 3px; tab-size: 4; outline: none; }
.bpf-line[data-line], .bpf-insn { cursor: default; }
.bpf-line:not([data-line]) { color: var(--faint); }
.bpf-no { display: inline-block; min-width: 4ch; margin-right: 1.5ch; text-align: right; color: var(--faint); user-select: none; }
.bpf-bytes { display: inline-block; min-width: 25ch; color: var(--faint); }
.bpf-note { color: var(--accent); margin-left: 2ch; }
.bpf-note::before { content: "; "; }
.bpf-label { color: var(--accent); }
.bpf-gap, .bpf-none { color: var(--faint); }
.bpf-unseen .bpf-text { opacity: .55; }
.bpf-view:not(.bpf-states) .bpf-unseen .bpf-text { opacity: 1; }
.bpf-on { background: var(--mark); }
.bpf-pinned { background: var(--pin); }
.cfg text.bpf-on { fill: var(--accent); font-weight: bold; }
.bpf-view > .bpf-side { display: flex; flex-direction: column; gap: 8px; border-right: 0; }
.bpf-state { flex: 0 0 auto; min-height: 9em; max-height: 45%; overflow: auto; border-bottom: 1px solid var(--line); }
.bpf-picture { flex: 1 1 auto; overflow: auto; }
.bpf-state table { border-collapse: collapse; }
.bpf-state td { padding: 0 1.5ch 0 0; vertical-align: top; }
.bpf-state td:first-child { color: var(--accent); text-align: right; }
.bpf-view.bpf-beside { grid-template-columns: minmax(0, 1.2fr) minmax(0, 1fr); }
@media (max-width: 900px) { .bpf-view:not(.bpf-beside) { grid-template-columns: 1fr; height: auto; } }
@media (max-width: 900px) { .bpf-beside .bpf-bytes { display: none; } }
@media (max-width: 640px) { .bpf-view.bpf-beside { grid-template-columns: 1fr; grid-template-rows: minmax(0, 1.4fr) minmax(0, 1fr); } }
${pictureStyle}`;
