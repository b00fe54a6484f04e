/** `build` and `check`: files in, files out, exit codes. */
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bad, codesIn, folder, good, unlicensed } from "./run.ts";

describe("a file that compiles", () => {
  test("writes the object beside it and says nothing", () => {
    const f = folder();
    f.put("probe.bpf", good);
    expect(f.run("build", "probe.bpf")).toEqual({ code: 0, out: "", err: "" });
    expect(f.read("probe.bpf.o").subarray(0, 4)).toEqual(Buffer.from("\x7fELF"));
  });

  test.each([
    ["probe.bpf", "probe.bpf.o"],
    ["probe.bpf.c", "probe.bpf.o"],
    ["sub/probe.c", "sub/probe.o"],
  ])("%s gives %s", (input, output) => {
    const f = folder();
    f.put(input, good);
    expect(f.run("build", input).code).toBe(0);
    expect(existsSync(join(f.path, output))).toBe(true);
  });

  test("check writes nothing", () => {
    const f = folder();
    f.put("probe.bpf", good);
    expect(f.run("check", "probe.bpf").code).toBe(0);
    expect(readdirSync(f.path)).toEqual(["probe.bpf"]);
  });

  test("an equal object is not written again", () => {
    const f = folder();
    f.put("probe.bpf", good);
    f.run("build", "probe.bpf");
    const before = statSync(join(f.path, "probe.bpf.o"), { bigint: true });
    f.run("build", "probe.bpf");
    const after = statSync(join(f.path, "probe.bpf.o"), { bigint: true });
    expect([after.mtimeNs, after.ino]).toEqual([before.mtimeNs, before.ino]);
  });
});

describe("inputs that are no source", () => {
  const f = folder();
  f.put("empty.bpf", "");
  f.put("binary.bpf", new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 0xff, 0xfe, 0x80]));
  f.put("latin1.bpf", Buffer.from('char text[] = "caf\xe9";\n', "latin1"));
  f.put("nul.bpf", "int a;\0int b;\n");
  mkdirSync(join(f.path, "folder.bpf"));

  test.each([
    ["missing.bpf", "E0701"],
    ["empty.bpf", "E0711"],
    ["binary.bpf", "E0703"],
    ["latin1.bpf", "E0703"],
    ["folder.bpf", "E0705"],
    ["nul.bpf", "E0110"],
    ["empty.bpf/probe.bpf", "E0702"],
  ])("%s is told as %s", (name, code) => {
    const ran = f.run("build", name);
    expect(codesIn(ran.err)).toEqual([code]);
    expect(ran.code).toBe(1);
  });

  test("no object came of them", () => {
    expect(readdirSync(f.path).filter((name) => name.endsWith(".o"))).toEqual([]);
  });
});

describe("on an error", () => {
  test("no object is written, and nothing is left behind", () => {
    const f = folder();
    f.put("probe.bpf", bad);
    const ran = f.run("build", "probe.bpf");
    expect([ran.code, ran.out, codesIn(ran.err)]).toEqual([1, "", ["E0206"]]);
    expect(readdirSync(f.path)).toEqual(["probe.bpf"]);
  });

  test("an older object stays as it was", () => {
    const f = folder();
    f.put("probe.bpf", bad);
    f.put("probe.bpf.o", "old");
    expect(f.run("build", "probe.bpf").code).toBe(1);
    expect(f.read("probe.bpf.o").toString()).toBe("old");
  });

  test("the other inputs are built all the same", () => {
    const f = folder();
    f.put("a.bpf", bad);
    f.put("b.bpf", good);
    expect(f.run("build", "a.bpf", "b.bpf").code).toBe(1);
    expect(readdirSync(f.path).sort()).toEqual(["a.bpf", "b.bpf", "b.bpf.o"]);
  });

  test("what the verifier refuses is an error, unless it is not asked", () => {
    const f = folder();
    f.put("probe.bpf", good.replace("return 0;", "return 2;"));
    expect(codesIn(f.run("build", "probe.bpf").err)).toEqual(["E0562"]);
    expect(existsSync(join(f.path, "probe.bpf.o"))).toBe(false);
    expect(f.run("build", "--no-verify", "probe.bpf")).toEqual({ code: 0, out: "", err: "" });
  });
});

describe("-o", () => {
  const f = folder();
  f.put("a.bpf", good);
  f.put("b.bpf", good);
  mkdirSync(join(f.path, "out"));

  test("names a file", () => {
    expect(f.run("build", "a.bpf", "-o", "x.o").code).toBe(0);
    expect(existsSync(join(f.path, "x.o"))).toBe(true);
  });

  test("names a folder for several inputs", () => {
    expect(f.run("build", "a.bpf", "b.bpf", "-o", "out").code).toBe(0);
    expect(readdirSync(join(f.path, "out")).sort()).toEqual(["a.bpf.o", "b.bpf.o"]);
  });

  test("'-' is standard output", () => {
    const ran = f.run("build", "a.bpf", "-o", "-", "--emit", "asm");
    expect(ran.code).toBe(0);
    expect(ran.out).toContain("call bpf_session_cookie");
  });

  test("one file for several inputs is wrong usage", () => {
    const ran = f.run("build", "a.bpf", "b.bpf", "-o", "y.o");
    expect([ran.code, existsSync(join(f.path, "y.o"))]).toEqual([2, false]);
    expect(ran.err).toContain("2 inputs");
  });

  test("one file for several kinds of output is wrong usage", () => {
    expect(f.run("build", "a.bpf", "--emit", "obj,asm", "-o", "y").code).toBe(2);
  });

  test.each([
    ["nowhere/x.o", "E0706"],
    ["a.bpf/x.o", "E0704"],
  ])("%s cannot be written", (path, code) => {
    const ran = f.run("build", "a.bpf", "-o", path);
    expect([ran.code, codesIn(ran.err)]).toEqual([1, [code]]);
  });

  test("a folder that is read-only is refused", () => {
    const ran = f.run("build", "a.bpf", "-o", "/proc/x.o");
    expect(ran.code).toBe(1);
    expect(["E0704", "E0706"]).toContain(codesIn(ran.err)[0]);
  });
});

test("--emit chooses what is written", () => {
  const f = folder();
  f.put("probe.bpf", good);
  expect(f.run("build", "probe.bpf", "--emit", "asm,json").code).toBe(0);
  expect(readdirSync(f.path).sort()).toEqual(["probe.bpf", "probe.bpf.json", "probe.bpf.s"]);
  expect(f.read("probe.bpf.s").toString()).toContain("probe:\n");
  const json = JSON.parse(f.read("probe.bpf.json").toString());
  expect(json.funcs[0].insns[0]).toMatchObject({ slot: 0 });
  expect(f.run("build", "probe.bpf", "--emit", "elf").code).toBe(2);
});

describe("warnings", () => {
  const f = folder();
  f.put("probe.bpf", unlicensed);

  test.each([
    [[], 0, ["-Wlicense"]],
    [["-Wno-license"], 0, []],
    [["-w"], 0, []],
    [["-Werror"], 1, ["-Wlicense"]],
    [["-Werror=license"], 1, ["-Wlicense"]],
    [["-Werror=return-type"], 0, ["-Wlicense"]],
    [["-Werror", "-Wno-license"], 0, []],
  ] as const)("%j", (options, code, codes) => {
    const ran = f.run("check", ...options, "probe.bpf");
    expect([ran.code, codesIn(ran.err)]).toEqual([code, codes]);
  });
});

describe("the preprocessor's options", () => {
  const f = folder();
  f.put("inc/limit.h", "#define LIMIT 7\n");
  f.put("probe.bpf", `${good}\n_Static_assert(LIMIT == 7, "LIMIT");\n`);
  f.put("nested.bpf", `#include <limit.h>\n${good}\n_Static_assert(LIMIT == 7, "LIMIT");\n`);

  test.each([
    [["-DLIMIT=7", "probe.bpf"], 0],
    [["-D", "LIMIT=7", "probe.bpf"], 0],
    [["-DLIMIT=8", "probe.bpf"], 1],
    [["-DLIMIT", "probe.bpf"], 1],
    [["-DLIMIT=7", "-ULIMIT", "probe.bpf"], 1],
    [["-include", "inc/limit.h", "probe.bpf"], 0],
    [["-Iinc", "nested.bpf"], 0],
    [["-I", "inc", "nested.bpf"], 0],
    [["-isystem", "inc", "nested.bpf"], 0],
    [["-idirafter", "inc", "nested.bpf"], 0],
    [["nested.bpf"], 1],
    [["-I=nowhere", "-Iinc", "nested.bpf"], 0],
  ])("%j exits with %d", (args, code) => {
    const ran = f.run("check", ...args);
    expect(ran.code, ran.err).toBe(code);
  });
});

test("levels of optimisation, of the processor and of debug information are taken as clang takes them", () => {
  const f = folder();
  f.put("probe.bpf", good);
  for (const option of ["-O0", "-O2", "-mcpu=v1", "-mcpu=v4", "-g", "--resolve-kfuncs", "--arch=arm64"]) {
    const ran = f.run("build", option, "probe.bpf");
    expect([option, ran.code, ran.err]).toEqual([option, 0, ""]);
  }
});

test("-g0 leaves source lines out and keeps types, which maps and kfuncs need", () => {
  const f = folder();
  f.put("probe.bpf", good);
  expect(f.run("build", "-g0", "probe.bpf", "-o", "small.o")).toEqual({ code: 0, out: "", err: "" });
  f.run("build", "probe.bpf", "-o", "large.o");
  expect(f.read("small.o").length).toBeLessThan(f.read("large.o").length);
  expect(f.run("disasm", "small.o").out).not.toContain("probe.bpf:");
  expect(f.run("disasm", "large.o").out).toContain("probe.bpf:");
});
