/** The user's cache folder: what bpfasm keeps between runs, a folder for each kind. `BPFASM_CACHE` names another. */
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

export function cacheFolder(kind: "code" | "lsp"): string {
  const { BPFASM_CACHE: own, XDG_CACHE_HOME: xdg } = process.env;
  return join(own || join(xdg || join(homedir() || tmpdir(), ".cache"), "bpfasm"), kind);
}
