/**
 * The command's code, with what V8 made of it at an earlier start: compiling it anew takes longer than a small build.
 * The cache is a file a sub-command, in the user's own cache folder; without one, or where it cannot be kept, the code is
 * compiled as ever. NODE_DISABLE_COMPILE_CACHE=1 does without; BPFASM_CACHE names another place.
 */
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";
import { crc32 } from "node:zlib";
import { cacheFolder } from "./cache-folder.ts";

/** What the bundle of the command exports. */
export interface Command {
  readonly run: (args: readonly string[]) => Promise<number>;
}

export interface LoadedCommand extends Command {
  /** Keeps what V8 compiled so far, if there was nothing that could be used; never fails. */
  readonly keep: () => void;
}

/** Names a bundle of the command by its content; the build puts it in. */
declare const BUNDLE_ID: string;

const HEADER = 8;
const MONTH = 30 * 24 * 3600 * 1000;

/** Loads the bundle beside this file; `use` is what it is wanted for, and caches for different uses are kept apart. */
export function loadCommand(use: string): LoadedCommand {
  const file = fileURLToPath(new URL("./command.cjs", import.meta.url));
  const path = cachePath(use);
  const cachedData = path === undefined ? undefined : readCache(path);
  // The bundle is ASCII, which is read fastest as Latin-1.
  const source = `(function (exports, require, module, __filename) {${readFileSync(file, "latin1")}\n})`;
  const script = new Script(source, { filename: file, ...(cachedData && { cachedData }) });
  const module = { exports: {} as Command };
  script.runInThisContext()(module.exports, createRequire(file), module, file);
  const fits = cachedData !== undefined && script.cachedDataRejected !== true;
  return { run: module.exports.run, keep: () => path !== undefined && !fits && writeCache(path, script) };
}

/** Where the cache for this bundle, this Node and this use lies; undefined where none is wanted. */
function cachePath(use: string): string | undefined {
  if (process.env.NODE_DISABLE_COMPILE_CACHE) return undefined;
  return join(cacheFolder("code"), `${BUNDLE_ID}-${process.version}-${process.arch}-${use}.bin`);
}

/** V8 trusts what it is given: so only what this user wrote, and that whole. */
function readCache(path: string): Buffer | undefined {
  try {
    const fd = openSync(path, "r");
    try {
      const { uid, mode } = fstatSync(fd);
      if (uid !== (process.getuid?.() ?? uid) || mode & 0o022) return undefined;
      const bytes = readFileSync(fd);
      const code = bytes.subarray(HEADER);
      return bytes.length > HEADER && bytes.readUInt32LE(0) === crc32(code) ? code : undefined;
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

function writeCache(path: string, script: Script): void {
  const aside = `${path}.${process.pid}.tmp`;
  try {
    const folder = join(path, "..");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const code = script.createCachedData();
    const header = Buffer.alloc(HEADER);
    header.writeUInt32LE(crc32(code));
    writeFileSync(aside, Buffer.concat([header, code]), { mode: 0o600 });
    renameSync(aside, path);
    dropOld(folder);
  } catch {
    // A folder that cannot be written: the next start compiles again.
  }
}

/** What bundles and Nodes of the past have left. */
function dropOld(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (/\.(?:bin|tmp)$/.test(name) && Date.now() - statSync(path).mtimeMs > MONTH) unlinkSync(path);
  }
}
