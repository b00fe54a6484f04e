/** String table of an ELF file; a string that ends another shares its bytes (`.text` lies in `.rel.text`). */
import { bug } from "../support/bug.ts";
import { ByteWriter } from "../support/bytes.ts";

export interface StringTable {
  readonly bytes: Uint8Array;
  /** Where a string that was given begins. */
  offset(text: string): number;
}

/** The table of these strings; the order in which they are given does not matter. */
export function stringTable(texts: Iterable<string>): StringTable {
  const out = new ByteWriter().u8(0);
  const offsets = new Map([["", 0]]);
  const encoder = new TextEncoder();
  let last = "";
  let lastEnd = 0;
  for (const text of longestFirst(texts)) {
    if (!last.endsWith(text)) {
      out.bytes(encoder.encode(text)).u8(0);
      last = text;
      lastEnd = out.length - 1;
    }
    offsets.set(text, lastEnd - encoder.encode(text).length);
  }
  return { bytes: out.finish(), offset: (text) => offsets.get(text) ?? bug(`'${text}' is not in the string table`) };
}

/** Each text once, in an order that puts every text right behind one that ends with it, if there is one. */
function longestFirst(texts: Iterable<string>): readonly string[] {
  const reversed = [...new Set(texts)].filter((text) => text !== "").map((text) => [...text].reverse().join(""));
  return reversed.sort((a, b) => (a < b ? 1 : a > b ? -1 : 0)).map((text) => [...text].reverse().join(""));
}
