// Child processes as promises, and a bound on how much runs at once.
import { execFile } from "node:child_process";

const LARGEST_OUTPUT = 256 << 20;

/** Runs a command; resolves to its status and output, also where it fails. A signal or a time-out is status -1. */
export function run(file, args, options = {}) {
  return new Promise((resolve) => {
    const child = execFile(
      file,
      args,
      { encoding: "utf8", maxBuffer: LARGEST_OUTPUT, ...options },
      (error, stdout, stderr) => {
        const status = error ? (typeof error.code === "number" ? error.code : -1) : 0;
        resolve({ status, stdout, stderr: stderr || (status === -1 && error ? String(error) : stderr) });
      },
    );
    child.stdin?.end();
  });
}

/** Like `run`, but a failure is an error that carries what the command said. */
export async function mustRun(file, args, options = {}) {
  const result = await run(file, args, options);
  if (result.status !== 0) {
    throw new Error(`${[file, ...args].join(" ")}: status ${result.status}\n${result.stderr}${result.stdout}`);
  }
  return result;
}

/** Maps over items with at most `width` of them under way; results keep the order. */
export async function mapLimited(items, width, work) {
  const results = new Array(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at]);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}
