/** The commonest mistakes: each diagnostic carries an edit, and the program with the edit made is free of the error. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyEdits } from "../../../src/diag/edits.ts";
import { renderHuman } from "../../../src/diag/human.ts";
import { type Compilation, compile } from "../../../src/driver/compile.ts";
import { embeddedKernel } from "../../support/kernel.ts";

const kernel = embeddedKernel();

const build = (source: string): Compilation => compile(source, { kernel, fileName: "probe.bpf" });
const shown = (made: Compilation): string =>
  made.diagnostics.map((d) => renderHuman(d, made.files, { color: false })).join("");

const maps = `struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, u32);
	__type(value, u64);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} records SEC(".maps");

struct record { u32 len; u32 pid; };
u32 table[16];
u32 odd[10];
u64 total;
char LICENSE[] SEC("license") = "GPL";
`;
const probe = (body: string, section = "fentry/icmp_rcv"): string =>
  `${maps}\nSEC("${section}")\nint BPF_PROG(probe, struct sk_buff *skb)\n{\n${body}\n}\n`;

const cases: readonly (readonly [name: string, code: string, source: string, has: string])[] = [
  [
    "a missing null check",
    "E0510",
    probe("\tu32 key = 0;\n\tu64 *count = bpf_map_lookup_elem(&counts, &key);\n\t*count += 1;\n\treturn 0;"),
    "\n\tif (!count)\n\t\treturn 0;\n\t*count += 1;",
  ],
  [
    "a missing null check where the pointer is handed on",
    "E0550",
    probe(
      "\tstruct record *r = bpf_ringbuf_reserve(&records, sizeof(*r), 0);\n\tbpf_ringbuf_submit(r, 0);\n\treturn 0;",
    ),
    "\n\tif (!r)\n\t\treturn 0;\n",
  ],
  [
    "a null check in a loop",
    "E0510",
    probe(
      "\tfor (u32 key = 0; key < 4; key++) {\n\t\tu64 *count;\n\t\tcount = bpf_map_lookup_elem(&counts, &key);\n\t\ttotal += *count;\n\t}\n\treturn 0;",
    ),
    "\n\t\tif (!count)\n\t\t\tbreak;\n",
  ],
  ["an unmasked index", "E0526", probe("\ttable[skb->len] += 1;\n\treturn 0;"), "table[skb->len & 15] += 1;"],
  [
    "an index into an array of another length",
    "E0526",
    probe("\tif (skb->len > 3)\n\t\todd[skb->len] += 1;\n\treturn 0;"),
    "(skb->len > 3) {\n\t\tu32 index = skb->len;\n\t\tif (index >= 10)\n\t\t\treturn 0;\n\t\todd[index] += 1;\n\t}",
  ],
  [
    "an index that may be one too many",
    "E0523",
    probe("\tu32 i = skb->len;\n\tif (i <= 30)\n\t\todd[i] += 1;\n\treturn 0;"),
    "\tif (i <= 30) {\n\t\tif (i >= 10)\n\t\t\treturn 0;\n\t\todd[i] += 1;\n\t}\n",
  ],
  [
    "an unchecked size",
    "E0551",
    probe("\tchar buf[64];\n\tbpf_probe_read_kernel(buf, skb->len, skb->data);\n\ttotal += buf[0];\n\treturn 0;"),
    "\tu32 size = skb->len;\n\tif (size > sizeof(buf))\n\t\tsize = sizeof(buf);\n\tbpf_probe_read_kernel(buf, size, skb->data);",
  ],
  [
    "a size that is bounded too high",
    "E0518",
    probe(
      "\tchar buf[64];\n\tu32 n = skb->len & 1023;\n\tbpf_probe_read_kernel(buf, n, skb->data);\n\ttotal += buf[0];\n\treturn 0;",
    ),
    "\tif (n > sizeof(buf))\n\t\tn = sizeof(buf);",
  ],
  [
    "a wrong return value",
    "E0562",
    probe("\ttotal += 1;\n\treturn skb->len;", "fsession/icmp_rcv"),
    "\ttotal += 1;\n\treturn 0;",
  ],
  [
    "one wrong return value of several",
    "E0562",
    probe("\tif (skb->len > 10)\n\t\treturn 0;\n\ttotal += 1;\n\treturn 1;", "fsession/icmp_rcv"),
    "\ttotal += 1;\n\treturn 0;",
  ],
  [
    "an unreleased ring-buffer record",
    "E0560",
    probe(
      "\tstruct record *r = bpf_ringbuf_reserve(&records, sizeof(*r), 0);\n\tif (!r)\n\t\treturn 0;\n\tr->len = skb->len;\n\tif (r->len < 100)\n\t\treturn 0;\n\tbpf_ringbuf_submit(r, 0);\n\treturn 0;",
    ),
    "\tif (r->len < 100) {\n\t\tbpf_ringbuf_discard(r, 0);\n\t\treturn 0;\n\t}",
  ],
  [
    "a cookie in a program without a session",
    "E0558",
    probe("\tu64 *cookie = bpf_session_cookie(ctx);\n\t*cookie = 1;\n\treturn 0;"),
    'SEC("fsession/icmp_rcv")',
  ],
  [
    "the return slot where there is none",
    "E0515",
    `${maps}\nSEC("fentry/icmp_rcv")\nint probe(u64 *ctx)\n{\n\ttotal += ctx[1];\n\treturn 0;\n}\n`,
    'SEC("fexit/icmp_rcv")',
  ],
  [
    "a write to the context",
    "E0511",
    `${maps}\nSEC("fentry/icmp_rcv")\nint probe(u64 *ctx)\n{\n\tctx[0] += 1;\n\treturn 0;\n}\n`,
    "\tu64 copy = ctx[0];\n\tcopy += 1;",
  ],
  [
    "a helper that is not allowed here",
    "E0546",
    `${maps}\nSEC("kprobe/icmp_rcv")\nint probe(void *ctx)\n{\n\tu64 value;\n\tbpf_get_func_arg(ctx, 0, &value);\n\ttotal += value;\n\treturn 0;\n}\n`,
    'SEC("fentry/icmp_rcv")',
  ],
  [
    "a helper with one that does nearly the same",
    "E0546",
    probe("\ttotal += bpf_ktime_get_coarse_ns();\n\treturn 0;"),
    "bpf_ktime_get_ns()",
  ],
  [
    "the running task as a number",
    "E0509",
    probe("\tstruct task_struct *t = (void *)bpf_get_current_task();\n\ttotal += t->pid;\n\treturn 0;"),
    "(void *)bpf_get_current_task_btf()",
  ],
  [
    "an unwritten key",
    "-Wuninitialized-memory",
    probe(
      "\tu32 key;\n\tu64 *count = bpf_map_lookup_elem(&counts, &key);\n\tif (count)\n\t\t*count += 1;\n\treturn 0;",
    ),
    "\tu32 key = 0;\n",
  ],
  [
    "an unwritten buffer",
    "-Wuninitialized-memory",
    probe(
      "\tstruct record r, *p = &r;\n\tchar buf[8];\n\tp->len = 1;\n\tbpf_ringbuf_output(&records, &r, sizeof(r), 0);\n\tbpf_ringbuf_output(&records, buf, sizeof(buf), 0);\n\treturn 0;",
    ),
    "\tchar buf[8] = {};\n",
  ],
  [
    "a sleepable call in a program that is not",
    "E0548",
    `${maps}\nSEC("fentry/__x64_sys_getpgid")\nint probe(u64 *ctx)\n{\n\tchar name[8];\n\tbpf_copy_from_user(name, sizeof(name), 0);\n\ttotal += name[0];\n\treturn 0;\n}\n`,
    'SEC("fentry.s/__x64_sys_getpgid")',
  ],
];

test("edits of broken sources can be made, too", () => {
  const sources = cases.map(([, , source]) => source);
  const cut = fc.tuple(fc.constantFrom(...sources), fc.nat(2000), fc.integer({ min: 1, max: 12 }));
  fc.assert(
    fc.property(cut, ([source, at, length]) => {
      const broken = source.slice(0, at) + source.slice(at + length);
      for (const { edits } of build(broken).diagnostics)
        if (edits?.length) expect(applyEdits(broken, edits)).toBeDefined();
    }),
    { numRuns: 80 },
  );
}, 60_000);

describe("a mend that a tool can apply", () => {
  test.each(cases)("%s", (_, code, source, has) => {
    const made = build(source);
    const found = made.diagnostics.find((d) => d.code === code);
    expect(found, shown(made)).toBeDefined();
    expect(found!.edits?.length ?? 0, shown(made)).toBeGreaterThan(0);
    const mended = applyEdits(source, found!.edits!);
    expect(mended).toContain(has);
    const again = build(mended!);
    expect(again.diagnostics.map((d) => d.code)).not.toContain(code);
    expect(
      again.diagnostics.filter((d) => d.severity === "error").map((d) => d.code),
      mended + shown(again),
    ).toEqual([]);
  });

  test.each(cases)("or another instead: %s", (_, code, source) => {
    for (const edits of build(source).diagnostics.find((d) => d.code === code)?.alternatives ?? []) {
      const mended = applyEdits(source, edits);
      const again = build(mended!);
      expect(
        again.diagnostics.filter((d) => d.severity === "error").map((d) => d.code),
        mended + shown(again),
      ).toEqual([]);
    }
  });

  test("there are several of some", () => {
    const count = (source: string): number =>
      build(source).diagnostics.reduce((sum, { alternatives }) => sum + (alternatives?.length ?? 0), 0);
    expect(cases.filter(([, , source]) => count(source) > 0).map(([, code]) => code)).toEqual(
      expect.arrayContaining(["E0510", "E0526", "E0546", "E0548"]),
    );
  });
});
