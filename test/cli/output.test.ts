/** How the command talks: message formats, help, versions, wrong usage, and the commands that only print. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { bad, codesIn, folder, good } from "./run.ts";

const f = folder();
f.put("probe.bpf", good);
f.put("bad.bpf", bad);
f.run("build", "probe.bpf");

const commands = ["build", "check", "fix", "verify", "inspect", "disasm", "kfuncs", "explain", "completion"];

describe("usage", () => {
  test("--version is the package's", () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8"));
    for (const option of ["--version", "-V"]) expect(f.run(option)).toEqual({ code: 0, out: `${version}\n`, err: "" });
  });

  test("--help names every command and exits with 0", () => {
    const ran = f.run("--help");
    expect([ran.code, ran.err]).toEqual([0, ""]);
    for (const command of commands) expect(ran.out).toContain(`bpfasm ${command}`);
  });

  test("build --help names its options", () => {
    const { out, code } = f.run("build", "--help");
    expect(code).toBe(0);
    for (const option of ["-o", "--emit", "-D", "-I", "--btf", "--arch", "--message-format", "--mcpu"])
      expect(out).toContain(option);
  });

  test.each([
    [[]],
    [["biuld", "probe.bpf"]],
    [["build"]],
    [["build", "probe.bpf", "--emitt", "asm"]],
    [["build", "probe.bpf", "--arch", "mips"]],
    [["build", "probe.bpf", "-mcpu=v9"]],
    [["build", "probe.bpf", "-O7"]],
    [["check", "probe.bpf", "--kernel", "new"]],
    [["explain"]],
  ])("%j is wrong usage", (args) => {
    const ran = f.run(...args);
    expect([ran.code, ran.out]).toEqual([2, ""]);
    expect(ran.err).toMatch(/^bpfasm: /);
  });

  test("a misspelt command gets a suggestion", () => {
    expect(f.run("biuld", "probe.bpf").err).toContain("build");
  });

  test("completion is a shell script", () => {
    const ran = f.run("completion");
    expect(ran.code).toBe(0);
    expect(ran.out).toContain("bpfasm");
  });
});

describe("message formats", () => {
  test("human shows the line and a caret, without colour in a pipe", () => {
    const { err } = f.run("check", "bad.bpf");
    expect(err).toMatch(/^bad\.bpf:10:17: error: no field named 'lenght' in 'struct sk_buff' \[E0206\]$/m);
    expect(err).toMatch(/\^~{5}$/m);
    expect(err).toContain("1 error generated");
    expect(err).not.toContain("\u001b");
  });

  test("gcc has a line for each message", () => {
    const { err } = f.run("check", "--message-format", "gcc", "bad.bpf");
    expect(err).toMatch(/^bad\.bpf:10:17: error: .* \[E0206\]\n$/);
  });

  test("json has an object for each message", () => {
    const { err } = f.run("check", "--message-format=json", "bad.bpf");
    const [only, ...others] = err.trim().split("\n");
    expect(others).toEqual([]);
    expect(JSON.parse(only!)).toMatchObject({
      version: 1,
      code: "E0206",
      severity: "error",
      place: { file: "bad.bpf", line: 10, column: 17, endLine: 10, endColumn: 23 },
    });
  });
});

describe("explain", () => {
  test.each(["E0206", "e0206", "-Wlicense", "Wlicense", "license"])("%s has a page", (code) => {
    const ran = f.run("explain", code);
    expect([ran.code, ran.err]).toEqual([0, ""]);
    expect(ran.out).toMatch(/^# (E0206|-Wlicense): /);
  });

  test("a code that is none is told", () => {
    const ran = f.run("explain", "E9999");
    expect([ran.code, ran.out, codesIn(ran.err)]).toEqual([1, "", ["E0707"]]);
  });
});

describe("kfuncs", () => {
  test("lists those whose name has the word in it", () => {
    const { out, code } = f.run("kfuncs", "bpf_session");
    expect(code).toBe(0);
    expect(out).toContain("bool bpf_session_is_return(void *ctx)");
    expect(out).toMatch(/^\s*\d+ {2}__u64 \*bpf_session_cookie/m);
  });

  test("as JSON, an object a line", () => {
    const lines = f.run("kfuncs", "--json").out.trim().split("\n");
    expect(lines.length).toBeGreaterThan(100);
    const names = lines.map((line) => JSON.parse(line).name as string);
    expect(names).toContain("bpf_session_is_return");
  });

  test("suggests for a misspelt name", () => {
    const ran = f.run("kfuncs", "bpf_session_cooky");
    expect([ran.code, codesIn(ran.err)]).toEqual([1, ["E0305"]]);
    expect(ran.err).toContain("bpf_session_cookie");
  });
});

describe("standard output", () => {
  const shell = (line: string) => spawnSync("bash", ["-c", line], { cwd: f.path, encoding: "utf8" });
  const kfuncs = `${process.execPath} ${resolve("dist/bpfasm.js")} kfuncs`;

  test("a reader that has seen enough ends the command", () => {
    expect(shell(`${kfuncs} | head -c 4`)).toMatchObject({ status: 0, stderr: "" });
  });

  test.skipIf(!existsSync("/dev/full"))("a full disk is told", () => {
    const { status, stderr } = shell(`${kfuncs} > /dev/full`);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^bpfasm: cannot write standard output: .*\n$/);
  });
});

describe("disasm and verify", () => {
  test("disasm shows source lines, bytes and relocations", () => {
    const { out, code } = f.run("disasm", "probe.bpf.o");
    expect(code).toBe(0);
    expect(out).toContain("; probe.bpf:9: *cookie = bpf_ktime_get_ns();");
    expect(out).toMatch(/85 10 00 00 ff ff ff ff {2}call bpf_session_cookie +; R_BPF_64_32 bpf_session_cookie/);
  });

  test("disasm --asm prints assembly alone", () => {
    const { out } = f.run("disasm", "--asm", "probe.bpf.o");
    expect(out).toMatch(/^# fsession\/[\s\S]*\nprobe:\n[\s\S]*\n\tcall bpf_session_cookie\n/);
    expect(out).not.toContain("R_BPF");
  });

  test("disasm --json is one document", () => {
    expect(JSON.parse(f.run("disasm", "--json", "probe.bpf.o").out).funcs[0].name).toBe("probe");
  });

  test("--resolve-kfuncs writes the kernel's ids", () => {
    f.run("build", "--resolve-kfuncs", "probe.bpf", "-o", "bound.o");
    const { id } = JSON.parse(f.run("kfuncs", "--json", "bpf_session_cookie").out);
    const bytes = Buffer.alloc(8);
    bytes[0] = 0x85;
    bytes[1] = 0x20;
    bytes.writeInt32LE(id, 4);
    const listed = JSON.parse(f.run("disasm", "--json", "bound.o").out).funcs[0].insns;
    expect(listed.map((i: { bytes: string }) => i.bytes.replaceAll(" ", ""))).toContain(bytes.toString("hex"));
  });

  test("verify says a word for each program", () => {
    expect(f.run("verify", "probe.bpf.o").out).toMatch(/^probe: accepted \(fsession\/icmp_rcv, \d+ instructions/);
    const row = JSON.parse(f.run("verify", "--json", "probe.bpf.o").out);
    expect(row).toMatchObject({ program: "probe", section: "fsession/icmp_rcv", verdict: "accepted", diagnostics: [] });
  });

  test("verify --verbose shows what is known before each instruction", () => {
    const { out } = f.run("verify", "probe.bpf.o", "--verbose");
    expect(out).toMatch(/^; {3}r1: a pointer to the context\n {5}0: /m);
    expect(out).toMatch(/: accepted \(/);
    expect(f.run("verify", "probe.bpf.o", "--verbose", "--json")).toMatchObject({ code: 2 });
  });

  test("verify exits with 1 where a program is rejected", () => {
    f.put("two.bpf", good.replace("return 0;", "return 2;"));
    f.run("build", "--no-verify", "two.bpf");
    const ran = f.run("verify", "two.bpf.o");
    expect(ran.code).toBe(1);
    expect(ran.out).toContain("probe: rejected");
    expect(ran.out).toContain("[E0562]");
  });

  test("a program that is not there is told", () => {
    const ran = f.run("verify", "--program", "other", "probe.bpf.o");
    expect([ran.code, codesIn(ran.err)]).toEqual([1, ["E0709"]]);
  });
});
