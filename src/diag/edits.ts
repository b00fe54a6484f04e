/** Applies the edits that diagnostics carry to the text of a file. */
import type { Edit } from "./diagnostic.ts";

/**
 * The text after all `edits`, which are of one file. Edits of overlapping stretches contradict each other: then undefined.
 * Insertions at one place come in their order.
 */
export function applyEdits(source: string, edits: readonly Edit[]): string | undefined {
  const sorted = edits.map((edit, i) => ({ ...edit, i })).sort((a, b) => a.span.start - b.span.start || a.i - b.i);
  const parts: string[] = [];
  let at = 0;
  for (const { span, text } of sorted) {
    if (span.start < at || span.end < span.start || span.end > source.length) return undefined;
    parts.push(source.slice(at, span.start), text);
    at = span.end;
  }
  return parts.join("") + source.slice(at);
}
