/** `explain --log` as a shell runs it. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { folder, good } from "./run.ts";

const log = readFileSync("test/verifier/log/pages-7.2.txt", "utf8").split("=== E0510\n")[1]!.split("=== ")[0]!;
const source = /```c\n([\s\S]*?)```/.exec(readFileSync("docs/errors/E0510.md", "utf8"))![1]!;

test("a log alone, with the text that it holds", () => {
  const f = folder();
  f.put("a.log", log);
  const ran = f.run("explain", "--log", "a.log");
  expect(ran).toMatchObject({ code: 0, err: "" });
  expect(ran.out).toMatch(
    /^E0510\.bpf:14: error: the kernel says: R0 invalid mem access .*\[E0510\]\n {2}\*count \+= 1;/,
  );
  expect(ran.out).toContain("E0510.bpf:12: note: r0 comes from bpf_map_lookup_elem");
});

test("with the object, columns too; and as JSON", () => {
  const f = folder();
  f.put("a.log", log);
  f.put("E0510.bpf", source);
  expect(f.run("build", "--no-verify", "E0510.bpf").code).toBe(0);
  const ran = f.run("explain", "--log", "a.log", "--object", "E0510.bpf.o");
  expect(ran.out).toMatch(/^probe:\n {2}E0510\.bpf:14:5: error: /);
  const json = JSON.parse(f.run("explain", "--log", "a.log", "--object", "E0510.bpf.o", "--json").out);
  expect(json).toMatchObject({ program: "probe", finding: { code: "E0510", line: { line: 14, column: 5 } } });
});

test("says so where there is nothing to explain", () => {
  const f = folder();
  f.put("good.bpf", good);
  expect(f.run("explain", "--log", "good.bpf")).toMatchObject({ code: 1, out: "" });
  expect(f.run("explain", "--log", "good.bpf").err).toContain("E0715");
  expect(f.run("explain", "--log", "none.log").err).toContain("E0701");
  f.put("a.log", log);
  expect(f.run("explain", "--log", "a.log", "--object", "good.bpf").err).toContain("E0601");
});
