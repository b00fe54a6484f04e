// What the outcomes of one program mean: a difference of a certain kind, or none.

/** Limits that code without optimisation, or with little of it, may well run into where optimised code does not. */
const LIMITS =
  /E0401|E0440|E0442|E0565|combined stack size|too large|too many (instructions|states)|processed \d+ insn|jump.*too complex/;

/** The kernel gave up: it would have had to look at more than a million instructions, however right they are. */
const GAVE_UP = /processed 1000001 insn/i;
const gaveUpOn = ({ kind, text }) => kind === "refused" && GAVE_UP.test(text);

/** The error in clang's messages, or the last line of the verifier's. */
export const reasonOf = ({ kind, text }) =>
  `${kind}: ${digits(kind === "unbuilt" ? (/error: .*/.exec(text)?.[0] ?? text) : text)}`;

const digits = (text) => text.replaceAll(/\d+/g, "#").trim().split("\n").at(-1).slice(0, 100);

const isPlain = (level, alone) => level === "O0" || alone !== undefined;

function ofVariant(level, ours, clang, alone) {
  if (ours.kind === "crash") return `${level} crashes: ${digits(ours.text.split("\n")[0])}`;
  if (ours.rejected !== undefined)
    return `${level} is accepted by the kernel, not by our verifier: ${digits(ours.rejected)}`;
  if (clang.kind !== "ran" || ours.kind === "ran") return undefined;
  if (gaveUpOn(ours) || (isPlain(level, alone) && LIMITS.test(ours.text))) return undefined;
  if (ours.kind === "unbuilt") return `${level} does not build: ${digits(ours.text)}`;
  if (ours.kind === "refused") return `${level} is refused by the kernel: ${digits(ours.text)}`;
  return `${level} ${ours.kind}`;
}

/**
 * Why the three objects of a program are not the same, as a line that is alike for alike causes; or undefined. `alone` is
 * the one pass that -O2 has, where it has but one: stack objects that no pass lets share their place may be too much.
 */
export function differenceOf({ O0, O2, clang }, alone) {
  if ([O0, O2, clang].some(({ kind }) => kind === "lost")) return "the guest did not get to it";
  const found = ofVariant("O2", O2, clang, alone) ?? ofVariant("O0", O0, clang, alone);
  if (found) return found;
  if (clang.kind === "ran") {
    if (O2.kind === "ran" && O2.value !== clang.value) return "O2 and clang end differently";
    if (O0.kind === "ran" && O0.value !== clang.value) return "O0 and clang end differently";
  }
  if (O0.kind === "ran" && O2.kind === "ran" && O0.value !== O2.value) return "O0 and O2 end differently";
  return undefined;
}

/** Programs that say nothing of us: clang or the kernel refuses them from clang, too. */
export const isRefused = ({ clang }) => clang.kind !== "ran";

/** Which compiler's code alone was more than the kernel looks at: "ours", "clang", or neither. */
export function tooMuchOf({ O2, clang }) {
  if (gaveUpOn(O2) && clang.kind === "ran") return "ours";
  return gaveUpOn(clang) && O2.kind === "ran" ? "clang" : undefined;
}

/** -O0, or -O2 of one pass `alone`, ran into a limit that clang's did not. */
export const isLimited = ({ O0, O2, clang }, alone) =>
  clang.kind === "ran" &&
  (alone === undefined ? [O0] : [O0, O2]).some(({ kind }) => kind !== "ran" && kind !== "crash");
