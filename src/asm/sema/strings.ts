/** String literals: read-only globals, one for each text. */
import type { Span } from "../../support/span.ts";
import type { Sema } from "./context.ts";
import type { TPlace } from "./tree.ts";
import { charType, qualify } from "./type-ops.ts";
import type { CType } from "./types.ts";

/** `char[n]` of a literal of `n - 1` bytes. */
export const stringType = (bytes: Uint8Array): CType => ({ kind: "array", elem: charType, length: bytes.length + 1 });

/** The bytes of a literal with its NUL. */
export function terminated(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length + 1);
  out.set(bytes);
  return out;
}

/** The global that holds a literal. */
export function stringPlace(cx: Sema, bytes: Uint8Array, span: Span): TPlace {
  const type = stringType(bytes);
  const global = cx.stringGlobal(bytes.join(), () => ({
    name: cx.freshName(".str"),
    type: qualify(type, { const: true }),
    section: ".rodata",
    linkage: "static",
    weak: false,
    hidden: false,
    align: 1,
    size: bytes.length + 1,
    bytes: terminated(bytes),
    relocs: [],
    anonymous: true,
    constant: true,
    declTags: [],
    span,
  }));
  return { kind: "global", name: global.name, type, span };
}
