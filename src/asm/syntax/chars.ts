/** Character classes of C source text, as the scanner asks for them. */

const IDENT_START = 1;
const IDENT_PART = 2;
const DIGIT = 4;
const HEX = 8;

const classes = new Uint8Array(128);
for (let c = 0; c < 128; c++) {
  const text = String.fromCharCode(c);
  if (/[A-Za-z_$]/.test(text)) classes[c]! |= IDENT_START;
  if (/[A-Za-z0-9_$]/.test(text)) classes[c]! |= IDENT_PART;
  if (/[0-9]/.test(text)) classes[c]! |= DIGIT;
  if (/[0-9a-fA-F]/.test(text)) classes[c]! |= HEX;
}

/** Whether the character code starts an identifier; `$` does, as in GNU C. False for NaN. */
export const isIdentStart = (c: number): boolean => c < 128 && (classes[c]! & IDENT_START) !== 0;
export const isIdentPart = (c: number): boolean => c < 128 && (classes[c]! & IDENT_PART) !== 0;
export const isDigit = (c: number): boolean => c < 128 && (classes[c]! & DIGIT) !== 0;
export const isHexDigit = (c: number): boolean => c < 128 && (classes[c]! & HEX) !== 0;

const wideStart = /^\p{ID_Start}/u;
const widePart = /^\p{ID_Continue}/u;

/** Length in UTF-16 units of a non-ASCII identifier character at `at`, 0 for anything else. */
export function wideIdentLength(text: string, at: number, start: boolean): number {
  const point = text.codePointAt(at);
  if (point === undefined || point < 128) return 0;
  const char = String.fromCodePoint(point);
  return (start ? wideStart : widePart).test(char) ? char.length : 0;
}

/** A character as a message shows it: itself where it can be seen, else its code point. */
export function printableChar(char: string): string {
  const point = char.codePointAt(0) ?? 0;
  const visible = point > 0x20 && point < 0x7f ? true : point > 0xa0 && /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(char);
  return visible ? char : `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;
}
