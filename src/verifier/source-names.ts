/**
 * Names that the text of a source line gives to values. Line info of any compiler points at the expression that makes a
 * value, so that what stands to its left says where it goes; nothing else in an object knows the user's names.
 */
import type { SourceLine } from "../elf/model.ts";

/** `name =`, perhaps with a cast behind it, at the end of what stands left of the expression. */
const ASSIGNED = /(?:^|[^\w.>])([A-Za-z_]\w*)\s*=\s*(?:\([^()]*\)\s*)?$/;

/** A variable or member without calls or computed indices: `skb->len`, `key.pid`, `args[0]`. */
const ACCESS = /^[A-Za-z_]\w*(?:(?:->|\.)\w+|\[\w+\])*/;

/** The variable that a line assigns the value to which is made at its column; undefined where it is none. */
export function nameGiven({ text, column }: SourceLine): string | undefined {
  if (column < 1 || column > text.length) return undefined;
  return ASSIGNED.exec(text.slice(0, column - 1))?.[1];
}

/** The variable or member that stands at the column of a line; undefined for calls and all else. */
export function expressionAt({ text, column }: SourceLine): string | undefined {
  const found = ACCESS.exec(text.slice(Math.max(0, column - 1)))?.[0];
  if (found === undefined || KEYWORDS.test(found)) return undefined;
  return text
    .slice(column - 1 + found.length)
    .trimStart()
    .startsWith("(")
    ? undefined
    : found;
}

const KEYWORDS =
  /^(if|for|while|do|switch|case|return|sizeof|else|goto|int|char|unsigned|signed|long|const|struct|union|u8|u16|u32|u64|s32|s64|__u32|__u64)$/;
