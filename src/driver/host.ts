/** Include search: clang's order, then what is built in. Files come from the caller. */

import { compilerHeaders } from "../asm/sema/ambient/compiler-headers.ts";
import { builtinHeaders } from "../asm/sema/ambient/index.ts";
import { usdtHeader } from "../asm/sema/ambient/usdt.ts";
import type { IncludeHost } from "../asm/syntax/input.ts";

/** Reads text files; undefined where there is none of that name. */
export type ReadText = (path: string) => string | undefined;

/**
 * A reader that asks `read` once for each path, for as long as the files do not change: compilations that share one do
 * not read the same headers again.
 */
export function remembering(read: ReadText): ReadText {
  const known = new Map<string, string | undefined>();
  return (path) => {
    const text = known.get(path);
    if (text !== undefined || known.has(path)) return text;
    const found = read(path);
    known.set(path, found);
    return found;
  };
}

export interface SearchPath {
  /** `-iquote`: for `#include "..."` alone, before all others. */
  readonly quoted?: readonly string[];
  /** `-I`. */
  readonly dirs: readonly string[];
  /** `-isystem`. */
  readonly system: readonly string[];
  /** The machine's, searched before the compiler's own headers. */
  readonly local?: readonly string[];
  /** The machine's, searched last. */
  readonly machine: readonly string[];
}

const join = (dir: string, name: string): string => (dir === "" ? name : `${dir.replace(/\/$/, "")}/${name}`);
const dirOf = (path: string): string => (path.includes("/") ? path.slice(0, Math.max(path.lastIndexOf("/"), 1)) : "");

/**
 * Finds headers as clang does when it compiles for BPF: beside the including file (`"..."`), in `-I`, `-isystem` and
 * `/usr/local/include`, among the compiler's own, in `/usr/include`. What is found nowhere may be built in.
 */
export function includeHost(read: ReadText, path: SearchPath): IncludeHost {
  // A folder given both ways counts as a system's (GCC's and clang's rule).
  const user = path.dirs.filter((dir) => !path.system.includes(dir));
  const before = [...user, ...path.system, ...(path.local ?? [])];
  const inDirs = (name: string): string[] =>
    [...before, ...(compilerHeaders.has(name) ? [] : path.machine)].map((dir) => join(dir, name));
  const first = (paths: readonly string[]) => {
    for (const found of paths) {
      const text = read(found);
      if (text !== undefined) return { name: found, text };
    }
    return undefined;
  };
  const quoted = (name: string, from: string): string[] =>
    [dirOf(from), ...(path.quoted ?? [])].map((dir) => join(dir, name));
  // Names of files found in the system's folders, or by files that were; what was found elsewhere as well is the user's.
  const systemFiles = new Set<string>();
  const own = new Set([...user, ...(path.quoted ?? [])].map((dir) => join(dir, "")));
  const found = (name: string, from: string, file: ReturnType<typeof builtinHeader>) => {
    if (!file || !("name" in file)) return file;
    const isUsers = own.has(file.name.slice(0, file.name.length - name.length));
    const beside = file.name === join(dirOf(from), name) && !systemFiles.has(from);
    if (!isUsers && !beside) systemFiles.add(file.name);
    return file;
  };
  const find = (name: string, angled: boolean, from: string) => {
    if (name.startsWith("/")) return first([name]);
    const paths = [...(angled ? [] : quoted(name, from)), ...inDirs(name)];
    return found(name, from, first(paths) ?? builtinHeader(name));
  };
  return {
    find,
    isSystem: (name) => systemFiles.has(name),
    findNext: (name, from) => {
      if (name.startsWith("/")) return first([name]);
      const candidates = inDirs(name);
      return found(name, from, first(candidates.slice(behind(candidates, name, from))) ?? builtinHeader(name));
    },
  };
}

/** How many of the candidates for `name` lie in the folder in which the file `from` was found, or before it. */
function behind(candidates: readonly string[], name: string, from: string): number {
  const exact = candidates.indexOf(from);
  if (exact !== -1) return exact + 1;
  return candidates.findIndex((path) => from.startsWith(path.slice(0, path.length - name.length))) + 1;
}

/** No files at all: built-in headers only. */
export const builtinOnly: IncludeHost = { find: builtinHeader, findNext: builtinHeader };

/** Built-in headers are empty, but for maps of USDT, and macros that some programs test, as libbpf's do for the guard of `vmlinux.h`. */
function builtinHeader(
  name: string,
): { readonly name: string; readonly text: string } | { readonly builtin: string } | undefined {
  if (name === "vmlinux.h") return { name, text: "#pragma once\n#define __VMLINUX_H__\n" };
  if (name === "bpf/usdt.bpf.h") return { name, text: usdtHeader };
  const text = compilerHeaders.get(name);
  if (text) return { name: `<${name}>`, text };
  return text === "" || builtinHeaders.has(name) ? { builtin: name } : undefined;
}
