/** Which CO-RE records an access makes: those that clang makes of it, but for the few where ours adapt to more kernels. */
import { describe, expect, test } from "vitest";
import { compile } from "../../../src/driver/compile.ts";
import { coreRecords } from "../../support/core-records.ts";
import { embeddedKernel } from "../../support/kernel.ts";
import { cases, prelude, usual } from "./core-cases.ts";

type Case = (typeof cases)[number];

const functionOf = ([params, body]: Case, index: number): string =>
  `__attribute__((noinline)) long f${index}(${params || usual}) { ${body.endsWith(";") ? body : `return (long)(${body});`} }`;

/** The records of each case, all compiled as one file. */
function recordsOf(rows: readonly Case[], before = prelude): readonly string[] {
  const source = `${before}${rows.map(functionOf).join("\n")}\nchar LICENSE[] SEC("license") = "GPL";\n`;
  const { object, diagnostics } = compile(source, {
    kernel: embeddedKernel(),
    fileName: "probe.bpf",
    warnings: { none: true },
    verify: false,
  });
  expect(diagnostics.filter((d) => d.severity === "error").map((d) => `${d.code}: ${d.text}`)).toEqual([]);
  const found = coreRecords(object!);
  return rows.map((_, index) => found.get(`f${index}`) ?? "");
}

describe("the records are clang's", () => {
  const found = recordsOf(cases);
  test.each(cases.map(([params, body, want], index) => [params ? `${params}: ${body}` : body, want, index] as const))(
    "%s",
    (_name, want, index) => expect(found[index]).toBe(want),
  );
});

/** clang's records: in the name. */
const others: readonly (readonly [string, ...Case])[] = [
  ["the whole path of an array of arrays (at struct s.m[1])", "", "s->m[1][2]", "at struct s.m[1][2]"],
  ["an element by its pointer (at struct s.n.arr)", "", "*(s->n.arr + 1)", "at struct s.n.arr[1]"],
  ["the first element's member (two records)", "", "s->b->d", "at struct s.b[0].d"],
  [
    "a bit-field that is read plainly (at struct s.bf)",
    "",
    "s->bf",
    "at struct s.bf; lshift struct s.bf; rshift struct s.bf",
  ],
  ["elements before the pointer lie as here (at struct s[4294967295].a)", "", "s[-1].a", "at struct s.a"],
  ["a typedef that the kernel does not know (typedef in_t)", "in_t *a", "return a->d;", "at struct in.d"],
  ["elements behind a cast (at struct in.d)", "void *p", "return ((struct in *)p)[2].d;", "at struct in[2].d"],
];

test.each(others)("%s", (_name, ...row) => expect(recordsOf([row])).toEqual([row[2]]));

test("the kernel's own types, by their tags and its typedefs", () => {
  const rows: Case[] = [
    [
      "struct task_struct *t",
      "return t->tgid + t->comm[3];",
      "at struct task_struct.comm[3]; at struct task_struct.tgid",
    ],
    ["atomic_long_t *a", "return a->counter;", "at typedef atomic_long_t.counter"],
    ["spinlock_t *a", "return a->rlock.raw_lock.val.counter;", "at typedef spinlock_t.rlock.raw_lock.val.counter"],
    ["void", "struct iphdr h = {}; h.ttl = 3; return h.ttl;", "at struct iphdr.ttl"],
    ["int a", "return 2 * bpf_core_field_exists(struct iphdr, ttl) * a;", "exists struct iphdr.ttl"],
  ];
  expect(recordsOf(rows, "")).toEqual(rows.map((row) => row[2]));
});

test("BPF_NO_PRESERVE_ACCESS_INDEX: the kernel's types are laid out as here", () => {
  const before =
    "#define BPF_NO_PRESERVE_ACCESS_INDEX\n#include <vmlinux.h>\nstruct own { int a; } __attribute__((preserve_access_index));\n";
  const rows: Case[] = [
    ["struct task_struct *t", "return t->tgid;", ""],
    ["struct own *o", "return o->a;", "at struct own.a"],
    ["struct task_struct *t", "return bpf_core_field_exists(t->tgid);", "exists struct task_struct.tgid"],
    ["struct task_struct *t", "return BPF_CORE_READ(t, tgid);", "at struct task_struct.tgid"],
  ];
  expect(recordsOf(rows, before)).toEqual(rows.map((row) => row[2]));
});
