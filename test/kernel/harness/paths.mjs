// Where things lie, and how the scripts under vm/ are asked for what they keep.
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const kernelTests = dirname(dirname(fileURLToPath(import.meta.url)));
export const project = dirname(dirname(kernelTests));
export const command = join(project, "dist", "bpfasm.js");
export const library = join(project, "dist", "index.js");

const fetched = new Map();

/** The path that `vm/fetch` prints for these words; fetched once in a run. */
export function fetch(...words) {
  const key = words.join(" ");
  if (!fetched.has(key)) {
    const path = execFileSync(join(kernelTests, "vm", "fetch"), words, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", 2],
    });
    fetched.set(key, path.trim());
  }
  return fetched.get(key);
}
