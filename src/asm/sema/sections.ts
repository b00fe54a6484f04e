/** A section of an object holds code or data, never both. */
import type { Span } from "../../support/span.ts";
import type { Sema } from "./context.ts";
import type { TFunction } from "./tree.ts";

/** E0249 for functions in sections that variables or maps are in. */
export function checkSections(cx: Sema, functions: readonly TFunction[]): void {
  const data = new Map<string, { readonly name: string; readonly span: Span }>();
  for (const global of cx.globals) data.set(global.section, global);
  for (const map of cx.maps) data.set(".maps", map);
  for (const { name, section = ".text", nameSpan } of functions) {
    const there = data.get(section);
    if (there) cx.sink.error("E0249", nameSpan, name, section).note(`'${there.name}' is data in it`, there.span);
  }
}
