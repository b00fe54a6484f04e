/** A memory of earlier compilations changes nothing but the time: over any series of edits, object and diagnostics are the same. */
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Compilation, compile } from "../../src/driver/compile.ts";
import { Memory } from "../../src/driver/memory.ts";
import { embeddedKernel } from "../support/kernel.ts";

const kernel = embeddedKernel("x86");
const options = { kernel, fileName: "/p/probe.bpf", warnings: { flags: ["all"] } };

/** Calls, tables of functions, folded constants, loops that are unrolled, strings, assembly, a refused program. */
const varied = `char LICENSE[] SEC("license") = "GPL";
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 8); __type(key, u32); __type(value, u64); } counts SEC(".maps");
static const u32 weights[4] = { 3, 1, 4, 1 };
static u32 start = 40;
static int twice(int n) { return n * 2; }
static int half(int n) { return n / 2; }
static int (*const how[2])(int) = { twice, half };
static __noinline u64 weigh(u64 n, u32 by) { return n * weights[by & 3] + bpf_ktime_get_ns(); }
static __always_inline void count(u32 key, u64 by)
{
	u64 *value = bpf_map_lookup_elem(&counts, &key);
	if (value)
		*value += by;
}
SEC("fsession/icmp_rcv")
int BPF_PROG(first, struct sk_buff *skb)
{
	count(0, weigh(skb->len, 2));
	bpf_printk("len %d", how[0](skb->len));
	return 0;
}
SEC("fentry/icmp_rcv")
int BPF_PROG(second, struct sk_buff *skb)
{
	u64 sum = start;
#pragma unroll
	for (int i = 0; i < 4; i++)
		sum += weights[i] * skb->len;
	asm volatile("%0 += %1" : "+r"(sum) : "i"(5));
	count(1, weigh(sum, 3));
	return 0;
}
SEC("xdp")
int third(struct xdp_md *ctx)
{
	char *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	u64 *never = bpf_map_lookup_elem(&counts, &(u32){ 7 });
	return data + 1 > end ? XDP_DROP : *never ? XDP_PASS : data[0];
}
`;

const sources = [
  varied,
  ...readdirSync("examples", { recursive: true, encoding: "utf8" })
    .filter((name) => /\.bpf(\.c)?$/.test(name))
    .map((name) => readFileSync(`examples/${name}`, "utf8")),
];

interface Edit {
  readonly kind: "number" | "word" | "line" | "blank" | "copy" | "drop" | "undo";
  readonly at: number;
  readonly by: number;
}

const edit = fc.record({
  kind: fc.constantFrom("number", "number", "word", "line", "blank", "copy", "drop", "undo"),
  at: fc.nat(9999),
  by: fc.nat(9999),
}) as fc.Arbitrary<Edit>;

function edited(text: string, { kind, at, by }: Edit, before: string): string {
  if (kind === "undo") return before;
  if (kind === "number" || kind === "word") {
    const found = [...text.matchAll(kind === "number" ? /\b\d+\b/g : /\b[a-z_]\w*\b/g)];
    const one = found[at % found.length];
    if (!one) return text;
    const put = kind === "number" ? String(by % 12) : found[by % found.length]![0];
    return text.slice(0, one.index) + put + text.slice(one.index + one[0].length);
  }
  const lines = text.split("\n");
  const [here, there] = [at % lines.length, by % lines.length];
  if (kind === "blank") lines.splice(here, 0, "");
  if (kind === "line") lines.splice(here, 0, `\t/* ${by} */ (void)bpf_get_smp_processor_id();`);
  if (kind === "copy") lines.splice(here, 0, lines[there]!);
  if (kind === "drop") lines.splice(here, 1);
  return lines.join("\n");
}

/** All of it, in a form that two compilations share. */
const told = ({ object, diagnostics, verdicts, subprogs, ir }: Compilation) => ({
  object: object && Buffer.from(object).toString("hex"),
  diagnostics,
  verdicts,
  subprogs,
  ir: ir(),
});

const run = (text: string, memory?: Memory) => {
  let passes = 0;
  const made = compile(text, { ...options, ...(memory && { memory }), pulse: () => passes++ });
  return { made, passes };
};

describe("a memory", () => {
  test("changes neither object nor diagnostics, whatever is edited", () => {
    fc.assert(
      fc.property(fc.constantFrom(...sources), fc.array(edit, { minLength: 1, maxLength: 6 }), (source, edits) => {
        const memory = new Memory();
        let [before, text] = [source, source];
        run(text, memory);
        for (const one of edits) {
          const next = edited(text, one, before);
          [before, text] = [text, next];
          expect(told(run(text, memory).made)).toEqual(told(run(text).made));
        }
      }),
      { numRuns: 25 },
    );
  }, 120_000);

  test.each([
    ["a variable that one more writes", "u64 *never", "start++; u64 *never"],
    ["a number in one program", "count(1, weigh", "count(2, weigh"],
    ["the place of all that follows", 'SEC("fsession', '\n\nSEC("fsession'],
    ["a constant that others read", "{ 3, 1, 4, 1 }", "{ 3, 1, 4, 2 }"],
    ["a table of functions", "{ twice, half }", "{ half, twice }"],
    ["a function that is inlined in two", "*value += by", "*value -= by"],
    ["a function that two call", "n * weights", "n + weights"],
    ["a text", "len %d", "length: %d"],
    ["the licence", '"GPL"', '"BSD"'],
    ["a map", "_entries, 8", "_entries, 9"],
    ["what the refused program does", "data[0]", "data[0] + 1"],
  ])("sees a change of %s, and less work for it", (_, old, put) => {
    const memory = new Memory();
    run(varied, memory);
    const again = run(varied, memory);
    const text = varied.replace(old, put);
    const [fresh, kept] = [run(text), run(text, memory)];
    expect(told(kept.made)).toEqual(told(fresh.made));
    expect(again.passes).toBeLessThan(run(varied).passes / 4);
    expect(kept.passes).toBeLessThanOrEqual(fresh.passes);
  });

  test("starts anew for another machine", () => {
    const memory = new Memory();
    run(varied, memory);
    const other = { ...options, cpu: "v4" as const };
    expect(told(compile(varied, { ...other, memory }))).toEqual(told(compile(varied, other)));
  });

  test("goes on after a compilation that was broken off", () => {
    const memory = new Memory();
    let left = 40;
    const pulse = () => {
      if (left-- === 0) throw new Error("outdated");
    };
    expect(() => compile(varied, { ...options, memory, pulse })).toThrow("outdated");
    expect(told(run(varied, memory).made)).toEqual(told(run(varied).made));
  });
});
