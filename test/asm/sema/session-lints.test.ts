/** Lints of session programs: what is told, and what is left alone. */
import { describe, expect, test } from "vitest";
import { compile } from "../../../src/driver/compile.ts";
import { embeddedKernel } from "../../support/kernel.ts";

const kernel = embeddedKernel();

/** Names of the session warnings with their lines, the first line of `body` being 1. */
function lints(body: string, head = "int BPF_PROG(probe, struct sk_buff *skb, int ret)", before = ""): string[] {
  const start = `char LICENSE[] SEC("license") = "GPL"; u64 total; ${before}\nSEC("fsession/icmp_rcv") ${head} { u64 *c = bpf_session_cookie(ctx);`;
  const made = compile(`${start}\n${body}\nreturn 0; }\n`, { kernel, fileName: "probe.bpf" });
  expect(made.diagnostics.filter((d) => d.severity === "error").map((d) => d.text)).toEqual([]);
  return made.diagnostics.flatMap((d) =>
    d.code.startsWith("-Wsession-") ? [`${d.code.slice(10)} ${d.span ? made.files.place(d.span).line - 2 : 0}`] : [],
  );
}

const asks = "bpf_session_is_return(ctx)";
const now = "bpf_ktime_get_ns()";

describe("the cookie", () => {
  test.each([
    ["read by an exit that nobody writes for", `if (${asks})\ntotal = *c;`, ["cookie-unwritten 2"]],
    ["written by the exit alone", `if (${asks}) {\n*c += 1;\ntotal = *c; }`, ["cookie-unwritten 2"]],
    ["written at entry and printed at exit", `if (!${asks}) *c = 1; else bpf_printk("%d", *c);`, []],
    ["written in both runs", `*c += 1; if (${asks}) total = *c;`, []],
    ["handed to a helper, which may write it", `bpf_probe_read_kernel(c, 8, skb); if (${asks}) total += *c;`, []],
    ["used without a question", `if (!${asks}) *c = ${now};\nelse total += ${now} - *c;`, ["unchecked-entry 2"]],
    [
      "used through a variable",
      `if (${asks}) { u64 t = *c;\ntotal += ${now} - t; } else *c = ${now};`,
      ["unchecked-entry 2"],
    ],
    [
      "asked about through a variable",
      `if (${asks}) { u64 t = *c; if (!t) return 0; total += ${now} - t; } else *c = 1;`,
      [],
    ],
    ["asked about in a logical", `if (!${asks}) *c = ${now}; else if (*c != 0 && skb) total += ${now} - *c;`, []],
    ["asked about by ? :", `if (!${asks}) *c = ${now}; else total += *c ? ${now} - *c : 0;`, []],
    [
      "not written on one way out",
      `if (!${asks}) {\nif (skb->len > 9)\nreturn 0;\n*c = ${now}; return 0; }\ntotal += ${now} - *c;`,
      ["unmarked-return 3"],
    ],
    [
      "written on every way out",
      `if (!${asks}) { if (skb->len > 9) { *c = 1; return 0; }\n*c = ${now}; return 0; }\ntotal += ${now} - *c;`,
      ["unchecked-entry 3"],
    ],
    [
      "the answer in a variable",
      `bool r = ${asks}; if (!r) { *c = 1; return 0; }\ntotal += 5 / *c;`,
      ["unchecked-entry 2"],
    ],
    ["of the answer turned round", `if (${asks} == 0) { *c = 1; return 0; }\nif (${asks})\ntotal = *c;`, []],
  ])("%s", (_, body, found) => {
    expect(lints(body)).toEqual(found);
  });

  test("over functions of the file", () => {
    const helpers = `static __always_inline bool at_exit(void *ctx) { return ${asks}; }
static void start(u64 *p) { *p = ${now}; }
static u64 since(u64 *p) { return ${now} - *p; }`.replace(/\n/g, " ");
    const head = "int BPF_PROG(probe, struct sk_buff *skb)";
    expect(lints("if (!at_exit(ctx)) start(c);\nelse total += since(c);", head, helpers)).toEqual([
      "unchecked-entry -1",
    ]);
    expect(lints("if (!at_exit(ctx)) start(c);\nelse if (*c) total += since(c);", head, helpers)).toEqual([]);
  });
});

test("a probe's session runs its exit only if its entry wants it", () => {
  const source = `char LICENSE[] SEC("license") = "GPL"; u64 total;
SEC("kprobe.session/icmp_rcv") int probe(struct pt_regs *ctx) { u64 *c = bpf_session_cookie(ctx);
if (${asks}) { total += ${now} - *c; return 0; } if (total) return 1; *c = ${now}; return 0; }`;
  const { diagnostics } = compile(source, { kernel });
  expect(diagnostics.map(({ code, text }) => `${code} ${text}`)).toEqual([]);
});

describe("the return value", () => {
  test.each([
    ["at entry", `if (!${asks})\ntotal += ret;`, ["return-at-entry 2"]],
    ["in both runs, with no question asked", "if (ret)\ntotal += 1;", ["return-at-entry 1"]],
    ["at exit", `if (${asks}) total += ret;`, []],
    ["behind an early return of the entry", `if (!${asks}) return 0;\ntotal += ret;`, []],
    ["by helper at entry", `u64 v = 0; if (!${asks})\nbpf_get_func_ret(ctx, &v); total += v;`, ["return-at-entry 2"]],
  ])("%s", (_, body, found) => {
    expect(lints(body)).toEqual(found);
  });

  test("in the raw context", () => {
    expect(lints(`if (!${asks})\ntotal += ctx[1];`, "int probe(u64 *ctx)")).toEqual(["return-at-entry 2"]);
    expect(lints(`if (!${asks} && ctx[0]) total += 1;`, "int probe(u64 *ctx)")).toEqual([]);
  });
});

describe("the answer", () => {
  test.each([
    ["as a factor", `total += ${asks} * 2;`, ["is-return-value 1"]],
    ["added", `total += ${asks};`, ["is-return-value 1"]],
    ["in a comparison by size", `if (${asks} > 0) total += 1;`, ["is-return-value 1"]],
    ["compared with truth", `if (${asks} == true) total += 1;`, []],
    ["stored and printed", `total = ${asks}; bpf_printk("%d", ${asks});`, []],
    ["in logic", `if (${asks} && skb->len || !${asks}) total += 1;`, []],
  ])("%s", (_, body, found) => {
    expect(lints(body)).toEqual(found);
  });
});

test("each is switched off by its name, and all by the group's", () => {
  const source = `char LICENSE[] SEC("license") = "GPL"; u64 total;
SEC("fsession/icmp_rcv") int BPF_PROG(probe, struct sk_buff *skb) { total += ${asks}; return 0; }`;
  const codes = (flags: string[]) =>
    compile(source, { kernel, warnings: { flags } }).diagnostics.map(({ code, severity }) => `${severity} ${code}`);
  expect(codes([])).toEqual(["warning -Wsession-is-return-value"]);
  expect(codes(["error=session"])).toEqual(["error -Wsession-is-return-value"]);
  for (const flag of ["no-session", "no-session-is-return-value"]) expect(codes([flag])).toEqual([]);
});
