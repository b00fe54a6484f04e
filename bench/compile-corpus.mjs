// Compiles every file of the corpus in this process: compile-corpus [--no-verify]. One JSON object: user time in ms of each
// file and of the whole, and the most memory in MB.
import { compileFile } from "../scripts/corpus/in-process.mjs";
import { corpusFiles } from "../scripts/corpus/sources.mjs";

const verify = !process.argv.includes("--no-verify");
const since = (before) => process.cpuUsage(before).user / 1000;

const files = corpusFiles();
const start = process.cpuUsage();
const times = files.map((file) => {
  const before = process.cpuUsage();
  compileFile(file, { verify });
  return { path: file.path, ms: since(before) };
});
console.log(JSON.stringify({ times, ms: since(start), mb: process.resourceUsage().maxRSS / 1024 }));
