/** Linked programs from assembly text, and the kernel that they are verified for. */
import { readFileSync } from "node:fs";
import { type Insn, slotCount } from "../../src/isa/insn.ts";
import { openKernel } from "../../src/kernel/kernel.ts";
import type { Kernel } from "../../src/kernel/model.ts";
import { parseSection } from "../../src/kernel/sections.ts";
import type { LinkedFunc, LinkedInsn, LinkedMap, LinkedProgram } from "../../src/link/model.ts";
import type { ProgramVerdict } from "../../src/verifier/model.ts";
import { verify } from "../../src/verifier/verify.ts";
import { assemble } from "./assemble.ts";

/** The embedded kernel, which is the one that the verdicts in these tests were taken from. */
export const kernel: Kernel = openKernel({
  arch: "x86",
  btf: readFileSync("data/vmlinux-7.2-x86.btf"),
  index: readFileSync("data/vmlinux-7.2-x86.idx"),
});

const map = (name: string, type: number, keySize: number, valueSize: number, maxEntries: number): LinkedMap => {
  return { name, type, keySize, valueSize, maxEntries, flags: 0, readOnly: false };
};

const rodata = Uint8Array.from({ length: 16 }, (_, i) => (i < 4 ? 97 + i : i === 4 ? 0 : i));

/** Maps that programs name: `hash`, `array` (values of 48 bytes), `ring`, `data` and `rodata` (global data), `perf`, `arena`, `programs`. */
export const maps: readonly LinkedMap[] = [
  map("hash", 1, 4, 48, 64),
  map("array", 2, 4, 48, 16),
  map("ring", 27, 0, 0, 4096),
  map("data", 2, 4, 64, 1),
  { ...map("rodata", 2, 4, 16, 1), readOnly: true, data: rodata },
  map("perf", 4, 4, 4, 8),
  map("arena", 33, 0, 0, 16),
  map("programs", 3, 4, 4, 2),
];

export interface Source {
  readonly section?: string;
  readonly license?: string;
  /** What a struct_ops program is: `sched_ext_ops.dispatch`. */
  readonly operation?: string;
  /** The entry. */
  readonly main: string;
  /** Static functions, by name. */
  readonly [func: string]: string | undefined;
}

const kfuncId = (name: string): number => kernel.btf.byName(name, "func")[0]!;
const kfuncs = Object.fromEntries(
  [
    ...["bpf_session_is_return", "bpf_session_cookie", "bpf_task_acquire", "bpf_task_release", "bpf_task_from_pid"],
    ...["bpf_rcu_read_lock", "bpf_rcu_read_unlock", "bpf_preempt_disable", "bpf_preempt_enable"],
    ...["bpf_iter_num_new", "bpf_iter_num_next", "bpf_iter_num_destroy"],
    ...["bpf_kfree_skb", "bpf_qdisc_skb_drop", "bpf_qdisc_watchdog_schedule", "bpf_skb_get_hash"],
    ...[
      "scx_bpf_dsq_move_to_local",
      "scx_bpf_task_cpu",
      "scx_bpf_nr_cpu_ids",
      "scx_bpf_create_dsq",
      "hid_bpf_get_data",
    ],
  ].map((name) => [name, kfuncId(name)]),
);

/** The program as a loader would hand it over; each source line is a statement. */
export function program(source: Source | string): LinkedProgram {
  const {
    section = "fsession/icmp_rcv",
    license = "GPL",
    operation = "",
    ...texts
  } = typeof source === "string" ? { main: source } : source;
  const names = { maps: maps.map((m) => m.name), kfuncs };
  const bodies = Object.entries(texts).map(([name, text]) => ({ name, insns: assemble(text ?? "", names) }));
  const starts = new Map<string, number>();
  let slots = 0;
  for (const { name, insns } of bodies) {
    starts.set(name, slots);
    slots += insns.reduce((n, insn) => n + slotCount(insn), 0);
  }
  const insns: LinkedInsn[] = [];
  const funcs: LinkedFunc[] = [];
  let slot = 0;
  for (const body of bodies) {
    const start = insns.length;
    for (const insn of body.insns) {
      insns.push({ insn: bound(insn, slot, starts), slot, line: lineOf(slot) });
      slot += slotCount(insn);
    }
    funcs.push({ name: body.name, start, end: insns.length, linkage: body.name === "main" ? "global" : "static" });
  }
  const info = parseSection(section);
  const [struct = "", member = ""] = operation.split(".");
  const structOps = operation === "" ? [] : [{ variable: "ops", struct, member, optional: false }];
  return { name: "main", section, ...(info && { info }), structOps, insns, funcs, maps, license };
}

/** Every slot stands for a source line of its own. */
const lineOf = (slot: number): { file: string; line: number; column: number; text: string } => {
  return { file: "test.bpf", line: slot + 1, column: 1, text: "" };
};

function bound(insn: Insn, slot: number, starts: ReadonlyMap<string, number>): Insn {
  const distance = (name: string): number => (starts.get(name) ?? Number.NaN) - slot - 1;
  if (insn.kind === "call" && insn.callee.kind === "subprog") {
    return { kind: "call", callee: { kind: "subprog_off", off: distance(insn.callee.name) } };
  }
  if (insn.kind === "ld_imm64" && insn.value.kind === "func") {
    return { ...insn, value: { kind: "func_off", off: distance(insn.value.name) } };
  }
  if (insn.kind === "ld_imm64" && insn.value.kind === "map_fd" && maps[insn.value.fd]!.name.endsWith("data")) {
    return { ...insn, value: { kind: "map_value", fd: insn.value.fd, off: 0 } };
  }
  return insn;
}

export const judge = (source: Source | string): ProgramVerdict => verify(program(source), kernel);

/** `accepted`, `unknown` or the code of the refusal. */
export function answer(source: Source | string): string {
  const verdict = judge(source);
  return verdict.findings[0]?.code ?? verdict.verdict;
}
