import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { DiagSink } from "../../src/diag/diagnostic.ts";
import { readObject } from "../../src/elf/reader.ts";
import { writeObject } from "../../src/elf/writer.ts";
import { encodeInsns } from "../../src/isa/encode.ts";
import { printInsn } from "../../src/isa/print.ts";
import { linkObject } from "../../src/link/link.ts";
import type { LinkedProgram } from "../../src/link/model.ts";
import { cookieSession, everything } from "../elf/fsession.ts";
import { kernel } from "./kernel.ts";

const probe = new Uint8Array(readFileSync(new URL("objects/probe.bpf.o", import.meta.url)));

function link(bytes: Uint8Array): {
  readonly programs: readonly LinkedProgram[];
  readonly problems: readonly string[];
} {
  const sink = new DiagSink();
  const programs = linkObject(readObject(bytes), kernel, sink);
  return { programs, problems: sink.diagnostics.map(({ code, text }) => `${code} ${text}`) };
}

const texts = ({ insns, maps }: LinkedProgram): readonly string[] =>
  insns.map(({ insn, slot }) => `${slot}: ${printInsn(insn, { names: { map: (fd) => maps[fd]?.name } })}`);

describe("an object of clang", () => {
  const { programs, problems } = link(probe);
  const [main, second] = programs as [LinkedProgram, LinkedProgram];
  const listing = texts(main).join("\n");

  test("links", () => {
    expect(problems).toEqual([]);
    expect(programs.map(({ name, info }) => [name, info?.attachType])).toEqual([
      ["on_icmp", "BPF_TRACE_FSESSION"],
      ["second", "BPF_TRACE_FENTRY"],
    ]);
    expect(main.license).toBe("Dual MIT/GPL");
  });

  test("has the maps that libbpf makes, in its order", () => {
    const rows = main.maps.map(({ name, type, keySize, valueSize, maxEntries, flags }) =>
      [name, type, keySize, valueSize, maxEntries, flags].join(" "),
    );
    expect(rows).toEqual([
      "first 2 4 4 1 0",
      "outer 12 4 4 2 0",
      "counts 2 4 8 16 0",
      "events 27 0 0 8192 0",
      ".data 2 4 8 1 1024",
      ".rodata 2 4 4 1 1152",
      ".bss 2 4 16 1 1024",
      ".kconfig 2 4 5 1 1152",
    ]);
    expect(main.maps[1]?.inner).toMatchObject({ type: 2, valueSize: 4, maxEntries: 1 });
    expect(main.maps[5]).toMatchObject({ readOnly: true, data: Uint8Array.of(7, 0, 0, 0) });
    expect(main.maps[6]?.data).toBeUndefined();
  });

  test("appends subprograms where they are first referred to, each program its own", () => {
    expect(main.funcs.map(({ name, linkage }) => `${name} ${linkage}`)).toEqual([
      "on_icmp global",
      "thrice global",
      "twice static",
      "step static",
    ]);
    expect(second.funcs.map(({ name }) => name)).toEqual(["second", "twice"]);
    for (const program of programs) expectConsistent(program);
  });

  test("has the kernel's field offsets and sizes", () => {
    expect(listing).toContain("= *(u32 *)(r8 + 16)"); // skb->len
    expect(listing).toContain("= *(u64 *)(r8 + 0)"); // skb->dev
    expect(listing).toContain("+ 12)"); // dev->ifindex
    expect(listing).toContain("w1 = *(u32 *)(r8 + 8)"); // skb->stamp, 8 bytes in the probe
    expect(listing).toMatch(/= 0x9 ll/); // SECOND
  });

  test("calls kfuncs by id, and what is missing by a number that no helper has", () => {
    const [id] = kernel.btf.byName("bpf_session_is_return", "func");
    const callees = main.insns.flatMap(({ insn }) => (insn.kind === "call" ? [insn.callee] : []));
    expect(callees).toContainEqual({ kind: "kfunc_id", btfId: id, off: 0 });
    const poisoned = callees.flatMap((callee) => (callee.kind === "helper" && callee.id > 1000 ? [callee.id] : []));
    // The field that is gone, then two weak kfuncs: 2 Kconfig values sort before 5 kernel symbols.
    expect(poisoned).toEqual([195_896_080, 2_002_000_002, 2_002_000_003]);
  });

  test("keeps the name of an address that only the running kernel knows", () => {
    const values = main.insns.flatMap(({ insn }) => (insn.kind === "ld_imm64" ? [insn.value] : []));
    expect(values).toContainEqual({ kind: "extern", name: "untyped" });
    expect(values).toContainEqual({ kind: "btf_id", btfId: kernel.btf.byName("per_boot", "var")[0], fd: 0 });
    expect(values).toContainEqual({ kind: "map_value", fd: 7, off: 0 });
    expect(values).toContainEqual({ kind: "map_value", fd: 7, off: 4 });
  });

  test("knows the source line of each instruction", () => {
    expect(main.insns.every(({ line }) => line?.file === "./probe.bpf.c")).toBe(true);
    expect(main.insns[0]?.line?.text).toContain("int on_icmp");
    const call = main.insns.find(({ insn }) => insn.kind === "call" && insn.callee.kind === "kfunc_id");
    expect(call?.line?.text).toContain("if (!bpf_session_is_return(ctx))");
  });
});

/** Slots add up, and every distance lands on the start of an instruction, calls on that of a function. */
function expectConsistent(program: LinkedProgram): void {
  const slots = new Set(program.insns.map(({ slot }) => slot));
  const starts = new Set(program.funcs.map(({ start }) => program.insns[start]!.slot));
  expect(encodeInsns(program.insns.map(({ insn }) => (isOpen(insn) ? { kind: "exit" } : insn))).length % 8).toBe(0);
  for (const { insn, slot } of program.insns) {
    if (insn.kind === "jump" && "off" in insn.target) expect(slots).toContain(slot + 1 + insn.target.off);
    if (insn.kind === "call" && insn.callee.kind === "subprog_off")
      expect(starts).toContain(slot + 1 + insn.callee.off);
    if (insn.kind === "ld_imm64" && insn.value.kind === "func_off") expect(starts).toContain(slot + 1 + insn.value.off);
  }
}

const isOpen = (insn: LinkedProgram["insns"][number]["insn"]): boolean =>
  insn.kind === "ld_imm64" && insn.value.kind === "extern";

test("our own objects link as well", () => {
  const { programs, problems } = link(writeObject(everything()));
  expect(problems).toEqual([]);
  expectConsistent(programs[0]!);
  expect(programs[0]!.funcs.map(({ name }) => name)).toEqual(["on_icmp", "twice", "thrice", "step"]);
  expect(texts(programs[0]!)).toContain("28: r2 = .bss + 8 ll");
});

test("a kfunc that the kernel lacks is reported, and nothing is linked with it", () => {
  const { programs, problems } = link(writeObject(cookieSession()));
  expect(problems).toEqual(["E0608 the extern 'bpf_session_cookie' does not exist in Linux 7.2 (test)"]);
  expect(programs).toEqual([]);
});
