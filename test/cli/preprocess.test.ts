/** `build -E`: the source after preprocessing. */
import { expect, test } from "vitest";
import { folder } from "./run.ts";

const source = '#include "h.h"\n#define TWICE(x) ((x) * 2)\n#ifdef FLAG\nint flag = FLAG;\n#endif\nint a = TWICE(N);\n';

test("goes to standard output, and nothing is written", () => {
  const f = folder();
  f.put("probe.bpf.c", source);
  f.put("h.h", "#define N 4\nextern int x;\n");
  expect(f.run("build", "-E", "probe.bpf.c")).toEqual({ code: 0, out: "extern int x;\nint a = ((4) * 2);\n", err: "" });
  expect(() => f.read("probe.bpf.o")).toThrow();
});

test("goes to the file that -o names", () => {
  const f = folder();
  f.put("probe.bpf.c", source);
  f.put("h.h", "#define N 4\n");
  expect(f.run("build", "-E", "-DFLAG=7", "probe.bpf.c", "-o", "probe.i")).toEqual({ code: 0, out: "", err: "" });
  expect(f.read("probe.i").toString()).toBe("int flag = 7;\nint a = ((4) * 2);\n");
});

test("an error is told, and nothing is printed", () => {
  const f = folder();
  f.put("probe.bpf.c", '#include "missing.h"\nint x;\n');
  const ran = f.run("build", "-E", "probe.bpf.c");
  expect([ran.code, ran.out]).toEqual([1, ""]);
  expect(ran.err).toContain("E0136");
});
