// Options of V8 for processes that compile or verify for long.
import { spawnSync } from "node:child_process";

/**
 * What V8 is told, as any process may be that has a second core: to make machine code of every function at once, to
 * optimize what runs a little more often than it would, with fewer callees in it, and to collect young objects less often.
 * Its compiler threads count as processor time like all others. Newer releases of V8 lack some of the options.
 */
const V8_OPTIONS = [
  "--always-sparkplug",
  "--interrupt-budget=100000",
  "--max-inlined-bytecode-size-cumulative=300",
  "--no-flush-bytecode",
  "--min-semi-space-size=64",
  "--max-semi-space-size=64",
];

/** Those of the options that this Node's V8 has. */
export function optionsOf(node) {
  const { stdout } = spawnSync(node, ["--v8-options"], { encoding: "utf8", maxBuffer: 1 << 24 });
  return V8_OPTIONS.filter((option) => stdout.includes(option.replace(/^--(no-)?/, "--").replace(/=.*/, " ")));
}
