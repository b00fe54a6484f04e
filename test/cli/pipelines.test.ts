/** What build systems ask of the command: pipes, response files, checks, lists of commands. */
import { spawn, spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { Progress } from "../../src/cli/progress.ts";
import { wordsOf } from "../../src/cli/response-files.ts";
import { bad, codesIn, folder, good } from "./run.ts";

const command = resolve("dist/bpfasm.js");
const piped = (cwd: string, input: string, ...args: string[]) =>
  spawnSync(process.execPath, [command, ...args], { cwd, input });

describe("standard input", () => {
  const f = folder();
  f.put("probe.bpf", good);
  f.run("build", "probe.bpf", "-g0");

  test.each([[["-"]], [["-x", "bpf", "-"]], [["-xc", "-"]], [["-", "-o", "-"]]])(
    "%j goes to standard output",
    (args) => {
      const ran = piped(f.path, good, "build", "-g0", ...args);
      expect([ran.status, ran.stderr.toString()]).toEqual([0, ""]);
      expect(Buffer.compare(ran.stdout, f.read("probe.bpf.o"))).toBe(0);
    },
  );

  test("may go to a file, and includes from the folder", () => {
    f.put("own.h", "#define ZERO 0\n");
    const ran = piped(
      f.path,
      `#include "own.h"\n${good.replace("return 0", "return ZERO")}`,
      "build",
      "-",
      "-o",
      "out.o",
      "-MD",
    );
    expect([ran.status, ran.stdout.length]).toEqual([0, 0]);
    expect(f.read("out.o").subarray(1, 4).toString()).toBe("ELF");
    expect(f.read("out.d").toString()).toBe("out.o: own.h\n");
  });

  test("an error is told of <stdin>", () => {
    const ran = piped(f.path, bad, "build", "-");
    expect([ran.status, ran.stdout.length]).toEqual([1, 0]);
    expect(ran.stderr.toString()).toMatch(/^<stdin>:10:/);
  });

  test("nothing in it is an empty file", () => {
    expect(codesIn(piped(f.path, "", "build", "-").stderr.toString())).toEqual(["E0711"]);
  });
});

describe("response files", () => {
  test.each([
    ["a b\n c\t", ["a", "b", "c"]],
    [`"a b" 'c "d"' e\\ f`, ["a b", 'c "d"', "e f"]],
    [`-D'X="y z"' ""`, ['-DX="y z"', ""]],
    ["", []],
    ['"open', undefined],
  ])("%j", (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  test("hold options and files, and may name others", () => {
    const f = folder();
    f.put("my probe.bpf", good.replace("return 0", "return ZERO"));
    f.put("inner.rsp", "-DZERO=0");
    f.put("all.rsp", '@inner.rsp\n-o out.o "my probe.bpf"\n');
    expect(f.run("build", "@all.rsp")).toEqual({ code: 0, out: "", err: "" });
    expect(statSync(`${f.path}/out.o`).size).toBeGreaterThan(500);
  });

  test("that lead to themselves are refused; @ before no file is a name", () => {
    const f = folder();
    f.put("a.rsp", "@b.rsp");
    f.put("b.rsp", "@a.rsp");
    const ran = f.run("build", "@a.rsp");
    expect([ran.code, codesIn(ran.err)]).toEqual([2, ["E0721"]]);
    expect(codesIn(f.run("build", "@none.bpf").err)).toEqual(["E0701"]);
  });
});

describe("--check", () => {
  test("agrees with a fresh object, and tells of another one or none, writing nothing", () => {
    const f = folder();
    f.put("probe.bpf", good);
    expect(codesIn(f.run("build", "--check", "probe.bpf").err)).toEqual(["E0701"]);
    f.run("build", "probe.bpf", "-MD");
    expect(f.run("build", "--check", "probe.bpf", "-MD")).toEqual({ code: 0, out: "", err: "" });
    f.put("probe.bpf", good.replace("return 0", "return 0 & 1"));
    f.put("probe.bpf.o", "other");
    const ran = f.run("build", "--check", "probe.bpf");
    expect([ran.code, codesIn(ran.err)]).toEqual([1, ["E0720"]]);
    expect(f.read("probe.bpf.o").toString()).toBe("other");
  });
});

test("-v tells what is read, searched and written", () => {
  const f = folder();
  f.put("probe.bpf", good);
  const { err, out, code } = f.run("build", "-v", "-I", "include", "probe.bpf");
  expect([code, out]).toEqual([0, ""]);
  for (const what of ["for Linux 7.2", "searches include", "reads probe.bpf", "writes probe.bpf.o"])
    expect(err).toContain(`bpfasm: ${what}`);
});

test("-MF with several inputs is wrong usage", () => {
  const f = folder();
  expect(f.run("build", "a.bpf", "b.bpf", "-MD", "-MF", "x.d").code).toBe(2);
});

describe("--compile-commands", () => {
  const commandsIn = (f: ReturnType<typeof folder>) => JSON.parse(f.read("cc.json").toString());

  test("lists each file with its own command, and keeps others", () => {
    const f = folder();
    f.put("a.bpf", good);
    f.put("b.bpf", good);
    f.put("cc.json", JSON.stringify([{ directory: "/elsewhere", file: "x.c", command: "cc x.c" }]));
    f.run("build", "--compile-commands", "cc.json", "-DA=1", "a.bpf", "b.bpf");
    f.run("build", "--compile-commands=cc.json", "-DA=2", "a.bpf");
    expect(commandsIn(f).map((one: { arguments?: string[] }) => one.arguments)).toEqual([
      undefined,
      ["bpfasm", "build", "-DA=2", "a.bpf"],
      ["bpfasm", "build", "-DA=1", "b.bpf"],
    ]);
  });

  test("takes entries of builds that run at the same time", async () => {
    const f = folder();
    const names = Array.from({ length: 6 }, (_, i) => f.put(`p${i}.bpf`, good));
    const one = (name: string) =>
      new Promise((done) => {
        spawn(process.execPath, [command, "build", "--compile-commands", "cc.json", name], { cwd: f.path }).on(
          "exit",
          done,
        );
      });
    expect(await Promise.all(names.map(one))).toEqual(names.map(() => 0));
    expect(commandsIn(f).map(({ file }: { file: string }) => file)).toEqual(names);
  });

  test("leaves alone what is no list", () => {
    const f = folder();
    f.put("a.bpf", good);
    f.put("cc.json", "{}");
    const ran = f.run("build", "--compile-commands", "cc.json", "a.bpf");
    expect([ran.code, codesIn(ran.err), f.read("cc.json").toString()]).toEqual([1, ["E0722"], "{}"]);
  });
});

describe("progress", () => {
  const shown = (isTTY: boolean, times: readonly number[]) => {
    let now = 0;
    let text = "";
    const progress = new Progress({ isTTY, columns: 20, write: (more) => (text += more) }, () => now);
    for (now of times) progress.at(`at ${now}`);
    progress.clear();
    return text;
  };
  test("is silent for a second, then tells on one line", () => {
    expect(shown(true, [0, 500, 999])).toBe("");
    expect(shown(true, [500, 1001, 1050, 1200])).toBe("\r\u001b[Kat 1001\r\u001b[Kat 1200\r\u001b[K");
  });
  test("is silent in a pipe", () => {
    expect(shown(false, [500, 1001, 5000])).toBe("");
  });
});
