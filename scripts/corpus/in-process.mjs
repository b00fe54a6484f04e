// Compiles files of the corpus in this process, without a command for each.
import { readFileSync } from "node:fs";
import { compile, includeHost, remembering } from "../../dist/index.js";
import { embeddedKernel, readHeader } from "../../dist/node.js";

const MACHINE = ["/usr/include", "/usr/include/x86_64-linux-gnu", "/usr/include/aarch64-linux-gnu"];

const kernel = embeddedKernel();
const read = remembering(readHeader);

function settings(options) {
  const dirs = options.flatMap((word, i) => (options[i - 1] === "-I" ? [word] : []));
  const defines = options.flatMap((word) => {
    const [, name, value] = /^-D(\w+)(?:=(.*))?$/.exec(word) ?? [];
    return name === undefined ? [] : [{ name, value: value ?? "1" }];
  });
  return { dirs, defines };
}

/** Compiles one of `corpusFiles()`; `more` are options of the library. */
export function compileFile(file, more) {
  const { dirs, defines } = settings(file.options);
  const includes = includeHost(read, { dirs, system: [], local: ["/usr/local/include"], machine: MACHINE });
  const source = readFileSync(file.source, "utf8");
  return compile(source, { kernel, fileName: file.source, includes, defines, warnings: { none: true }, ...more });
}
