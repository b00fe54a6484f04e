import { describe, expect, test } from "vitest";
import { printType } from "../../src/btf/print.ts";
import type { TypeId } from "../../src/btf/type.ts";
import { type AttachTarget, attachTarget } from "../../src/kernel/attach-target.ts";
import type { Kernel } from "../../src/kernel/model.ts";
import { parseSection } from "../../src/kernel/sections.ts";
import { embedded, madeUp } from "./kernels.ts";

const x86 = embedded("x86");
const answer = (section: string, kernel: Kernel = x86) => attachTarget(kernel, parseSection(section)!);

function target(section: string): AttachTarget {
  const a = answer(section);
  if (a.kind !== "target") throw new Error(`${section}: ${a.kind}`);
  return a.target;
}

describe("targets", () => {
  test("arguments, slots and the return slot", () => {
    const t = target("fsession/icmp_rcv");
    expect(t).toMatchObject({ kind: "func", name: "icmp_rcv", retSize: 4, returnSlot: 1 });
    expect(t.slots).toEqual([{ param: 0, name: "skb", type: t.params[0]!.type, part: 0 }]);
    expect(printType(t.btf, t.params[0]!.type)).toBe("struct sk_buff *");
    expect(target("fentry/icmp_rcv")).not.toHaveProperty("returnSlot");
    expect(target("fexit/vmlinux:icmp_rcv").returnSlot).toBe(1);
  });

  test("a void function has no return slot", () => {
    expect(target("fsession/kfree")).toMatchObject({ retSize: 0 });
    expect(target("fsession/kfree")).not.toHaveProperty("returnSlot");
  });

  test("the hidden parameter of a tracepoint is left out", () => {
    const t = target("tp_btf/sched_switch");
    expect(t.kind).toBe("tracepoint");
    expect(t.params.map((p) => printType(t.btf, p.type))).toEqual([
      "bool",
      "struct task_struct *",
      "struct task_struct *",
      "unsigned int",
    ]);
    expect(t.btf.type(t.id)).toMatchObject({ kind: "typedef", name: "btf_trace_sched_switch" });
  });

  test("hooks and iterators", () => {
    expect(target("lsm/file_open")).toMatchObject({ kind: "lsm", returnSlot: 1 });
    expect(target("iter/task").params.map((p) => p.name)).toEqual(["meta", "task"]);
  });

  test.each([
    ["fsession", "unset"],
    ["fsession.multi/tcp_*", "unset"],
    ["freplace/f", "unset"],
    ["xdp", "none"],
    ["kprobe/do_exit", "none"],
    ["fentry/XXX", "elsewhere"],
    ["fentry/bpf_testmod_fentry_test1", "elsewhere"],
    ["fexit/nosuchmodule:icmp_rcv", "elsewhere"],
    ["tp_btf/bpf_testmod_test_read", "elsewhere"],
    ["iter/bpf_testmod_sequence", "elsewhere"],
  ])("%s: %s", (section, kind) => {
    expect(answer(section).kind).toBe(kind);
  });
});

describe("refusals", () => {
  test.each([
    ["fsession/icmp_recv", "E0301", "icmp_rcv"],
    ["fsession/nosuchmodule:icmp_rcv", "E0301", "--btf-module"],
    ["fsession/bpf_testmod_fentry_test1", "E0301", ""],
    ["fentry/icmp_recv", "E0301", "icmp_rcv"],
    ["fentry/migrate_enable", "E0303", ""],
    ["fsession/do_exit", "E0304", "fentry"],
    ["fexit/do_exit", "E0304", "fentry"],
    ["fsession/_printk", "E0306", ""],
    ["fsession.s/icmp_rcv", "E0307", "fsession/icmp_rcv"],
    ["lsm.s/file_free_security", "E0307", ""],
    ["tp_btf.s/sched_switch", "E0307", "tp_btf/sched_switch"],
    ["tp_btf/sched_swich", "E0311", "sched_switch"],
    ["lsm/file_opn", "E0312", "file_open"],
    ["iter/tasks", "E0313", "task"],
    ["fmod_ret/icmp_rcv", "E0314", ""],
  ])("%s: %s", (section, code, help) => {
    const a = answer(section);
    expect(a).toMatchObject({ kind: "problem", problem: { code } });
    if (a.kind === "problem") expect(a.problem.help ?? "").toContain(help);
  });

  test.each([
    "fentry/do_exit",
    "fsession.s/__x64_sys_getpgid",
    "fmod_ret/security_file_open",
    "fsession.s/bpf_fentry_test1",
    "lsm.s/file_open",
    "tp_btf.s/sys_enter",
  ])("%s is allowed", (section) => {
    expect(answer(section).kind).toBe("target");
  });

  test.each(["tp_btf.s/sys_enter", "raw_tp.s/sys_enter", "tp.s/syscalls/sys_enter_openat"])(
    "%s came after Linux 7.0",
    (section) => {
      expect(answer(section).kind).not.toBe("problem");
      const older: Kernel = { ...x86, version: { major: 7, minor: 0 } };
      expect(answer(section, older)).toMatchObject({ kind: "problem", problem: { code: "E0302" } });
    },
  );

  test("the entry points of another architecture do not count", () => {
    expect(attachTarget(embedded("arm64"), parseSection("fsession.s/__arm64_sys_getpgid")!).kind).toBe("target");
  });

  test("without an error injection list only system calls count, and before 7.1 none", () => {
    const kernel = (names: readonly string[], minor: number): Kernel => {
      const made = madeUp((w) => {
        const values = [{ name: "BPF_TRACE_FSESSION", value: 58n }];
        w.add({ kind: "enum", name: "e", size: 4, signed: false, values });
        const type = w.add({ kind: "func_proto", ret: 0 as TypeId, params: [], variadic: false });
        for (const name of names) w.add({ kind: "func", name, type, linkage: "global" });
      });
      return { ...made, version: { major: 7, minor } };
    };
    const kindOf = (section: string, k: Kernel): string => answer(section, k).kind;
    const names = ["__x64_sys_getpgid", "btrfs_cow_block", "should_failslab"];
    const bare = kernel(names, 2);
    const listed = kernel([...names, "within_error_injection_list"], 0);
    expect(names.map((n) => kindOf(`fsession.s/${n}`, bare))).toEqual(["target", "problem", "problem"]);
    expect(names.map((n) => kindOf(`fsession.s/${n}`, listed))).toEqual(["target", "target", "problem"]);
    expect(names.map((n) => kindOf(`fsession.s/${n}`, kernel(names, 0)))).toEqual(["problem", "problem", "problem"]);
  });

  test("a kernel without sessions is named in one problem", () => {
    const old = madeUp((w) => {
      w.add({
        kind: "enum",
        name: "e",
        size: 4,
        signed: false,
        values: [{ name: "BPF_TRACE_KPROBE_SESSION", value: 56n }],
      });
    });
    const a = answer("fsession/icmp_rcv", old);
    expect(a).toMatchObject({ kind: "problem", problem: { code: "E0302" } });
    if (a.kind === "problem") expect(a.problem.text).toContain("BPF_TRACE_FSESSION");
  });
});

describe("prototypes that a trampoline cannot pass", () => {
  const kernel = madeUp((w) => {
    const values = [
      { name: "BPF_TRACE_FSESSION", value: 58n },
      { name: "BPF_TRACE_FENTRY", value: 24n },
    ];
    w.add({ kind: "enum", name: "bpf_attach_type", size: 4, signed: false, values });
    const u64 = w.add({ kind: "int", name: "u64", size: 8, bits: 64, encoding: "unsigned" });
    const pair = w.add({ kind: "struct", name: "pair", size: 16, members: [] });
    const big = w.add({ kind: "struct", name: "big", size: 24, members: [] });
    const real = w.add({ kind: "float", name: "double", size: 8 });
    const func = (name: string, ret: typeof u64, params: readonly (typeof u64)[], variadic = false): void => {
      const list = params.map((type, i) => ({ name: `a${i}`, type }));
      const type = w.add({ kind: "func_proto", ret, params: list, variadic });
      w.add({ kind: "func", name, type, linkage: "static" });
    };
    func("mixed", u64, [u64, pair, u64]);
    func("many", u64, Array(13).fill(u64));
    func("any", u64, [u64], true);
    func("large", u64, [big]);
    func("real", u64, [real]);
    func("gives", pair, []);
  });

  test("a 16-byte structure takes two slots", () => {
    const a = answer("fsession/mixed", kernel);
    expect(a).toMatchObject({ kind: "target", target: { returnSlot: 4 } });
    if (a.kind === "target")
      expect(a.target.slots.map((s) => [s.param, s.part])).toEqual([
        [0, 0],
        [1, 0],
        [1, 1],
        [2, 0],
      ]);
  });

  test.each([
    ["many", "13 arguments"],
    ["any", "variable arguments"],
    ["large", "larger than 16"],
    ["real", "floating-point"],
    ["gives", "returns a structure"],
  ])("%s: %s", (name, why) => {
    const a = answer(`fentry/${name}`, kernel);
    expect(a).toMatchObject({ kind: "problem", problem: { code: "E0306" } });
    if (a.kind === "problem") expect(a.problem.text).toContain(why);
  });
});
