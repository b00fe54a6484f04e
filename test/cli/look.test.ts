/** `inspect` and `disasm`: what they print, and what they say of what is no object. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { codesIn, folder, good } from "./run.ts";

const f = folder();
f.put("probe.bpf", good);
f.put("text.o", "no object");
f.run("build", "probe.bpf");

describe("inspect", () => {
  test("prints a heading for each kind of thing", () => {
    const { code, out, err } = f.run("inspect", "probe.bpf.o");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^license: "GPL"\nkernel: {2}Linux 7\.2/);
    expect(out).toContain('probe  SEC("fsession/icmp_rcv")\n      TRACING, BPF_TRACE_FSESSION, ');
    expect(out).toMatch(/bool bpf_session_is_return\(void \*ctx\) {2}kfunc, id \d+/);
  });

  test("--json is one document, --types-only a header", () => {
    expect(JSON.parse(f.run("inspect", "--json", "probe.bpf.o").out)).toMatchObject({
      version: 1,
      programs: [{ name: "probe", target: "icmp_rcv" }],
    });
    const types = f.run("inspect", "--types-only", "probe.bpf.o").out;
    expect(types).toContain("typedef ");
    expect(f.run("inspect", "--no-types", "probe.bpf.o").out).not.toContain("typedef ");
  });

  test.each([
    ["text.o", "E0601"],
    ["missing.o", "E0701"],
  ])("%s is %s", (name, code) => {
    const ran = f.run("inspect", name);
    expect([ran.code, ran.out, codesIn(ran.err)]).toEqual([1, "", [code]]);
  });
});

describe("disasm", () => {
  test("--states tells what is known where it changes", () => {
    const { out, code } = f.run("disasm", "--states", "probe.bpf.o");
    expect(code).toBe(0);
    expect(out).toContain(";   r1: a pointer to the context\n");
    expect(out).toMatch(/; {3}r0: a pointer to .*bpf_session_cookie\n/);
  });

  test("--json has states, branches and verdicts", () => {
    const made = JSON.parse(f.run("disasm", "--json", "--states", "probe.bpf.o").out);
    expect(made.verdicts).toMatchObject([{ program: "probe", verdict: "accepted" }]);
    const { insns } = made.funcs[0];
    expect(insns[0].before).toEqual({ visits: 1, regs: { r1: "a pointer to the context" }, stack: {}, refs: 0 });
    const slots = insns.map((one: { slot: number }) => one.slot);
    const targets = insns.flatMap((one: { target?: number }) => one.target ?? []);
    expect(targets.length).toBeGreaterThan(0);
    for (const target of targets) expect(slots).toContain(target);
    expect(insns.at(-1)).toMatchObject({ text: "exit", ends: true });
  });

  test.each([
    ["dot", /^digraph /],
    ["mermaid", /^flowchart TD\n/],
    ["svg", /^<svg /],
  ])("--cfg %s", (kind, start) => {
    expect(f.run("disasm", "--cfg", kind, "probe.bpf.o").out).toMatch(start);
  });

  test("--program takes one function, and tells where there is none", () => {
    expect(f.run("disasm", "--program", "probe", "probe.bpf.o").code).toBe(0);
    expect(codesIn(f.run("disasm", "--program", "prob", "probe.bpf.o").err)).toEqual(["E0709"]);
  });

  test("--html writes the page with the whole source, if it is the object's", () => {
    expect(f.run("disasm", "--html", "page.html", "probe.bpf.o")).toEqual({ code: 0, out: "", err: "" });
    expect(f.read("page.html").toString()).toContain("char LICENSE[]");
    f.put("other/probe.bpf", "int other;\n");
    f.put("other/probe.bpf.o", f.read("probe.bpf.o"));
    const page = f.run("disasm", "--html", "-", "other/probe.bpf.o").out;
    expect(page).not.toContain("int other;");
  });

  test("an unwritable page is told, and nothing is left", () => {
    const ran = f.run("disasm", "--html", "none/page.html", "probe.bpf.o");
    expect([ran.code, codesIn(ran.err)]).toEqual([1, ["E0706"]]);
    expect(existsSync(join(f.path, "none"))).toBe(false);
  });
});
