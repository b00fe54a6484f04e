/** Forms that other people's programs use: each builds, and where it says so, to what C says. */
import { describe, expect, test } from "vitest";
import { type Compilation, compile } from "../../../src/driver/compile.ts";
import { disassemble, listing } from "../../../src/driver/disassemble.ts";
import { embeddedKernel } from "../../support/kernel.ts";

const build = (source: string): Compilation =>
  compile(source, { kernel: embeddedKernel(), fileName: "probe.bpf", warnings: { none: true } });
const errors = (made: Compilation): string[] =>
  made.diagnostics.filter((d) => d.severity === "error").map((d) => `${d.code}: ${d.text}`);

const program = (body: string, before = ""): string =>
  `${before}\nchar LICENSE[] SEC("license") = "GPL";\nSEC("socket")\nint probe(struct __sk_buff *skb)\n{\n${body}\n}\n`;

/** The number that the program returns, where it is one that is known when building. */
function returned(source: string): number {
  const made = build(source);
  expect(errors(made)).toEqual([]);
  const found = /[rw]0 = (-?\d+)\n[^\n]*exit/.exec(listing(disassemble(made.object!)));
  return Number(found?.[1]);
}

describe("values", () => {
  test.each([
    [
      "a compound literal inside a static array",
      "static const struct t a[] = { (struct t){ 1, 2 }, ((struct t){ .y = 4 }) }; return a[1].y + sizeof(a);",
      20,
    ],
    ["a static record from a compound literal", "static const struct t a = (struct t){ .y = 7 }; return a.y;", 7],
    ["an array from a compound literal", "int a[] = (int[]){ 1, 2, 3 }; return a[2] + sizeof(a);", 15],
    ["a length that is known", 'return __builtin_strlen("four");', 4],
    ["a comparison that is known", 'return __builtin_strcmp("==", "==") + 2 * (__builtin_strcmp("a", "b") < 0);', 2],
    ["the function's own name", "return sizeof(__func__) + sizeof(__FUNCTION__);", 12],
    ["a labelled statement as the value of a block", "return ({ int r = 3; if (r > 3) goto out; r++; out: r; });", 4],
    ["a function of the C library that a header declares", "u64 a = 1, b; memcpy(&b, &a, 8); return b;", 1],
    [
      "a struct as an argument and a result",
      "struct t a = { 1, 2 }; struct t b = swap(a); return b.x * 10 + b.y + swap(swap(a)).x + a.x;",
      23,
    ],
    ["records with floating members", "return sizeof(struct floats);", 24],
  ])("%s", (_name, body, want) => {
    const before =
      "struct t { int x, y; };\nstruct floats { float f; double d; long double l; };\ndouble difftime(long, long);\nvoid *memcpy(void *, const void *, unsigned long);\nstatic struct t swap(struct t p) { int x = p.x; p.x = p.y; p.y = x; return p; }";
    expect(returned(program(body, before))).toBe(want);
  });
});

test("_Generic chooses a helper to call", () => {
  const source = program("return _Generic(skb, struct __sk_buff *: bpf_get_prandom_u32, int: bpf_ktime_get_ns)();");
  expect(listing(disassemble(build(source).object!))).toContain("call bpf_get_prandom_u32");
});

describe("declarations", () => {
  test("a map that is mentioned before it is defined", () => {
    const source = program(
      "u32 key = 0; return bpf_map_lookup_elem(&counts, &key) != 0;",
      `typedef struct {
  __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, u32); __type(value, u64);
} counters;
extern counters counts;
counters counts SEC(".maps");`,
    );
    expect(errors(build(source))).toEqual([]);
  });

  test("a field of a kernel variable is the kernel's", () => {
    const made = build(
      program(
        "return bpf_core_field_exists(pcpu_hot.preempt_count) ? 1 : 2;",
        `struct pcpu_hot___local { int preempt_count; } __attribute__((preserve_access_index));
extern struct pcpu_hot___local pcpu_hot __ksym __weak;`,
      ),
    );
    expect(errors(made)).toEqual([]);
    expect(listing(disassemble(made.object!))).toContain("CO-RE field_exists struct pcpu_hot___local 0:0");
  });
});

test("values of floating types are refused, wherever they come from", () => {
  const codes = (body: string) => errors(build(program(body, "struct f { double d; };"))).map((e) => e.slice(0, 5));
  expect(codes("struct f x = {}; return x.d;")).toEqual(["E0222"]);
  expect(codes("float x = 1; return 0;")).toEqual(["E0222"]);
  expect(codes('struct f x = {}; bpf_printk("%d", x.d); return 0;')).toContain("E0222");
});

describe("memory functions in inlined functions", () => {
  const copies = `struct t { u64 a, b; };
static __always_inline void get(const volatile void *p, void *to, int size)
{
  switch (size) {
  case 8: *(u64 *)to = *(const volatile u64 *)p; break;
  default: __builtin_memcpy(to, (const void *)p, size);
  }
}
static __always_inline void clear(void *p, int size) { __builtin_memset(p, 0, size); }
u64 one = 1; struct t two = { 2, 3 };`;

  test("a length may become known there, and dead branches need none", () => {
    const source = program(
      "u64 x; struct t y; get(&one, &x, 8); get(&two, &y, 16); clear(&two, 16); return x + y.b;",
      copies,
    );
    const made = build(source);
    expect(errors(made)).toEqual([]);
    expect(listing(disassemble(made.object!))).not.toContain("call");
  });

  test("one that never becomes known is refused", () => {
    expect(errors(build(program("clear(&two, skb->len & 15); return 0;", copies)))[0]).toContain("E0409");
  });
});

test("a bit-field of a kernel type is written at the kernel's offset", () => {
  const made = build(
    program(
      "struct tcphdr *tcp = (void *)(long)skb->data; if ((void *)(tcp + 1) > (void *)(long)skb->data_end) return 0; tcp->doff = 5; return 0;",
    ).replace('SEC("socket")', 'SEC("tc")'),
  );
  expect(errors(made)).toEqual([]);
  expect(listing(disassemble(made.object!)).match(/u16 .*CO-RE field_byte_offset struct tcphdr/g)).toHaveLength(2);
});

test.each(["__noinline", "__always_inline"])("structs by value through %s functions", (how) => {
  const source = program(
    "struct big a = { { 1, 2, 3, 4 } }, b = pick(1, a, sum(a)); return b.v[3] + sum(b) + a.v[0];",
    `struct big { long v[4]; };
static ${how} long sum(struct big s) { s.v[0] += s.v[1] + s.v[2] + s.v[3]; return s.v[0]; }
static ${how} struct big pick(int at, struct big s, long with) { s.v[at] = with; return s; }`,
  );
  expect(errors(build(source))).toEqual([]);
});

test("a value that empty assembly wants in a register is put there: it binds the program to a map", () => {
  const map =
    'struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, u32); __type(value, u64); } m SEC(".maps");';
  const made = build(program('asm volatile("" :: "r"(&m));\nreturn 0;', map));
  expect(errors(made)).toEqual([]);
  expect(listing(disassemble(made.object!))).toMatch(/r\d = m ll/);
});
