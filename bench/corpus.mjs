// The corpus by one process beside clang-19, which runs once a file: user time of both, and the slowest files.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { clangOnly, corpusFiles } from "../scripts/corpus/sources.mjs";

const worker = fileURLToPath(new URL("./compile-corpus.mjs", import.meta.url));

/**
 * What V8 is told, as any process may be that has a second core: to make machine code of every function at once, to
 * optimize what runs a little more often than it would, with fewer callees in it, and to collect young objects less often.
 */
export const V8_OPTIONS = [
  "--always-sparkplug",
  "--interrupt-budget=100000",
  "--max-inlined-bytecode-size-cumulative=300",
  "--min-semi-space-size=64",
  "--max-semi-space-size=64",
];

function clangTime(file, folder) {
  const fixed = ["-target", "bpf", "-mcpu=v3", "-O2", "-g", "-w", "-c", file.source, "-o", join(folder, "corpus.o")];
  const words = ["clang-19", ...fixed, ...file.options, ...clangOnly(file)];
  const { stderr } = spawnSync("bash", ["-c", 'TIMEFORMAT=%U; time "$@" 2>/dev/null', "time", ...words], {
    encoding: "utf8",
  });
  return Number(stderr) * 1000;
}

function inOneProcess(nodeOptions, options) {
  const how = { encoding: "utf8", maxBuffer: 1 << 26 };
  const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeOptions, worker, ...options], how);
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/**
 * { files: [{ path, compiled, verified, clang }], runs: { name, ms, mb }[], clang } in ms of user time; `compiled` is
 * without the verifier, which clang has none of.
 */
export function corpus(folder) {
  const compiled = inOneProcess(V8_OPTIONS, ["--no-verify"]);
  const verified = inOneProcess(V8_OPTIONS, []);
  const plain = inOneProcess([], ["--no-verify"]);
  const files = corpusFiles().map((file, i) => ({
    path: file.path,
    compiled: compiled.times[i].ms,
    verified: verified.times[i].ms,
    clang: clangTime(file, folder),
  }));
  const runs = [
    { name: "bpfasm, one process, --no-verify", ...compiled },
    { name: "the same with the verifier", ...verified },
    { name: "--no-verify, V8 as it comes", ...plain },
  ];
  return { files, runs, clang: files.reduce((sum, { clang }) => sum + clang, 0) };
}
