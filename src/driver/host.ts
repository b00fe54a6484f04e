/** Include search: clang's order, then what is built in. Files come from the caller. */
import { builtinHeaders } from "../asm/sema/ambient/index.ts";
import { usdtHeader } from "../asm/sema/ambient/usdt.ts";
import type { IncludeHost } from "../asm/syntax/input.ts";

/** Reads text files; undefined where there is none of that name. */
export type ReadText = (path: string) => string | undefined;

export interface SearchPath {
  /** `-I`. */
  readonly dirs: readonly string[];
  /** `-isystem`. */
  readonly system: readonly string[];
  /** The machine's own, searched last. */
  readonly machine: readonly string[];
}

/** Headers that a compiler brings along: they come before the machine's. */
const compilerHeaders = new Set(["stddef.h", "stdint.h", "stdbool.h"]);

const join = (dir: string, name: string): string => (dir === "" ? name : `${dir.replace(/\/$/, "")}/${name}`);
const dirOf = (path: string): string => (path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "");

/** Finds headers beside the including file (`"..."`), then on the search path, then among the built-in ones. */
export function includeHost(read: ReadText, path: SearchPath): IncludeHost {
  const candidates = (name: string, angled: boolean, from: string): string[] => {
    if (name.startsWith("/")) return [name];
    const own = angled ? [] : [dirOf(from)];
    const machine = compilerHeaders.has(name) ? [] : path.machine;
    return [...own, ...path.dirs, ...path.system, ...machine].map((dir) => join(dir, name));
  };
  const first = (paths: readonly string[]) => {
    for (const found of paths) {
      const text = read(found);
      if (text !== undefined) return { name: found, text };
    }
    return undefined;
  };
  return {
    find: (name, angled, from) => first(candidates(name, angled, from)) ?? builtinHeader(name),
    findNext: (name, from) => {
      const all = candidates(name, true, from);
      const at = all.indexOf(from);
      return first(all.slice(at + 1));
    },
  };
}

/** No files at all: built-in headers only. */
export const builtinOnly: IncludeHost = { find: builtinHeader };

/** Built-in headers are empty, but for maps of USDT, and for the guard of `vmlinux.h` that libbpf's own look for. */
function builtinHeader(name: string) {
  if (name === "vmlinux.h") return { name, text: "#pragma once\n#define __VMLINUX_H__\n" };
  if (name === "bpf/usdt.bpf.h") return { name, text: usdtHeader };
  return builtinHeaders.has(name) ? { builtin: name } : undefined;
}
