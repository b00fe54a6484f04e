// Compiles every file of the corpus in this process: compile-corpus [--no-verify]. One JSON object: milliseconds that each
// file took, and the most memory in MB.
import { performance } from "node:perf_hooks";
import { compileFile } from "../scripts/corpus/in-process.mjs";
import { corpusFiles } from "../scripts/corpus/sources.mjs";

const verify = !process.argv.includes("--no-verify");

const times = corpusFiles().map((file) => {
  const before = performance.now();
  compileFile(file, { verify });
  return { path: file.path, ms: performance.now() - before };
});
console.log(JSON.stringify({ times, mb: process.resourceUsage().maxRSS / 1024 }));
