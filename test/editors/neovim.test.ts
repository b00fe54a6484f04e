/** Neovim without a screen against the built command: open, diagnostics, mend, hover, completion, rename. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";

const there = spawnSync("nvim", ["--version"]).status === 0;
const folder = mkdtempSync(join(tmpdir(), "bpfasm-nvim-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const source = `char LICENSE[] SEC("license") = "GPL";
SEC("fsession/icmp_rcv")
int BPF_PROG(probe, struct sk_buff *skb) {
	u64 now = bpf_ktime_get_ns();
	bpf_printk("%llu %d", now, skb->lenn);
	return 0;
}
`;

test.skipIf(!there && !process.env.CI)("an editing session", () => {
  writeFileSync(join(folder, "probe.bpf"), source);
  const made = spawnSync(
    "nvim",
    [
      "--headless",
      "-u",
      "NONE",
      "-n",
      "-i",
      "NONE",
      "--cmd",
      "set rtp+=editors/neovim",
      "-c",
      "filetype plugin on",
      "-c",
      "luafile test/editors/neovim.lua",
    ],
    {
      encoding: "utf8",
      timeout: 90_000,
      env: {
        ...process.env,
        HOME: folder,
        XDG_STATE_HOME: folder,
        PROBE_FOLDER: folder,
        NODE: process.execPath,
        BPFASM: resolve("dist/bpfasm.js"),
      },
    },
  );
  expect(made.stdout).toMatch(/^\{/);
  const seen = JSON.parse(made.stdout) as Record<string, unknown> & {
    hover: string;
    completion: string[];
    text: string[];
  };
  expect(seen.filetype).toBe("bpf");
  expect(seen.diagnostics).toMatchObject([{ code: "E0206", line: 5 }]);
  expect(seen.action).toBe("change 'lenn' to 'len'");
  expect(seen.hover).toContain("unsigned int len");
  expect(seen.completion).toEqual(expect.arrayContaining(["len", "data_len", "sk"]));
  expect(seen.definition).toBe(4);
  expect(seen.text.slice(3, 5)).toEqual([
    "\tu64 start = bpf_ktime_get_ns();",
    '\tbpf_printk("%llu %d", start, skb->len);',
  ]);
  expect(seen.symbols).toBe("LICENSE");
});
