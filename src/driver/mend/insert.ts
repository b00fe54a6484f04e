/** Text that is put before or behind a statement, with its indentation, and in braces where it stands alone. */
import type { FunctionDef } from "../../asm/syntax/ast.ts";
import type { Edit } from "../../diag/diagnostic.ts";
import type { Span } from "../../support/span.ts";
import { isPlain, type SourceTree, type Step } from "./source-tree.ts";

const at = (like: Span, offset: number): Span => ({ file: like.file, start: offset, end: offset });

export const replace = (span: Span, text: string): Edit => ({ span, text });

/** `lines` before a statement; a statement that is the whole body of `if` or a loop gets braces. */
export function before(
  tree: SourceTree,
  fn: FunctionDef,
  { item, inBlock }: Step,
  lines: readonly string[],
): readonly Edit[] {
  const { span } = item;
  if (!isPlain(span)) return [];
  const indent = tree.indentAt(span.start);
  if (inBlock) return [{ span: at(span, span.start), text: lines.map((l) => `${l}\n${indent}`).join("") }];
  return braced(tree, fn, span, lines);
}

/** `if (x) stmt;` on one line or two becomes a block with `lines` and the statement. */
function braced(tree: SourceTree, fn: FunctionDef, span: Span, lines: readonly string[]): readonly Edit[] {
  const { text } = tree.file;
  const unit = tree.unit(fn);
  const own = tree.indentAt(span.start);
  const headEnd = text.slice(0, span.start).trimEnd().length;
  const gap: Span = { file: span.file, start: headEnd, end: span.start };
  const oneLine = !text.slice(headEnd, span.start).includes("\n");
  const outer = oneLine || !own.endsWith(unit) ? own : own.slice(0, -unit.length);
  const inner = oneLine ? own + unit : own;
  const open = /\/\/[^\n]*$/.test(text.slice(0, headEnd)) ? `\n${outer}{` : " {";
  const body = lines.map((l) => `\n${inner}${l}`).join("");
  return [
    { span: gap, text: `${open}${body}\n${inner}` },
    { span: at(span, span.end), text: `\n${outer}}` },
  ];
}

/** `lines` behind a statement of a block. */
export function behind(tree: SourceTree, { item, inBlock }: Step, lines: readonly string[]): readonly Edit[] {
  const { span } = item;
  if (!inBlock || !isPlain(span)) return [];
  const indent = tree.indentAt(span.start);
  return [{ span: at(span, span.end), text: lines.map((l) => `\n${indent}${l}`).join("") }];
}

/** A name that the file does not use yet. */
export function freshName(tree: SourceTree, wanted: string): string {
  let name = wanted;
  for (let n = 2; new RegExp(`\\b${name}\\b`).test(tree.file.text); n++) name = `${wanted}${n}`;
  return name;
}
