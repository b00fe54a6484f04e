/** Types as C: compilers take them and lay them out as BTF says. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { printTypes } from "../../src/btf/c-text.ts";
import { openBtf } from "../../src/btf/reader.ts";
import type { TypeId } from "../../src/btf/type.ts";
import { BtfWriter } from "../../src/btf/writer.ts";
import { compile } from "../../src/driver/compile.ts";
import { readObject } from "../../src/elf/reader.ts";
import { openKernel } from "../../src/kernel/kernel.ts";
import type { Kernel } from "../../src/kernel/model.ts";

let kernel: Kernel;
beforeAll(() => {
  kernel = openKernel({ arch: "x86", btf: readFileSync("data/vmlinux-7.2-x86.btf") });
});

const source = `
struct pair { char a; long b; };
struct tight { char a; long b; short c; } __attribute__((packed));
struct bits { unsigned a : 3; unsigned : 5; unsigned b : 9; unsigned char c; long long d : 40; };
struct list { struct list *next; int (*call)(struct pair *, int); };
typedef struct { int x; union { long l; char text[16]; }; enum { LEFT, RIGHT = 7 } side; } box_t;
enum colour { RED = -1, GREEN };
struct apart { char a; int b __attribute__((aligned(32))); };
struct all { struct pair pair; struct tight tight; struct bits bits; struct list list; box_t box; enum colour colour;
	struct apart apart; const volatile char *names[3]; };
struct all all;
char LICENSE[] SEC("license") = "GPL";
SEC("xdp") int probe(struct xdp_md *ctx) { return all.pair.a ? XDP_PASS : XDP_DROP; }
`;

/** Sizes and offsets of every named struct, as assertions that a compiler checks. */
function assertions(bytes: Uint8Array): string {
  const btf = openBtf(bytes);
  const rows: string[] = [];
  for (let id = 1; id < btf.typeCount; id++) {
    const type = btf.type(id as TypeId);
    if (type.kind !== "struct" || type.name === "") continue;
    rows.push(`_Static_assert(sizeof(struct ${type.name}) == ${type.size}, "size of ${type.name}");`);
    for (const m of type.members.filter((one) => one.name !== "" && !one.bitSize))
      rows.push(
        `_Static_assert(__builtin_offsetof(struct ${type.name}, ${m.name}) == ${m.bitOff / 8}, "${type.name}.${m.name}");`,
      );
  }
  return rows.join("\n");
}

const hasClang = spawnSync("clang-19", ["--version"]).status === 0;

/** Refuses text with an error in it, or with an assertion that does not hold: by our own compiler, and clang if it is here. */
function compiles(text: string): void {
  const { diagnostics } = compile(text, { kernel, warnings: { none: true } });
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  if (!hasClang) return;
  execFileSync("clang-19", ["-target", "bpf", "-fsyntax-only", "-w", "-x", "c", "-"], { input: text });
}

describe("types as C", () => {
  test("have the layout that BTF says", () => {
    const btf = readObject(compile(source, { kernel }).object!).btf!;
    const text = printTypes(openBtf(btf));
    expect(text).toContain("struct tight {");
    expect(text.indexOf("enum colour {")).toBeLessThan(text.indexOf("struct all {"));
    compiles(`${text}\n${assertions(btf)}`);
  });

  test("a kernel struct of a program keeps its name", () => {
    const probe = `char LICENSE[] SEC("license") = "GPL";
SEC("fentry/icmp_rcv") int BPF_PROG(probe, struct sk_buff *skb) 
{
	bpf_printk("%u", skb->len);
	return 0;
}`;
    const text = printTypes(openBtf(readObject(compile(probe, { kernel }).object!).btf!));
    expect(text).toMatch(/struct sk_buff \{/);
    compiles(text);
  });

  test("types that hold themselves come to an end", () => {
    const writer = new BtfWriter();
    const self = 1 as TypeId;
    writer.add({
      kind: "struct",
      name: "",
      size: 8,
      members: [
        { name: "a", type: self, bitOff: 0 },
        { name: "b", type: self, bitOff: 0 },
      ],
    });
    writer.add({ kind: "typedef", name: "loop", type: 3 as TypeId });
    writer.add({ kind: "typedef", name: "loop", type: 2 as TypeId });
    writer.add({ kind: "struct", name: "holds", size: 8, members: [{ name: "a", type: self, bitOff: 0 }] });
    expect(() => printTypes(openBtf(writer.finish()))).not.toThrow(RangeError);
  });
});
