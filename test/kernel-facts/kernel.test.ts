import { describe, expect, test } from "vitest";
import { lsmHook, returnRange, tracepointArg } from "../../src/kernel/attach.ts";
import { contextAccess, contextLayout, contextRule, ptRegs } from "../../src/kernel/contexts.ts";
import { hasSessions } from "../../src/kernel/kernel.ts";
import { limitsOf } from "../../src/kernel/limits.ts";
import { parseSection } from "../../src/kernel/sections.ts";
import { atLeast, guessVersion, parseVersion } from "../../src/kernel/version.ts";
import { embedded, madeUp } from "./kernels.ts";

const section = (name: string) => parseSection(name)!;

describe("the embedded kernels", () => {
  test.each(["x86", "arm64"] as const)("%s", (arch) => {
    const kernel = embedded(arch);
    expect(kernel).toMatchObject({ name: `Linux 7.2 (${arch})`, version: { major: 7, minor: 2 } });
    expect(hasSessions(kernel)).toBe(true);
    expect(limitsOf(kernel)).toMatchObject({ callFrames: 16, insns: 1_000_000 });
    const [regs] = kernel.btf.byName("pt_regs", "struct");
    expect(kernel.btf.type(regs!)).toMatchObject({ size: ptRegs(arch).size });
  });
});

test("releases are told by what they brought", () => {
  const kernel = madeUp((w) => {
    w.add({ kind: "enum", name: "e", size: 4, signed: false, values: [{ name: "BPF_MAP_TYPE_ARENA", value: 33n }] });
  });
  expect(kernel.version).toEqual({ major: 6, minor: 9 });
  expect(hasSessions(kernel)).toBe(false);
  expect(limitsOf(kernel).callFrames).toBe(8);
  expect(guessVersion(madeUp(() => {}).btf)).toEqual({ major: 5, minor: 4 });
});

test.each([
  ["7.2", { major: 7, minor: 2 }],
  ["6.18.15+deb13-amd64", { major: 6, minor: 18 }],
  ["v6.12-rc1", { major: 6, minor: 12 }],
  ["7", undefined],
  ["seven.two", undefined],
])("version %s", (text, version) => {
  expect(parseVersion(text)).toEqual(version);
});

test("versions compare", () => {
  expect(atLeast({ major: 7, minor: 0 }, 6, 19)).toBe(true);
  expect(atLeast({ major: 6, minor: 18 }, 6, 19)).toBe(false);
});

describe("return values", () => {
  test.each([
    ["fsession/f", { min: 0n, max: 0n }],
    ["fentry.multi/f", { min: 0n, max: 0n }],
    ["tp_btf/t", "any"],
    ["fmod_ret/f", "any"],
    ["iter/task", { min: 0n, max: 1n }],
    ["kprobe.session/f", { min: 0n, max: 1n }],
    ["kprobe/f", "any"],
    ["xdp", "any"],
    ["cgroup_skb/egress", { min: 0n, max: 3n }],
    ["cgroup_skb/ingress", { min: 0n, max: 1n }],
    ["lsm/file_open", { min: -4095n, max: 0n }],
    ["lsm/file_free_security", "unchecked"],
    ["lsm/no_such_hook", undefined],
    ["struct_ops/x", undefined],
  ] as const)("%s", (name, range) => {
    expect(returnRange(section(name))).toEqual(range);
  });
});

test("hooks and tracepoint arguments", () => {
  expect(lsmHook("file_open")).toMatchObject({ isVoid: false, attachable: true, sleepable: true, trustedArgs: true });
  expect(tracepointArg("sched_pi_setprio", 1)).toEqual({ maybeNull: true, maybeError: false });
  expect(tracepointArg("sched_pi_setprio", 0)).toEqual({ maybeNull: false, maybeError: false });
  expect(tracepointArg("no_such_tracepoint", 0)).toEqual({ maybeNull: false, maybeError: false });
});

describe("contexts", () => {
  test.each(["x86", "arm64"] as const)("layouts agree with the kernel's BTF of %s", (arch) => {
    const { btf } = embedded(arch);
    for (const name of ["__sk_buff", "xdp_md", "bpf_sock_addr", "sk_msg_md", "bpf_sk_lookup", "bpf_perf_event_data"]) {
      const type = btf.type(btf.byName(name, "struct")[0]!);
      expect(contextLayout(name, arch)?.size).toBe(type.kind === "struct" ? type.size : undefined);
    }
  });

  test("rights depend on program and attach type", () => {
    const field = (where: string, ctx: string, name: string) =>
      contextAccess(ctx, section(where)).find((f) => f.field === name);
    expect(field("xdp", "xdp_md", "data")).toMatchObject({
      read: [4],
      write: [],
      reg: "PTR_TO_PACKET",
      noSignExtend: true,
    });
    expect(field("xdp", "xdp_md", "egress_ifindex")).toBeUndefined();
    expect(field("xdp/devmap", "xdp_md", "egress_ifindex")).toMatchObject({ read: [4] });
    expect(field("tc", "__sk_buff", "mark")).toEqual(field("classifier", "__sk_buff", "mark"));
    expect(field("socket", "__sk_buff", "data")).toBeUndefined();
  });

  test("rules by program type", () => {
    expect(contextRule("TRACING")).toMatchObject({ modified: "constant", offMin: 0, offBelow: 96 });
    expect(contextRule("RAW_TRACEPOINT")).toMatchObject({ read: [1, 2, 4, 8], write: [], aligned: true });
    expect(ptRegs("x86").parm[0]).toBe("di");
    expect(ptRegs("arm64")).toMatchObject({ returnValue: "regs[0]", size: 320 });
  });
});
