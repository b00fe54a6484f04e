/** `--watch`: builds again what a change of a file touches, until it is interrupted. */
import { existsSync, type FSWatcher, statSync, watch } from "node:fs";
import { dirname, resolve } from "node:path";
import { readHeader } from "./files.ts";
import { isMachines } from "./make-rule.ts";

/** Builds one file, reading headers by `read`; whether it went well. */
export type BuildFile = (file: string, read: (path: string) => string | undefined) => boolean;

/** Milliseconds without a change before a build begins: editors write in several steps. */
const REST = 8;
/** How long an emptied file may take to be written. */
const WRITING = 40;

/** Builds all files and then for ever what changes; never ends by itself. */
export function watchFiles(files: readonly string[], build: BuildFile): Promise<number> {
  const watcher = new Watcher(files, build);
  watcher.build(files);
  return new Promise(() => {});
}

class Watcher {
  readonly #build: BuildFile;
  /** What each input looked for, by absolute path, and the state in which it was found. */
  readonly #sought = new Map<string, ReadonlyMap<string, string>>();
  readonly #folders = new Map<string, FSWatcher>();
  readonly #touched = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(files: readonly string[], build: BuildFile) {
    this.#build = build;
    for (const file of files) this.#sought.set(file, new Map([[resolve(file), stateOf(file)]]));
  }

  /** One line for each file, behind its diagnostics. */
  build(files: readonly string[]): void {
    for (const file of files) {
      const began = performance.now();
      const sought = new Map([[resolve(file), stateOf(file)]]);
      const ok = this.#build(file, (path) => {
        if (!isMachines(path)) sought.set(resolve(path), stateOf(path));
        return readHeader(path);
      });
      this.#sought.set(file, sought);
      process.stderr.write(
        `bpfasm: ${file} ${ok ? "built" : "failed"} in ${Math.round(performance.now() - began)} ms\n`,
      );
    }
    this.#follow();
    this.#missed();
  }

  /** Watches the folders in which something was looked for, or the nearest one that there is. */
  #follow(): void {
    const wanted = new Set<string>();
    for (const sought of this.#sought.values()) for (const path of sought.keys()) wanted.add(nearestFolder(path));
    for (const [folder, watcher] of this.#folders) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#folders.delete(folder);
    }
    for (const folder of wanted) if (!this.#folders.has(folder)) this.#watch(folder);
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, (_, name) => this.#changed(name === null ? folder : resolve(folder, name)));
      watcher.on("error", () => this.#gone(folder));
      this.#folders.set(folder, watcher);
    } catch {
      // It went away meanwhile: the next build looks for the nearest one anew.
    }
  }

  #gone(folder: string): void {
    this.#folders.get(folder)?.close();
    this.#folders.delete(folder);
    this.#changed(folder);
  }

  /** A folder that is watched tells of itself as well: of its removal, by its own name. */
  #changed(path: string): void {
    for (const [file, sought] of this.#sought)
      for (const one of sought.keys()) if (one === path || one.startsWith(`${path}/`)) this.#touched.add(file);
    if (this.#touched.size === 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#rebuild(), REST);
  }

  /** Whether a file was emptied since it was read, as editors do before they write it. */
  #isEmptied(): boolean {
    return [...this.#touched].some((file) =>
      [...(this.#sought.get(file) ?? [])].some(([path, was]) => isEmpty(stateOf(path)) && !isEmpty(was)),
    );
  }

  #rebuild(patient = false): void {
    if (!patient && this.#isEmptied()) {
      this.#timer = setTimeout(() => this.#rebuild(true), WRITING);
      return;
    }
    for (const [folder, watcher] of this.#folders) {
      if (existsSync(folder)) continue;
      watcher.close();
      this.#folders.delete(folder);
    }
    const files = [...this.#sought.keys()].filter((file) => this.#touched.has(file));
    this.#touched.clear();
    this.build(files);
  }

  /** What changed between the build and the watching. */
  #missed(): void {
    for (const sought of this.#sought.values())
      for (const [path, was] of sought) if (stateOf(path) !== was) this.#changed(path);
  }
}

/** Differs when a file came, went or was written. */
function stateOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat ? `${stat.mtimeNs} ${stat.size} ${stat.ino}` : "";
}

const isEmpty = (state: string): boolean => state.split(" ")[1] === "0";

function nearestFolder(path: string): string {
  let folder = dirname(path);
  while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
}
