/**
 * Logs of real kernels: `messages.txt` holds what 6.1 and 7.2 say of their own verifier tests, `pages-*.txt` their logs
 * (level 2) of the failing examples under `docs/errors`, built without verifying; 6.1 got them as fentry programs.
 */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { errorTexts } from "../../../src/diag/catalogue.ts";
import { DiagSink } from "../../../src/diag/diagnostic.ts";
import { compile } from "../../../src/driver/compile.ts";
import { explainLog } from "../../../src/driver/explain-log.ts";
import { verifyObject } from "../../../src/driver/verdicts.ts";
import { findingOfLog } from "../../../src/verifier/log/explain.ts";
import { readKernelLog } from "../../../src/verifier/log/read.ts";
import { codeOfMessage, logRules } from "../../../src/verifier/log/rules.ts";
import { embeddedKernel } from "../../support/kernel.ts";

const rows = (name: string): readonly string[] =>
  readFileSync(`test/verifier/log/${name}`, "utf8").split("\n").filter(Boolean);
const logs = (name: string): readonly (readonly [code: string, log: string])[] =>
  readFileSync(`test/verifier/log/${name}`, "utf8")
    .split(/^=== /m)
    .filter(Boolean)
    .map((part) => [part.slice(0, 5), part.slice(6)] as const);

const kernel = embeddedKernel();

/** Codes of packets and sections, which not every version of the verifier has. */
const some = new Set(["E0580", "E0581", "E0582", "E0583"]);

test("every rule names a code that there is", () => {
  expect(logRules.map((r) => r.code).filter((c) => !Object.hasOwn(errorTexts, c) && !some.has(c))).toEqual([]);
});

test.each(rows("messages.txt").map((row) => row.split("\t") as [string, string]))("%s: %s", (code, message) => {
  expect(codeOfMessage(message.replaceAll("\\n", "\n"))).toBe(code);
});

/** What the log alone cannot tell apart: that a write was refused as one, that the argument is the return value. */
const like: Readonly<Record<string, readonly string[]>> = { E0511: ["E0517"], E0515: ["E0512"], E0548: ["E0546"] };

describe.each(["7.2", "6.1"])("logs of %s", (release) => {
  test.each(logs(`pages-${release}.txt`))("%s", (code, log) => {
    const finding = findingOfLog(readKernelLog(log));
    expect([code, ...(like[code] ?? [])]).toContain(finding?.code);
    expect(finding!.line?.text).toBeTruthy();
  });
});

/** Told by the kernel in another order of its walk, or at another instruction of the loop or call chain. */
const elsewhere = new Set(["E0565", "E0566", "E0571"]);

describe("with the object", () => {
  test.each(logs("pages-7.2.txt"))("%s: the place is the one that our verifier names", (code, log) => {
    const page = readFileSync(`docs/errors/${code}.md`, "utf8");
    const source = /```c\n([\s\S]*?)```/.exec(page)![1]!;
    const bytes = compile(source, { kernel, fileName: `${code}.bpf`, verify: false }).object!;
    const { finding, program } = explainLog(log, { bytes, kernel }, new DiagSink());
    const ours = verifyObject(bytes, kernel, new DiagSink()).find((v) => v.findings.length > 0)!;
    if (elsewhere.has(code)) return;
    expect({ program, insn: finding!.insn, line: finding!.line }).toEqual({
      program: ours.program,
      insn: ours.findings[0]!.insn,
      line: ours.findings[0]!.line,
    });
    if (code !== "E0515") expect(finding!.code).toBe(code);
  });
});

describe("around the log", () => {
  const log = logs("pages-7.2.txt").find(([code]) => code === "E0560")![1];

  test("libbpf's and dmesg's own lines are left out, and name the program", () => {
    const framed = `libbpf: prog 'probe': BPF program load failed: -EACCES\nlibbpf: prog 'probe': -- BEGIN PROG LOAD LOG --\n${log}\n-- END PROG LOAD LOG --\nlibbpf: failed to load object\n`;
    const read = readKernelLog(framed);
    expect(read.program).toBe("probe");
    expect(read.message).toEqual(readKernelLog(log).message);
  });

  test("since when, path and message are told", () => {
    const finding = findingOfLog(readKernelLog(log))!;
    expect(finding.text).toMatch(/^the kernel says: Unreleased reference id=\d+ alloc_insn=\d+; BPF_EXIT/);
    expect(finding.notes.map((n) => n.text)).toContain("acquired here");
    expect(finding.path.map(({ line }) => line)).toEqual([16, 19]);
  });

  test("an accepted program's log tells of no refusal", () => {
    const accepted = "0: R1=ctx() R10=fp0\n0: (b7) r0 = 0    ; R0=0\n1: (95) exit\nprocessed 2 insns (limit 1000000)\n";
    expect(findingOfLog(readKernelLog(accepted))).toBeUndefined();
    expect(findingOfLog(readKernelLog(""))).toBeUndefined();
  });

  test("any text is read", () => {
    const pieces = [...log.split("\n"), "from 5 to 1:", "99: (85) call f#1", "; x @ y:z", "R1 !read_ok", "\0"];
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string())), (lines) => {
        const finding = findingOfLog(readKernelLog(lines.join("\n")));
        expect(finding === undefined || finding.code.startsWith("E0")).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
