/** The format of bpf_snprintf, which the kernel reads as it verifies. kernel/bpf/helpers.c:bpf_bprintf_prepare */
import type { Cx } from "../cx.ts";
import { reg as regOf, type State } from "../domain/state.ts";
import { type Outcome, refuse, unmodelled } from "../outcome.ts";

const NAME = "bpf_snprintf";

/** Flags and width, as the kernel skips them. */
const WIDTH = /^[0+\- ]*([1-9][0-9]*)?/;
/** What may follow `%` and the width, longest first. */
const SPECIFIERS: readonly RegExp[] = [
  /^p[iI][46]/,
  /^p[ku]s(?=$|[\s!-/:-@[-`{-~])/,
  /^p[KxsSB]/,
  /^p(?=$|[\s!-/:-@[-`{-~])/,
  /^s(?=$|[\s!-/:-@[-`{-~])/,
  /^c/,
  /^l{0,2}[iduxX]/,
];

/** Whether the format in r3 goes with the size of the data in r5. kernel/bpf/verifier.c:check_bpf_snprintf_call */
export function checkSnprintf(_cx: Cx, state: State): Outcome {
  const format = regOf(state, 3);
  const size = regOf(state, 5);
  if (format.kind !== "ptr" || format.to.kind !== "map_value" || size.kind !== "scalar" || size.bits.mask !== 0n)
    return unmodelled(`the format of ${NAME}`);
  const known = Number(size.bits.value);
  if (known % 8 !== 0)
    return refuse("E0551", ["r5", NAME, `must be a multiple of 8, but is ${known}`], { about: [size] });
  const text = textAt(format.to.map.data, format.off);
  if (text === undefined) return unmodelled(`the format of ${NAME}, which is not ASCII`);
  const found = countOf(text);
  const not = (why: string): Outcome => refuse("E0556", ["r3", NAME, why], { about: [format] });
  if (UNPRINTED.test(text)) return not("has a character that is not printed");
  if (typeof found === "string") return not(`has '${found}', which is no conversion`);
  return found > known / 8 ? not(`has ${found} conversions, and the data has ${known / 8} values`) : undefined;
}

/** Control characters that are no blanks. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNPRINTED = /[\x00-\x08\x0e-\x1f\x7f]/;

/** ASCII text up to a zero byte. */
function textAt(data: Uint8Array | undefined, off: number): string | undefined {
  const end = data?.indexOf(0, off) ?? -1;
  if (!data || end < 0) return undefined;
  const bytes = data.subarray(off, end);
  const plain = bytes.every((b) => b < 128);
  return plain ? String.fromCharCode(...bytes) : undefined;
}

/** How many values the text asks for, or what of it is no conversion. */
function countOf(text: string): number | string {
  let count = 0;
  for (let i = text.indexOf("%"); i >= 0; i = text.indexOf("%", i)) {
    const rest = text.slice(i + 1);
    if (rest.startsWith("%")) {
      i += 2;
      continue;
    }
    const width = WIDTH.exec(rest)?.[0].length ?? 0;
    const word = rest.slice(width);
    const specifier = SPECIFIERS.map((s) => s.exec(word)?.[0]).find((s) => s !== undefined);
    if (specifier === undefined) return `%${rest.slice(0, width + 2)}`;
    count++;
    i += 1 + width + specifier.length;
  }
  return count;
}
