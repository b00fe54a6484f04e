// Compiles one file in this process and prints what it took: compile-one FILE [--no-verify]. One JSON object: user time of
// the compilation in ms, most memory of the process in MB, whether an object came of it.
import { readFileSync } from "node:fs";
import { compile } from "../dist/index.js";
import { embeddedKernel } from "../dist/node.js";

const [file, ...options] = process.argv.slice(2);
const source = readFileSync(file, "utf8");
const kernel = embeddedKernel();
const before = process.cpuUsage();
const { object, diagnostics } = compile(source, { kernel, fileName: file, verify: !options.includes("--no-verify") });
const { user } = process.cpuUsage(before);
const problem = diagnostics.find(({ severity }) => severity === "error")?.text;
console.log(
  JSON.stringify({ ms: user / 1000, mb: process.resourceUsage().maxRSS / 1024, made: object !== undefined, problem }),
);
