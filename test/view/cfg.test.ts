/** The control flow in three forms, of a function with a branch, a loop and source that would break a careless writer. */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../src/driver/compile.ts";
import { type DisassembledFunc, disassemble } from "../../src/driver/disassemble.ts";
import { openKernel } from "../../src/kernel/kernel.ts";
import { flowOf } from "../../src/view/blocks.ts";
import { draw } from "../../src/view/cfg.ts";

const source = `char LICENSE[] SEC("license") = "GPL";
SEC("xdp")
int loop(struct xdp_md *ctx)
{
    u64 sum = 0;

    for (u32 i = 0; i < (bpf_get_prandom_u32() & 31); i++)
        sum += bpf_ktime_get_ns() & 0xff;
    if (sum > 7)
        bpf_printk("\\"<%llu>\\" & #", sum);
    return XDP_PASS;
}
`;

let funcs: readonly DisassembledFunc[];
beforeAll(() => {
  const kernel = openKernel({ arch: "x86", btf: readFileSync("data/vmlinux-7.2-x86.btf") });
  funcs = disassemble(compile(source, { kernel }).object!).funcs;
});

describe("blocks", () => {
  test("hold every instruction once, and edges go from block to block", () => {
    const { blocks, edges } = flowOf(funcs[0]!);
    const slots = blocks.flatMap(({ rows }) => rows.filter(({ kind }) => kind === "insn").map(({ slot }) => slot));
    expect(slots).toEqual(funcs[0]!.insns.map(({ slot }) => slot));
    const starts = blocks.map(({ slot }) => slot);
    for (const { from, to } of edges) expect([starts.includes(from), starts.includes(to)]).toEqual([true, true]);
  });

  test("a branch has two ways out, a return none, a loop one back", () => {
    const { blocks, edges } = flowOf(funcs[0]!);
    const out = (slot: number) => edges.filter(({ from }) => from === slot).length;
    for (const { slot, rows } of blocks) {
      const last = rows.at(-1)!.text;
      expect(out(slot)).toBe(last === "exit" ? 0 : last.startsWith("if ") ? 2 : 1);
    }
    expect(edges.some(({ from, to }) => to <= from)).toBe(true);
  });
});

/** Tags that XML would miss the end of, and characters that it would not take. */
function unclosed(xml: string): readonly string[] {
  const open: string[] = [];
  const rest = xml.replace(
    /<(\/?)(\w+)((?: [\w-]+="[^"<&]*(?:&\w+;[^"<&]*)*")*)(\/?)>/g,
    (_, end, name, _attributes, empty) => {
      if (end && open.pop() !== name) open.push(`</${name}>`);
      if (!end && !empty) open.push(name);
      return "";
    },
  );
  return [...open, ...(rest.match(/[<>]|&(?!(?:amp|lt|gt|quot|#39);)/g) ?? [])];
}

describe("pictures", () => {
  test("dot names every block and edge", () => {
    const text = draw(funcs, "dot");
    const { blocks, edges } = flowOf(funcs[0]!);
    expect(text.match(/ \[label=/g)).toHaveLength(blocks.length);
    expect(text.match(/ -> /g)).toHaveLength(edges.length);
    const quotes = text.replace(/\\./g, "").match(/"/g) ?? [];
    expect(quotes.length % 2).toBe(0);
  });

  test("mermaid has no character that it would read", () => {
    for (const label of draw(funcs, "mermaid").matchAll(/\["(.*)"\]/g))
      expect(label[1]!.replaceAll("<br/>", "")).not.toMatch(/["<>&]/);
  });

  test("SVG is well-formed, with blocks that do not cover one another", () => {
    const text = draw(funcs, "svg");
    expect(unclosed(text)).toEqual([]);
    const boxes = [...text.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g)].map((m) =>
      m.slice(1).map(Number),
    );
    expect(boxes.length).toBe(flowOf(funcs[0]!).blocks.length);
    for (const [i, [x, y, w, h]] of boxes.entries())
      for (const [a, b, c, d] of boxes.slice(i + 1))
        expect(x! + w! <= a! || a! + c! <= x! || y! + h! <= b! || b! + d! <= y!).toBe(true);
  });
});
