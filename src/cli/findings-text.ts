/** Findings as text where the sources are not at hand: with the source text that an object or a log holds. */
import type { SourceLine } from "../elf/model.ts";
import type { Finding } from "../verifier/model.ts";

const at = (line: SourceLine | undefined): string => {
  if (!line || (line.file === "" && line.line === 0)) return "";
  return line.column > 0 ? `${line.file}:${line.line}:${line.column}: ` : `${line.file}:${line.line}: `;
};

/** One finding in several lines, indented by `indent`. */
export function findingText(f: Finding, indent: string): string {
  const lines = [`${at(f.line)}error: ${f.text} [${f.code}]`];
  if (f.line?.text) lines.push(`  ${f.line.text.trim()}`);
  for (const note of f.notes) {
    lines.push(`${at(note.line)}note: ${note.text}`);
    if (note.line?.text && note.line.text !== f.line?.text) lines.push(`  ${note.line.text.trim()}`);
  }
  if (f.path.length > 0) lines.push("path:");
  for (const { line, text } of f.path) lines.push(`${`${line || ""}`.padStart(5)} | ${text.trim()}`);
  lines.push(`help: ${f.help}`);
  return lines.map((line) => `${indent}${line}\n`).join("");
}
