/** Compiler options in clang's spelling, which option parsers do not know, in the long form that yargs takes. */

const rewrites: readonly (readonly [RegExp, (m: RegExpExecArray) => string])[] = [
  [/^-mcpu=(.+)$/, (m) => `--mcpu=${m[1]}`],
  [/^-O([0-9a-z]*)$/, (m) => `--opt-level=${m[1] || "2"}`],
  [/^-g0$/, () => "--debug=false"],
  [/^-g$/, () => "--debug=true"],
  [/^-w$/, () => "--silence-warnings"],
  [/^-W(.+)$/, (m) => `--warning=${m[1]}`],
  [/^-isystem$/, () => "--isystem"],
  [/^-isystem(.+)$/, (m) => `--isystem=${m[1]}`],
  [/^-idirafter$/, () => "--idirafter"],
  [/^-idirafter(.+)$/, (m) => `--idirafter=${m[1]}`],
  [/^-include$/, () => "--include"],
  [/^-([DUI])(.+)$/, (m) => `-${m[1]}=${m[2]}`],
];

/** The arguments with clang's spellings replaced; nothing behind `--` is touched. `explain` takes a warning's name. */
export function normaliseArgs(args: readonly string[]): string[] {
  if (args[0] === "explain") return args.map((arg) => arg.replace(/^-W(?=.)/, "W"));
  const end = args.indexOf("--");
  const head = end === -1 ? args : args.slice(0, end);
  const rest = end === -1 ? [] : args.slice(end);
  return [...head.map(rewrite), ...rest];
}

function rewrite(arg: string): string {
  for (const [pattern, make] of rewrites) {
    const match = pattern.exec(arg);
    if (match) return make(match);
  }
  return arg;
}
