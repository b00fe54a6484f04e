// Builds BPF objects: with bpfasm, or with clang (BPFASM_TEST_CC=clang) to see whether a check itself is sound.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { command, fetch, kernelTests } from "./paths.mjs";
import { run } from "./process.mjs";

export const compilerName = process.env.BPFASM_TEST_CC ?? "bpfasm";
/** A build takes well under a second; one that never ends must not hold up the rest. */
const LIMIT = { timeout: 60_000, killSignal: "SIGKILL" };
const CLANG_ARCH = { amd64: "x86", arm64: "arm64" };

/** Header-free sources are bpfasm's own dialect; clang gets the headers and the licence that are implied in them. */
function impliedHeaders(source) {
  if (!source.endsWith(".bpf")) return [];
  const licence = readFileSync(source, "utf8").includes('SEC("license")')
    ? []
    : [join(kernelTests, "guest", "licence.h")];
  return ["vmlinux.h", "bpf/bpf_helpers.h", "bpf/bpf_tracing.h", ...licence].flatMap((name) => ["-include", name]);
}

export function clangArguments(source, output, { arch = "amd64", flags = [], cpu = "v3" } = {}) {
  return [
    ...["-O2", "-g", "-w", "-target", "bpf", `-mcpu=${cpu}`, `-D__TARGET_ARCH_${CLANG_ARCH[arch]}`],
    ...[
      "-I",
      dirname(source),
      "-I",
      fetch("headers", "7.2", arch),
      "-isystem",
      join(fetch("sysroot", "amd64"), "usr/include"),
    ],
    ...impliedHeaders(source),
    ...flags,
    ...["-idirafter", join(fetch("sysroot", "amd64"), "usr/include/x86_64-linux-gnu")],
    ...["-x", "c", "-c", source, "-o", output],
  ];
}

export function bpfasmArguments(source, output, { arch = "amd64", flags = [], cpu = "v3" } = {}) {
  const machine = arch === "arm64" ? ["--arch", "arm64"] : [];
  const target = cpu === "v3" ? [] : [`-mcpu=${cpu}`];
  return [command, "build", source, ...machine, ...target, ...flags, "-o", output];
}

/** Builds one source; resolves to the compiler's status and output. */
export function build(source, output, options, compiler = compilerName) {
  if (compiler === "clang") return run("clang-19", clangArguments(source, output, options), LIMIT);
  return run(process.execPath, bpfasmArguments(source, output, options), LIMIT);
}
