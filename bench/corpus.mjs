// The corpus by one process beside clang-19, which runs once a file: how long it takes, and the time of all processors.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { clangOnly, corpusFiles } from "../scripts/corpus/sources.mjs";
import { optionsOf } from "./v8-options.mjs";

const worker = fileURLToPath(new URL("./compile-corpus.mjs", import.meta.url));

/** { status, stdout, stderr, wall, cpu }: milliseconds that the command took, and that all processors spent on it. */
function timed(words) {
  const script = 'TIMEFORMAT="%R %U %S"; { time "$@" 2>&3; } 3>&2 2>&4';
  const how = { encoding: "utf8", maxBuffer: 1 << 26, stdio: ["ignore", "pipe", "pipe", "ignore", "pipe"] };
  const { status, output } = spawnSync("bash", ["-c", script, "time", ...words], how);
  const [wall, user, system] = output[4].trim().split(" ").map(Number);
  return { status, stdout: output[1], stderr: output[2], wall: wall * 1000, cpu: (user + system) * 1000 };
}

function clangTime(file, folder) {
  const fixed = ["-target", "bpf", "-mcpu=v3", "-O2", "-g", "-w", "-c", file.source, "-o", `${folder}/corpus.o`];
  const { wall, cpu } = timed(["clang-19", ...fixed, ...file.options, ...clangOnly(file)]);
  return { wall, cpu };
}

function inOneProcess(name, node, nodeOptions, options) {
  const { status, stdout, stderr, wall, cpu } = timed([node, ...nodeOptions, worker, ...options]);
  if (status !== 0) throw new Error(stderr);
  return { name, wall, cpu, ...JSON.parse(stdout) };
}

const sum = (list, of) => list.reduce((total, item) => total + of(item), 0);

/**
 * { files: [{ path, ms, clang }], runs: [{ name, wall, cpu, mb }], clang: { wall, cpu } } in milliseconds, those of whole
 * processes from start to end; the first run is the one to hold against clang. It is without the verifier, of which clang
 * has none. `nodes`: { node, version }, the first of which does all runs.
 */
export function corpus(folder, nodes) {
  const [{ node }, ...others] = nodes;
  const compiled = (name, at) => inOneProcess(name, at, optionsOf(at), ["--no-verify"]);
  const runs = [
    compiled("bpfasm, one process, --no-verify", node),
    inOneProcess("the same with the verifier", node, optionsOf(node), []),
    inOneProcess("--no-verify, V8 as it comes", node, [], ["--no-verify"]),
    ...others.map((other) => compiled(`--no-verify, Node ${other.version}`, other.node)),
  ];
  const files = corpusFiles().map((file, i) => ({
    path: file.path,
    ms: runs[0].times[i].ms,
    clang: clangTime(file, folder),
  }));
  return { files, runs, clang: { wall: sum(files, (f) => f.clang.wall), cpu: sum(files, (f) => f.clang.cpu) } };
}
