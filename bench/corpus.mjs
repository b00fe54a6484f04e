// The corpus by one process beside clang-19, which runs once a file: user time of both, and the slowest files.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { clangOnly, corpusFiles } from "../scripts/corpus/sources.mjs";

const MACHINE = ["/usr/include", "/usr/include/x86_64-linux-gnu", "/usr/include/aarch64-linux-gnu"];

function settings(options) {
  const dirs = options.flatMap((word, i) => (options[i - 1] === "-I" ? [word] : []));
  const defines = options.flatMap((word) => {
    const [, name, value] = /^-D(\w+)(?:=(.*))?$/.exec(word) ?? [];
    return name === undefined ? [] : [{ name, value: value ?? "1" }];
  });
  return { dirs, defines };
}

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
  const { compile, includeHost } = await import("../dist/index.js");
  const { embeddedKernel, readHeader } = await import("../dist/node.js");
  const kernel = embeddedKernel();
  return corpusFiles().map((file) => {
    const { dirs, defines } = settings(file.options);
    const includes = () =>
      includeHost(readHeader, { dirs, system: [], local: ["/usr/local/include"], machine: MACHINE });
    const source = readFileSync(file.source, "utf8");
    const build = (verify) =>
      userOf(() =>
        compile(source, {
          kernel,
          fileName: file.source,
          includes: includes(),
          defines,
          verify,
          warnings: { none: true },
        }),
      );
    return { path: file.path, compiled: build(false), verified: build(true), clang: clangTime(file, folder) };
  });
}
