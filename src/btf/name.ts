/** Names in BTF: their hash, and the part that counts where a type carries a flavour (`task_struct___old`). */

const UNDERSCORE = 0x5f;

/** 32-bit FNV-1a of the bytes from `from` up to NUL or the end. */
export function hashAt(bytes: Uint8Array, from: number, end = bytes.length): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === 0) break;
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash >>> 0;
}

/**
 * Length of the name at `from` without its flavour: what stands before the last run of exactly three underscores that
 * has a character on both sides. Equals the whole length where there is none (libbpf: bpf_core_essential_name_len).
 */
export function essentialLength(bytes: Uint8Array, from: number): number {
  let found = -1;
  let run = 0;
  let at = from;
  for (; at < bytes.length && bytes[at] !== 0; at++) {
    if (bytes[at] === UNDERSCORE) run++;
    else {
      if (run === 3 && at - 3 > from) found = at - 3 - from;
      run = 0;
    }
  }
  return found < 0 ? at - from : found;
}

/** The name without its flavour: `task_struct` of `task_struct___old`. */
export function essentialName(name: string): string {
  let found = -1;
  for (let at = name.indexOf("___"); at >= 0; at = name.indexOf("___", at)) {
    let end = at;
    while (name[end] === "_") end++;
    if (end - at === 3 && at > 0 && end < name.length) found = at;
    at = end;
  }
  return found < 0 ? name : name.slice(0, found);
}

const encoder = new TextEncoder();
export const nameBytes = (name: string): Uint8Array => encoder.encode(name);

const decoder = new TextDecoder();

/** Characters up to which putting a string together is quicker than to call the decoder. */
const SHORT = 16;

/** The string at `from`, up to NUL. */
export function textAt(bytes: Uint8Array, from: number): string {
  let text = "";
  const last = Math.min(bytes.length, from + SHORT);
  for (let i = from; i < last; i++) {
    const byte = bytes[i]!;
    if (byte === 0) return text;
    if (byte > 0x7f) break;
    text += String.fromCharCode(byte);
  }
  if (last === bytes.length && text.length === last - from) return text;
  const end = bytes.indexOf(0, from);
  return decoder.decode(bytes.subarray(from, end < 0 ? bytes.length : end));
}

/** Whether the string at `from` is exactly `name`. */
export function isNameAt(bytes: Uint8Array, from: number, name: Uint8Array): boolean {
  for (let i = 0; i < name.length; i++) if (bytes[from + i] !== name[i]) return false;
  return bytes[from + name.length] === 0;
}
