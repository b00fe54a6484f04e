/** `fix` as a shell runs it, and the formats for other tools. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folder, good } from "./run.ts";

const bad = `char LICENSE[] SEC("license") = "GPL";
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, u32);
	__type(value, u64);
} counts SEC(".maps");
u32 table[16];

SEC("fsession/icmp_rcv")
int BPF_PROG(probe, struct sk_buff *skb)
{
	u32 key = 0;
	u64 *count = bpf_map_lookup_elem(&counts, &key);
	*count += 1;
	table[skb->len] += 1;
	return bpf_session_is_return(ctx);
}
`;

describe("fix", () => {
  test("mends one thing after the other, and then the file builds", () => {
    const f = folder();
    f.put("bad.bpf", bad);
    const ran = f.run("fix", "bad.bpf");
    expect(ran).toMatchObject({ code: 0, err: "" });
    expect(ran.out.split("\n").map((l) => /\[(E\d+)\]$/.exec(l)?.[1])).toEqual(["E0510", "E0526", "E0562", undefined]);
    const text = f.read("bad.bpf").toString();
    for (const part of ["\tif (!count)\n\t\treturn 0;\n", "table[skb->len & 15]", "\treturn 0;\n}"])
      expect(text).toContain(part);
    expect(f.run("check", "-Werror", "bad.bpf").code).toBe(0);
  });

  test("--dry-run prints a patch that makes the same of the file, and leaves it alone", () => {
    const f = folder();
    f.put("bad.bpf", bad);
    const ran = f.run("fix", "--dry-run", "bad.bpf");
    expect(ran.code).toBe(0);
    expect(f.read("bad.bpf").toString()).toBe(bad);
    f.put("a.patch", ran.out);
    execFileSync("patch", ["-s", "bad.bpf", join(f.path, "a.patch")], { cwd: f.path });
    f.put("again.bpf", bad);
    f.run("fix", "again.bpf");
    expect(f.read("bad.bpf").toString()).toBe(f.read("again.bpf").toString());
  });

  test("says what is left, and touches nothing that it cannot mend", () => {
    const f = folder();
    f.put("good.bpf", good);
    f.put("syntax.bpf", "int f(;\n");
    expect(f.run("fix", "good.bpf")).toEqual({ code: 0, out: "", err: "" });
    expect(f.read("good.bpf").toString()).toBe(good);
    const ran = f.run("fix", "syntax.bpf", "none.bpf");
    expect(ran.code).toBe(1);
    expect(ran.err).toContain("E0701");
    expect(f.read("syntax.bpf").toString()).toBe("int f(;\n");
  });
});

describe("formats for other tools", () => {
  test("SARIF is one document for all files of a run", () => {
    const f = folder();
    f.put("bad.bpf", bad);
    f.put("good.bpf", good);
    f.put("syntax.bpf", "int f(;\n");
    const { err, code } = f.run("check", "--diagnostics", "sarif", "bad.bpf", "good.bpf", "syntax.bpf");
    expect(code).toBe(1);
    const results = JSON.parse(err).runs[0].results as { ruleId: string; fixes?: unknown }[];
    expect(results.some((r) => r.ruleId === "E0510" && r.fixes)).toBe(true);
    expect(results.some((r) => /^E01/.test(r.ruleId))).toBe(true);
    expect(JSON.parse(f.run("check", "--diagnostics=sarif", "good.bpf").err).runs[0].results).toEqual([]);
  });

  test("workflow commands", () => {
    const f = folder();
    f.put("bad.bpf", bad);
    expect(f.run("check", "--diagnostics", "github", "bad.bpf").err).toMatch(
      /^::error file=bad\.bpf,line=15,.*E0510::/,
    );
  });
});
