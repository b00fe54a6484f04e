/** Bytes that nobody meant well with: the command gives a diagnostic, never a crash (70) and never a hang. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { codesIn, folder, good } from "./run.ts";

const f = folder();
f.put("probe.bpf", good);
f.run("build", "probe.bpf");
const object = f.read("probe.bpf.o");

/** The same numbers on every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state;
  };
}

const noise = (length: number, seed: number): Uint8Array => {
  const next = random(seed);
  return Uint8Array.from({ length }, () => next() >>> 24);
};

describe("10 MB of '('", () => {
  test.each([
    ["at file scope", "(".repeat(10_000_000)],
    ["in an expression", `int a = ${"(".repeat(10_000_000)}`],
    ["of '{'", `int f(void) ${"{".repeat(10_000_000)}`],
  ])("%s ends soon with a diagnostic", (_where, text) => {
    f.put("deep.bpf", text);
    const started = Date.now();
    const ran = f.run("check", "deep.bpf");
    expect(ran.code).toBe(1);
    expect(codesIn(ran.err).length).toBeGreaterThan(0);
    expect(Date.now() - started).toBeLessThan(20_000);
  });
});

describe("objects", () => {
  test("cut off anywhere", () => {
    for (let length = 0; length < object.length; length += Math.ceil(object.length / 12)) {
      f.put("cut.o", object.subarray(0, length));
      for (const command of ["disasm", "verify"]) {
        const ran = f.run(command, "cut.o");
        expect([command, length, ran.code, ran.err]).toEqual([
          command,
          length,
          1,
          expect.stringMatching(/\[E0\d{3}\]/),
        ]);
      }
    }
  });

  test("of noise, with and without ELF's first bytes", () => {
    f.put("noise.o", noise(4096, 7));
    f.put("elf.o", Buffer.concat([object.subarray(0, 64), noise(4096, 8)]));
    for (const name of ["noise.o", "elf.o", "probe.bpf"])
      for (const command of ["disasm", "verify"]) expect([name, f.run(command, name).code]).toEqual([name, 1]);
  });

  test("with bytes changed: any answer but a crash", () => {
    const next = random(42);
    for (let round = 0; round < 12; round++) {
      const bytes = Buffer.from(object);
      for (let i = 0; i < 8; i++) bytes[next() % bytes.length] = next() >>> 24;
      f.put("changed.o", bytes);
      for (const command of ["disasm", "verify"]) {
        const ran = f.run(command, "changed.o");
        expect([0, 1], ran.err).toContain(ran.code);
      }
    }
  });

  test("missing and a folder", () => {
    expect(codesIn(f.run("disasm", "nowhere.o").err)).toEqual(["E0701"]);
    expect(codesIn(f.run("disasm", ".").err)).toEqual(["E0705"]);
  });
});

describe("--btf", () => {
  const btf = readFileSync("data/vmlinux-7.2-x86.btf");

  test.each([
    ["empty", new Uint8Array(0)],
    ["noise", noise(65_536, 9)],
    ["its header alone", btf.subarray(0, 24)],
    ["half of it", btf.subarray(0, btf.length >> 1)],
    ["a header before noise", Buffer.concat([btf.subarray(0, 24), noise(65_536, 10)])],
  ])("%s is told", (_what, bytes) => {
    f.put("kernel.btf", bytes);
    const ran = f.run("check", "--btf", "kernel.btf", "probe.bpf");
    expect([ran.code, codesIn(ran.err)]).toEqual([1, ["E0317"]]);
  });

  test("noise among the types: any answer but a crash", () => {
    const header = { types: btf.readUInt32LE(8), length: btf.readUInt32LE(12) };
    const next = random(11);
    for (let round = 0; round < 4; round++) {
      const bytes = Buffer.from(btf);
      for (let i = 0; i < 200; i++) bytes[24 + header.types + (next() % header.length)] = next() >>> 24;
      f.put("changed.btf", bytes);
      const ran = f.run("check", "--btf", "changed.btf", "probe.bpf");
      expect([0, 1], ran.err).toContain(ran.code);
    }
  });

  test("a missing file is told, and so is a missing module", () => {
    expect(codesIn(f.run("check", "--btf", "nowhere", "probe.bpf").err)).toEqual(["E0701"]);
    expect(codesIn(f.run("check", "--btf-module", "nowhere", "probe.bpf").err)).toEqual(["E0701"]);
    f.put("module.btf", noise(4096, 12));
    expect(codesIn(f.run("check", "--btf-module", "module.btf", "probe.bpf").err)).toEqual(["E0317"]);
  });

  test("BPFASM_BTF names the same", () => {
    expect(codesIn(f.runWith({ BPFASM_BTF: "nowhere" }, "check", "probe.bpf").err)).toEqual(["E0701"]);
  });

  test("an ELF file without BTF is told", () => {
    f.run("build", "probe.bpf", "-o", "bare.o");
    const renamed = f.read("bare.o").toString("latin1").replaceAll(".BTF", ".XTF");
    f.put("bare.o", Buffer.from(renamed, "latin1"));
    expect(codesIn(f.run("check", "--btf", "bare.o", "probe.bpf").err)).toEqual(["E0317"]);
  });
});
