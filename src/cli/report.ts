/** Prints diagnostics on standard error, in the format that was asked for. */
import type { Diagnostic } from "../diag/diagnostic.ts";
import { renderGcc } from "../diag/gcc.ts";
import { renderGithub } from "../diag/github.ts";
import { renderCount, renderHuman } from "../diag/human.ts";
import { renderJson } from "../diag/json.ts";
import { type Reported, renderSarif } from "../diag/sarif.ts";
import type { SourceMap } from "../diag/source.ts";
import { version } from "./version.ts";

export const messageFormats = ["human", "gcc", "json", "sarif", "github"] as const;
export type MessageFormat = (typeof messageFormats)[number];

const useColor = (): boolean => process.stderr.isTTY === true && !process.env.NO_COLOR;

/** What SARIF will hold: one document for all that a run reports, printed at its end. */
const collected: Reported[] = [];

/** All diagnostics of one input; people also get a count. */
export function report(all: readonly Diagnostic[], files: SourceMap, format: MessageFormat): void {
  if (format === "sarif") collected.push({ diagnostics: all, files });
  if (all.length === 0 || format === "sarif") return;
  const text = all.map((d) => rendered(d, files, format)).join("");
  process.stderr.write(format === "human" ? `${text}${renderCount(all)} generated\n` : text);
}

function rendered(d: Diagnostic, files: SourceMap, format: Exclude<MessageFormat, "sarif">): string {
  switch (format) {
    case "json":
      return renderJson(d, files);
    case "gcc":
      return renderGcc(d, files);
    case "github":
      return renderGithub(d, files);
    case "human":
      return renderHuman(d, files, { color: useColor() });
  }
}

/** Prints what a run has collected for its end. */
export function finishReports(): void {
  if (collected.length > 0) process.stderr.write(renderSarif(collected.splice(0), version));
}
