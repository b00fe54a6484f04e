/** The options that clang's users pass: each means what it says, is passed over by name, or is refused with a reason. */
import { describe, expect, test } from "vitest";
import { normaliseArgs } from "../../src/cli/args.ts";
import { folder, good } from "./run.ts";

const args = (...words: string[]) => normaliseArgs(["build", ...words]);

describe("options", () => {
  test.each([
    ["-target bpf -c -pipe -fms-extensions -fno-stack-protector -mlittle-endian", ""],
    ["--target=bpfel -x c -Qunused-arguments -fcolor-diagnostics", ""],
    ["-O -O1 -O3 -Os -Oz", Array(5).fill("--opt-level=2").join(" ")],
    ["-O0 -g3 -gdwarf-5 -g0", "--opt-level=0 --debug=true --debug=true --debug=false"],
    ["-std=gnu11 -std=c23 -ansi", "-D=__STDC_VERSION__=201112L -D=__STDC_VERSION__=202311L -U=__STDC_VERSION__"],
    ["-iquotea -iquote b -nostdinc -idirafterc", "--iquote=a --iquote b --nostdinc --idirafter=c"],
    ["-Wall -Wno-unused -DX=1 -Ia", "--warning=all --warning=no-unused -D=X=1 -I=a"],
    ["-MD -MFx.d -MT y -MP -S", "--MD --MF=x.d --MT y --MP --emit=asm"],
  ])("%s", (given, made) => {
    expect(args(...given.split(" "))).toEqual({ args: ["build", ...made.split(" ").filter(Boolean)] });
  });

  test.each(["-target bpfeb", "--target=x86_64", "-x c++", "-mllvm -a", "-funsigned-char", "-fsanitize=address"])(
    "%s is refused",
    (given) => expect(args(...given.split(" "))).toMatchObject({ why: expect.stringContaining(`'${given}'`) }),
  );

  test("other commands and what is behind -- keep their words", () => {
    expect(args("--", "-O3")).toEqual({ args: ["build", "--", "-O3"] });
    expect(normaliseArgs(["disasm", "-c"])).toEqual({ args: ["disasm", "-c"] });
  });
});

test("-iquote serves quotes alone; -MD tells make what was read", () => {
  const f = folder();
  f.put("q/own.h", "#define ZERO 0\n");
  f.put("probe.bpf.c", `#include "own.h"\n${good}`);
  expect(f.run("build", "-iquote", "q", "-MD", "-MP", "probe.bpf.c").code).toBe(0);
  expect(f.read("probe.bpf.d").toString()).toBe("probe.bpf.o: probe.bpf.c \\\n  q/own.h\nq/own.h:\n");
  f.put("angled.bpf.c", `#include <own.h>\n${good}`);
  expect(f.run("build", "-iquote", "q", "angled.bpf.c").err).toContain("E0136");
  expect(f.run("build", "-target", "bpfeb", "probe.bpf.c")).toMatchObject({ code: 2, out: "" });
});

test("--time tells the stages on standard error, and changes no byte", () => {
  const f = folder();
  f.put("probe.bpf", good);
  f.run("build", "probe.bpf", "-o", "plain.o");
  const timed = f.run("build", "probe.bpf", "-o", "timed.o", "--time");
  expect(timed).toMatchObject({ code: 0, out: "" });
  const stages = timed.err.split("\n").flatMap((row) => /^(\w[\w ]*?) {2,}[\d.]+ ms/.exec(row)?.[1] ?? []);
  const compiling = ["parse", "check", "lower", "optimise", "generate", "write", "verify"];
  expect(stages).toEqual(["start", "open the kernel", ...compiling, "report and output", "whole process"]);
  expect(f.read("timed.o")).toEqual(f.read("plain.o"));
});

describe("passes of the optimizer", () => {
  const loop = `char LICENSE[] SEC("license") = "GPL";
u64 out[4];
SEC("xdp") int probe(struct xdp_md *ctx) { for (int i = 0; i < 4; i++) out[i] += ctx->ingress_ifindex; return 2; }
`;

  test("--emit ir shows what code is selected from, --ir-pass what a pass did", () => {
    const f = folder();
    f.put("probe.bpf.c", loop);
    expect(f.run("build", "probe.bpf.c", "--emit", "ir").code).toBe(0);
    expect(f.read("probe.bpf.ir").toString()).toMatch(/^global auto probe\(ptr\) i32 section "xdp"\nb0:\n/);
    const steps = f.run("build", "probe.bpf.c", "--emit", "ir", "-o", "-", "--ir-pass", "unroll-small").out;
    const [, before, after] = steps.split(/^; (?:before|after) unroll-small$/m);
    expect(before).toContain("phi");
    expect(after!.split("= load i64").length).toBeGreaterThan(before!.split("= load i64").length);
  });

  test("--without-pass leaves one out", () => {
    const f = folder();
    f.put("probe.bpf.c", loop);
    const jumps = (...words: string[]) =>
      f.run("build", "probe.bpf.c", "--emit", "asm", "-o", "-", ...words).out.match(/ goto /g);
    expect(jumps()).toBeNull();
    expect(jumps("--without-pass", "unroll-small")).toHaveLength(1);
    expect(f.run("build", "probe.bpf.c", "--without-pass", "promote")).toMatchObject({ code: 2, out: "" });
    expect(f.run("build", "probe.bpf.c", "--ir-pass", "nothing").err).toContain("'nothing'");
  });
});
