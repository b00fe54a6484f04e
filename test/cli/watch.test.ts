/** `build --watch`: what a save, a new header, a deleted and a renamed file lead to. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, expect, test } from "vitest";
import { bad, folder, good } from "./run.ts";

let running: ChildProcess | undefined;
afterEach(() => {
  running?.kill();
});

/** Starts to watch; `next` gives what is told up to the next line of a build. */
function watching(cwd: string, ...args: string[]) {
  running = spawn(process.execPath, [resolve("dist/bpfasm.js"), "build", "--watch", ...args], { cwd });
  let text = "";
  let wake = () => {};
  running.stderr!.setEncoding("utf8").on("data", (more: string) => {
    text += more;
    wake();
  });
  return async (): Promise<string> => {
    const end = /^bpfasm: \S+ (?:built|failed) in \d+ ms\n/m;
    for (;;) {
      const found = end.exec(text);
      if (found) {
        const told = text.slice(0, found.index + found[0].length);
        text = text.slice(told.length);
        return told;
      }
      await new Promise<void>((done) => {
        wake = done;
      });
    }
  };
}

test("one line for each build, errors survived", async () => {
  const f = folder();
  f.put("probe.bpf", good);
  const next = watching(f.path, "probe.bpf");
  expect(await next()).toMatch(/^bpfasm: probe\.bpf built in \d+ ms\n$/);
  const first = f.read("probe.bpf.o");
  f.put("probe.bpf", bad);
  expect(await next()).toMatch(/\[E0206\][\s\S]*probe\.bpf failed in/);
  f.put("probe.bpf", good.replace("bpf_ktime_get_ns()", "7"));
  expect(await next()).toMatch(/^bpfasm: probe\.bpf built/);
  expect(f.read("probe.bpf.o").equals(first)).toBe(false);
});

test("headers that come, change, go, move and lie in new folders", async () => {
  const f = folder();
  f.put("probe.bpf", `#include "sub/own.h"\n${good.replace("return 0", "return ZERO")}`);
  const next = watching(f.path, "probe.bpf");
  /** Folders that come may lead to a build of their own. */
  const until = async (what: string): Promise<void> => {
    while (!(await next()).includes(what));
  };
  await until("[E0136]");
  mkdirSync(join(f.path, "sub"));
  f.put("sub/own.h", "#define ZERO 0\n");
  await until("built");
  f.put("sub/own.h", "#define ZERO nothing\n");
  await until("failed");
  f.put("sub/own.h", "#define ZERO (1 - 1)\n");
  await until("built");
  renameSync(join(f.path, "sub/own.h"), join(f.path, "sub/other.h"));
  await until("[E0136]");
  renameSync(join(f.path, "sub/other.h"), join(f.path, "sub/own.h"));
  await until("built");
  rmSync(join(f.path, "sub"), { recursive: true });
  await until("[E0136]");
});

test("of two inputs only the one that is touched", async () => {
  const f = folder();
  f.put("a.h", "#define A 0\n");
  f.put("a.bpf", `#include "a.h"\n${good.replace("return 0", "return A")}`);
  f.put("b.bpf", good);
  const next = watching(f.path, "a.bpf", "b.bpf");
  expect([await next(), await next()].join("")).toMatch(/a\.bpf built[\s\S]*b\.bpf built/);
  f.put("a.h", "#define A (0)\n");
  expect(await next()).toContain("a.bpf built");
  f.put("b.bpf", `${good}\n`);
  expect(await next()).toContain("b.bpf built");
});
