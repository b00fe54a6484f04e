// Our verifier, straight from the sources: what it says of objects and of programs with patched instructions.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { fetch, project } from "../../test/kernel/harness/paths.mjs";
import { KERNEL } from "../corpus/sources.mjs";

const ENTRY = `
export { readObject } from "./src/elf/reader.ts";
export { linkObject } from "./src/link/link.ts";
export { verify } from "./src/verifier/verify.ts";
export { DiagSink } from "./src/diag/diagnostic.ts";
export { openKernel } from "./src/kernel/kernel.ts";
export { DecodeError, decodeInsns } from "./src/isa/decode.ts";
export { encodeInsns } from "./src/isa/encode.ts";
`;

/** The verifier and what feeds it, bundled, for a release of Linux. */
export async function engine(release) {
  const folder = mkdtempSync(join(tmpdir(), "bpfasm-engine-"));
  const outfile = join(folder, "engine.mjs");
  try {
    await build({
      stdin: { contents: ENTRY, resolveDir: project, loader: "ts" },
      outfile,
      bundle: true,
      format: "esm",
      platform: "node",
      logLevel: "warning",
    });
    const parts = await import(pathToFileURL(outfile).href);
    return { ...parts, kernel: kernelOf(parts, release) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function kernelOf({ openKernel }, release) {
  if (release !== KERNEL) return openKernel({ arch: "x86", btf: readFileSync(join(fetch("kernel", release), "btf")) });
  const read = (name) => readFileSync(join(project, "data", name));
  return openKernel({ arch: "x86", btf: read("vmlinux-7.2-x86.btf"), index: read("vmlinux-7.2-x86.idx") });
}

/** The programs of an object as a loader would hand them over. */
export function linked({ readObject, linkObject, DiagSink, kernel }, file) {
  return linkObject(readObject(readFileSync(file)), kernel, new DiagSink());
}

/** { verdict, processed, why }: `why` is the code and text of a refusal, or what is not modelled. */
export function judged({ verify, kernel }, program) {
  const started = performance.now();
  const { verdict, processed, findings, unknown } = verify(program, kernel);
  const finding = findings[0];
  const why = finding ? `${finding.code} at ${finding.insn}: ${finding.text}` : unknown.join("; ");
  return { verdict, processed, why, ms: performance.now() - started };
}
