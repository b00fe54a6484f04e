// The corpus by one process beside clang-19, which runs once a file: user time of both, and the slowest files.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { clangOnly, corpusFiles } from "../scripts/corpus/sources.mjs";

function userOf(work) {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user / 1000;
}

function clangTime(file, folder) {
  const fixed = ["-target", "bpf", "-mcpu=v3", "-O2", "-g", "-w", "-c", file.source, "-o", join(folder, "corpus.o")];
  const words = ["clang-19", ...fixed, ...file.options, ...clangOnly(file)];
  const { stderr } = spawnSync("bash", ["-c", 'TIMEFORMAT=%U; time "$@" 2>/dev/null', "time", ...words], {
    encoding: "utf8",
  });
  return Number(stderr) * 1000;
}

/** [{ path, verified, compiled, clang }] in ms of user time; `compiled` is without the verifier, which clang has none of. */
export async function corpus(folder) {
  const { compileFile } = await import("../scripts/corpus/in-process.mjs");
  return corpusFiles().map((file) => {
    const timeOf = (verify) => userOf(() => compileFile(file, { verify }));
    return { path: file.path, compiled: timeOf(false), verified: timeOf(true), clang: clangTime(file, folder) };
  });
}
