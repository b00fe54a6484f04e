/** Names that another object defines: undefined symbols, externs in the BTF, no verdict. */
import { expect, test } from "vitest";
import { openBtf } from "../../src/btf/reader.ts";
import { compile } from "../../src/driver/compile.ts";
import { readObject } from "../../src/elf/reader.ts";
import { embeddedKernel } from "../support/kernel.ts";

const build = (source: string) =>
  compile(`${source}\nchar LICENSE[] SEC("license") = "GPL";`, { kernel: embeddedKernel(), fileName: "a.bpf.c" });

test("functions, variables and maps of another object stay undefined", () => {
  const made = build(`
    extern int limit;
    int weigh(int length);
    extern struct { __uint(type, 2); __uint(max_entries, 1); __type(key, u32); __type(value, u64); } counts SEC(".maps");
    int *where = &limit;
    SEC("tc") int probe(struct __sk_buff *skb)
    {
        u32 key = 0;
        return weigh(skb->len) + limit + !bpf_map_lookup_elem(&counts, &key);
    }`);
  const warned = made.diagnostics.map((d) => d.code);
  expect(warned).toEqual(["-Wundefined-externs", "-Wundefined-externs", "-Wundefined-externs"]);
  expect(made.verdicts).toEqual([]);
  const object = readObject(made.object!);
  const relocated = object.funcs.flatMap((f) => f.relocs.map((r) => r.symbol.name));
  expect(relocated.sort()).toEqual(["counts", "limit", "weigh"]);
  expect(object.maps).toEqual([]);
  const btf = openBtf(object.btf!);
  expect(btf.byName("weigh", "func").map((id) => btf.type(id))).toMatchObject([{ linkage: "extern" }]);
  expect(btf.byName("limit", "var").map((id) => btf.type(id))).toMatchObject([{ linkage: "extern" }]);
});

test("a static name cannot be another object's", () => {
  const made = build('static int weigh(int); SEC("tc") int probe(struct __sk_buff *skb) { return weigh(skb->len); }');
  expect(made.diagnostics.map((d) => d.code)).toEqual(["E0237"]);
});

test("what is declared and not used is nobody's business", () => {
  expect(build('extern int a; int f(int); SEC("tc") int probe(void *ctx) { return 0; }').diagnostics).toEqual([]);
});

test.each([
  ["inline int f(int x) { return x * 3; }", undefined],
  ["extern inline int f(int x) { return x * 3; }", "global"],
  ["inline int f(int x) { return x * 3; }\nint f(int x);", "global"],
  ["int f(int x);\ninline int f(int x) { return x * 3; }", "global"],
  ["extern inline __attribute__((gnu_inline)) int f(int x) { return x * 3; }", undefined],
  ["extern int f(int x);\nextern inline __attribute__((gnu_inline)) int f(int x) { return x * 3; }", undefined],
  ["inline __attribute__((gnu_inline)) int f(int x) { return x * 3; }", "global"],
  ["inline __attribute__((noinline)) int f(int x) { return x * 3; }", "static"],
])("who may call an inline function from outside: %s", (source, linkage) => {
  const made = build(`${source}\nSEC("tc") int probe(struct __sk_buff *skb) { return f(skb->len); }`);
  expect(made.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  const btf = openBtf(readObject(made.object!).btf!);
  const found = btf.byName("f", "func").map((id) => btf.type(id));
  expect(found).toMatchObject(linkage === undefined ? [] : [{ linkage }]);
});

test("values of the kernel's configuration have a size, without which the kernel refuses all types", () => {
  const made = build('extern int CONFIG_HZ __kconfig; SEC("tc") int probe(void *ctx) { return CONFIG_HZ; }');
  const btf = openBtf(readObject(made.object!).btf!);
  const section = btf.byName(".kconfig", "datasec").map((id) => btf.type(id));
  expect(section).toMatchObject([{ vars: [{ size: 4 }] }]);
});
