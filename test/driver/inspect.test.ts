/** What `inspect` tells of objects: ours, clang's, gcc's, and damaged ones. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile } from "../../src/driver/compile.ts";
import { inspect } from "../../src/driver/inspect.ts";
import { ElfError } from "../../src/elf/object-file.ts";
import { inspectionText } from "../../src/view/inspection-text.ts";
import { embeddedKernel } from "../support/kernel.ts";

const kernel = embeddedKernel();

const ours = `char LICENSE[] SEC("license") = "GPL";
struct item { u64 count; char name[16]; };
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 64); __type(key, u32); __type(value, struct item); } items SEC(".maps");
const volatile int limit = -3;
enum mode { OFF, ON } mode = ON;
char title[8] = "hi";
u64 hits;
extern int LINUX_KERNEL_VERSION __kconfig;

SEC("?fsession.s/icmp_rcv")
int BPF_PROG(probe, struct sk_buff *skb)
{
    u32 key = skb->len;
    struct item *item = bpf_map_lookup_elem(&items, &key);

    if (item && limit < LINUX_KERNEL_VERSION && !bpf_session_is_return(ctx))
        item->count += mode + title[key & 7];
    hits++;
    return 0;
}
`;

const byName = <T extends { readonly name: string }>(all: readonly T[], name: string): T => {
  const found = all.find((one) => one.name === name);
  expect(found, name).toBeDefined();
  return found!;
};

describe("an object of ours", () => {
  const made = () => inspect(compile(ours, { kernel }).object!, { kernel });

  test("shows its program with what the section means", () => {
    const { programs, license, problems } = made();
    expect([license, problems]).toEqual(["GPL", []]);
    expect(byName(programs, "probe")).toMatchObject({
      type: "TRACING",
      attachType: "BPF_TRACE_FSESSION",
      target: "icmp_rcv",
      sleepable: true,
      optional: true,
      targetPrototype: "int icmp_rcv(struct sk_buff *skb)",
    });
  });

  test("shows maps and globals with their types and values", () => {
    const { maps, globals } = made();
    expect(maps).toMatchObject([{ name: "items", type: "HASH", key: "u32", value: "struct item", maxEntries: 64 }]);
    expect(globals.map((g) => [g.section, g.declaration, g.value])).toEqual(
      expect.arrayContaining([
        [".rodata", "const volatile int limit", "-3"],
        [".data", "enum mode mode", "ON"],
        [".data", "char title[8]", '"hi"'],
        [".bss", "u64 hits", undefined],
      ]),
    );
  });

  test("shows what it wants of the kernel, with ids", () => {
    const { externs } = made();
    const [id] = kernel.btf.byName("bpf_session_is_return", "func");
    expect(byName(externs, "bpf_session_is_return")).toMatchObject({ kind: "kfunc", here: "found", id });
    expect(byName(externs, "LINUX_KERNEL_VERSION")).toMatchObject({ kind: "kconfig", here: "given" });
  });

  test("tells CO-RE relocations in words", () => {
    expect(made().core.map(({ words }) => words)).toEqual(["sk_buff.len: offset 112 here"]);
  });

  test("without a kernel says only what the object says", () => {
    const { core, externs, kernel: name } = inspect(compile(ours, { kernel }).object!);
    expect([name, core[0]!.words, core[0]!.here]).toEqual([undefined, "sk_buff.len: offset 112 when built", undefined]);
    expect(externs.every(({ id, here }) => id === undefined && here === undefined)).toBe(true);
  });
});

describe("objects of other compilers", () => {
  test("clang's: what this kernel lacks is said", () => {
    const made = inspect(readFileSync("test/link/objects/probe.bpf.o"), { kernel });
    expect(made.programs.map(({ name }) => name)).toEqual(["on_icmp", "second"]);
    expect(made.functions.map(({ name, linkage }) => [name, linkage])).toEqual([
      ["thrice", "global"],
      ["twice", "static"],
      ["step", "static"],
    ]);
    expect(byName(made.maps, "outer").inner).toMatchObject({ type: "ARRAY" });
    expect(byName(made.externs, "bpf_absent")).toMatchObject({ weak: true, here: "missing" });
    const words = made.core.map((one) => one.words);
    expect(words).toContain("sk_buff.len: offset 112 here, 0 when built");
    expect(words).toContain("sk_buff___later.gone: does not exist here");
    expect(made.problems).toEqual([`the extern 'per_boot' does not exist in ${kernel.name}`]);
  });

  test("gcc's: without function records in its BTF", () => {
    const made = inspect(readFileSync("test/driver/objects/gcc.bpf.o"), { kernel });
    expect(made.problems).toEqual([]);
    expect(made.programs).toMatchObject([{ name: "probe", type: "TRACING", target: "icmp_rcv" }]);
    expect(made.maps).toMatchObject([{ name: "counts", type: "HASH", key: "u32", value: "u64" }]);
    expect(made.globals).toMatchObject([{ name: "total", value: "5" }]);
  });

  test("are text with a heading for each kind of thing", () => {
    const text = inspectionText(inspect(readFileSync("test/link/objects/probe.bpf.o"), { kernel }), { types: true });
    for (const title of ["programs", "functions", "maps", "globals", "CO-RE relocations", "types"])
      expect(text).toMatch(new RegExp(`^${title}$`, "m"));
  });
});

test("a damaged object is an ElfError or has problems, never a crash", () => {
  const whole = readFileSync("test/link/objects/probe.bpf.o");
  const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(damage, (changes) => {
      const bytes = Uint8Array.from(whole);
      for (const [at, value] of changes) bytes[at] = value;
      try {
        inspect(bytes, { kernel });
      } catch (error) {
        expect(error).toBeInstanceOf(ElfError);
      }
    }),
    { numRuns: 300 },
  );
});

test("maps without BTF are told", () => {
  const bytes = Buffer.from(compile(ours, { kernel, fileName: "ours.bpf" }).object!);
  const name = bytes.indexOf("\0.BTF\0");
  bytes.write(".XTF", name + 1);
  const { maps, problems } = inspect(bytes);
  expect(maps).toEqual([]);
  expect(problems.join("\n")).toMatch(/^\.maps: the object has no BTF/m);
});
