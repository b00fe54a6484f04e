/** A line over each program: how long it is, and what the verifier said. */
import type { CodeLens } from "vscode-languageserver";
import { type Analysis, MAIN } from "./analysis.ts";
import { programSlots } from "./instructions.ts";

/** `command`: what a click runs in the editor, with the program's name; none for a line of text alone. */
export function codeLenses(a: Analysis, uri: string, command = ""): CodeLens[] {
  return programs(a).map(({ name, start, end }) => ({
    range: a.lines.range(start, end),
    command: { title: titleOf(a, name), command, ...(command !== "" && { arguments: [uri, name] }) },
  }));
}

/** Functions in sections of their own, where they are defined. */
function programs(a: Analysis): readonly { name: string; start: number; end: number }[] {
  const found = new Map<string, { name: string; start: number; end: number }>();
  for (const { name, meaning, role, span, macro } of a.names.all) {
    const fn = meaning.kind === "entity" && meaning.entity.kind === "function" ? meaning.entity.fn : undefined;
    if (fn?.section === undefined || role !== "declaration" || span.file !== MAIN || macro !== undefined) continue;
    found.set(name, { name, start: span.start, end: span.end });
  }
  return [...found.values()].sort((x, y) => x.start - y.start);
}

function titleOf(a: Analysis, name: string): string {
  const slots = programSlots(a.made.subprogs, name);
  if (slots === undefined) return "does not compile";
  const verdict = a.made.verdicts.find((v) => v.program === name);
  const size = `${slots} instruction${slots === 1 ? "" : "s"}`;
  if (!verdict) return `${size}, not verified`;
  const why = verdict.verdict === "unknown" ? ` (not modelled: ${verdict.unknown.join("; ")})` : "";
  return `${size}, ${verdict.processed} processed: ${verdict.verdict}${why}`;
}
