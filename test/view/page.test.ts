/** The page about an object, in a real browser: what belongs together lights up together. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../src/driver/compile.ts";
import { type Disassembly, disassemble } from "../../src/driver/disassemble.ts";
import { openKernel } from "../../src/kernel/kernel.ts";
import { bytecodeView } from "../../src/view/bytecode-view.ts";
import { page } from "../../src/view/page.ts";
import { Browser, chromium, type Page } from "./chromium.ts";

const source = `char LICENSE[] SEC("license") = "GPL";
static __attribute__((noinline)) int twice(int n) { return n * 2; }

SEC("fsession/icmp_rcv")
int BPF_PROG(probe, struct sk_buff *skb)
{
    u64 *cookie = bpf_session_cookie(ctx);

    if (!bpf_session_is_return(ctx))
        *cookie = twice(skb->len);
    else
        bpf_printk("</script><b id=evil>%d", *cookie);
    return 0;
}
`;

const folder = mkdtempSync(join(tmpdir(), "bpfasm-page-"));
let html: string;
let made: Disassembly;
let browser: Browser | undefined;
let shown: Page;

beforeAll(async () => {
  const kernel = openKernel({ arch: "x86", btf: readFileSync("data/vmlinux-7.2-x86.btf") });
  const object = compile(source, { kernel, fileName: "probe.bpf" }).object!;
  made = disassemble(object, { kernel, states: true });
  html = page({ made, title: "probe.bpf.o", kernel: kernel.name, sources: new Map([["probe.bpf", source]]) });
  const path = join(folder, "page.html");
  writeFileSync(path, html);
  if (!chromium) return;
  browser = await Browser.start();
  shown = await browser.open(pathToFileURL(path).href);
});
afterAll(async () => {
  await browser?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("names nothing outside itself", () => {
  expect(html).not.toMatch(/(src|href)=|url\((?!#)|@import|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
  expect(html).toContain("default-src &#39;none&#39;".replaceAll("&#39;", "'"));
});

test("beside a source the view leaves it out", () => {
  const [beside, alone] = [true, false].map((isBeside) => bytecodeView({ made, isBeside }));
  expect(beside).not.toContain("bpf-source");
  expect(alone).toContain("bpf-source");
  expect(beside).toContain("call twice");
});

test("text of the object cannot become markup", () => {
  expect(html).not.toContain("<b id=evil>");
});

const texts = (selector: string): Promise<string[]> =>
  shown.evaluate(`[...document.querySelectorAll(${JSON.stringify(selector)})].map((e) => e.textContent)`);

describe.runIf(chromium)("in Chromium", () => {
  test("loads without a complaint", async () => {
    expect(shown.complaints).toEqual([]);
    expect(await texts("h1")).toEqual(["probe.bpf.o"]);
  });

  test("resting on a source line marks its instructions and blocks", async () => {
    await shown.point('.bpf-line[data-line^="10 "]');
    const marked = await texts(".bpf-insn.bpf-on .bpf-text");
    expect(marked.length).toBeGreaterThan(1);
    expect(marked).toContain("call twice");
    const drawn = await texts(".bpf-picture:not([hidden]) text.bpf-on");
    expect(drawn.map((text) => text.trim())).toContain("call twice");
  });

  test("resting on an instruction marks its line and shows what is known", async () => {
    await shown.point('.bpf-code [data-func="1"] [data-slot="0"]');
    const [line] = await texts(".bpf-line.bpf-on");
    expect(line).toContain("BPF_PROG(probe");
    expect(await texts('.bpf-state tr[data-place="r1"]')).toEqual(["r1a pointer to the context"]);
  });

  test("a click keeps it, arrows move on, another click lets go", async () => {
    await shown.point('.bpf-code [data-func="1"] [data-slot="1"]', true);
    await shown.point('.bpf-line[data-line^="13 "]');
    expect(await texts(".bpf-pinned .bpf-no")).toEqual(["1"]);
    await shown.evaluate(
      'document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }))',
    );
    expect(await texts(".bpf-pinned .bpf-no")).toEqual(["2"]);
    await shown.point('.bpf-code [data-func="1"] .bpf-pinned', true);
    await shown.point('.bpf-line[data-line^="13 "]');
    expect(await texts(".bpf-pinned")).toEqual([]);
    expect(await texts(".bpf-line.bpf-on")).toEqual([expect.stringContaining("return 0;")]);
  });

  test("a block of the picture leads to its instructions", async () => {
    await shown.point('.bpf-picture:not([hidden]) text.cfg-insn[data-slot="0"]');
    expect(await texts(".bpf-line.bpf-on")).toEqual([expect.stringContaining("BPF_PROG(probe")]);
    if (process.env.BPFASM_PICTURE) writeFileSync(process.env.BPFASM_PICTURE, await shown.picture());
  });

  test("an editor beside it hears of rows that are chosen, and shows its own line", async () => {
    await shown.evaluate(`addEventListener("bpfasm-line", ({ detail }) => { window.heard = detail; })`);
    await shown.point('.bpf-code [data-func="1"] [data-slot="1"]', true);
    expect(await shown.evaluate("window.heard")).toEqual({ file: "probe.bpf", line: 5 });
    await shown.point('.bpf-code [data-func="1"] .bpf-pinned', true);
    await shown.evaluate(
      'for (const e of document.querySelectorAll(".bpf-on")) e.classList.remove("bpf-on"); window.beside = bpfasmView(document.querySelector(".bpf-view")); beside.showLine("probe.bpf", 13); beside.showFunction("probe")',
    );
    expect(await texts(".bpf-line.bpf-on")).toEqual([expect.stringContaining("return 0;")]);
    expect((await texts(".bpf-insn.bpf-on .bpf-text")).length).toBeGreaterThan(0);
    await shown.evaluate('beside.showLine("other.bpf", 13)');
    expect(await texts(".bpf-on")).toEqual([]);
  });
});
