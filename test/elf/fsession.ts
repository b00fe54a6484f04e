/** Two fsession programs on icmp_rcv, and one with everything an object can hold, as models made by hand. */

import { type TypeId, VOID } from "../../src/btf/type.ts";
import { BtfWriter } from "../../src/btf/writer.ts";
import type { ObjectCore, ObjectData, ObjectModel, SourceLine } from "../../src/elf/model.ts";
import {
  add64,
  and32,
  callHelper,
  callKfunc,
  callSubprog,
  exit,
  if32,
  if64,
  jump,
  ldExtern,
  ldFunc,
  ldGlobal,
  ldInt,
  ldMap,
  load,
  mov32,
  mov64,
  store,
  storeImm,
} from "../../src/isa/build.ts";
import type { Insn, Line } from "../../src/isa/insn.ts";
import type { FileId } from "../../src/support/span.ts";

type CoreLine = Line<ObjectCore>;

/** A line of a listing: labels and a source line may come along. */
const at = (lineNo: number, insn: Insn, more: Omit<CoreLine, "insn" | "span"> = {}): CoreLine => ({
  insn,
  span: { file: 0 as FileId, start: lineNo, end: lineNo },
  ...more,
});

/** Here the `start` of a span is the line number. */
const lineIn =
  (file: string, source: readonly string[]) =>
  ({ span }: CoreLine): SourceLine | undefined =>
    span && { file, line: span.start, column: 1, text: source[span.start - 1] ?? "" };

export const text = (s: string): Uint8Array => new TextEncoder().encode(`${s}\0`);

export const license: ObjectData = {
  name: "license",
  align: 1,
  size: 4,
  bytes: text("GPL"),
  writable: true,
  vars: [{ name: "_license", key: "_license", off: 0, size: 4, binding: "global", hidden: false }],
  relocs: [],
};

const sessionTypes = (btf: BtfWriter, kfuncs: readonly string[]) => {
  const u64 = btf.add({ kind: "int", name: "unsigned long long", size: 8, bits: 64, encoding: "unsigned" });
  const int = btf.add({ kind: "int", name: "int", size: 4, bits: 32, encoding: "signed" });
  const bool = btf.add({ kind: "int", name: "_Bool", size: 1, bits: 8, encoding: "bool" });
  const voidPtr = btf.add({ kind: "ptr", type: VOID });
  const u64Ptr = btf.add({ kind: "ptr", type: u64 });
  const proto = (ret: TypeId) =>
    btf.add({ kind: "func_proto", ret, params: [{ name: "ctx", type: voidPtr }], variadic: false });
  const entry = btf.add({ kind: "func_proto", ret: int, params: [{ name: "ctx", type: u64Ptr }], variadic: false });
  const rets: Record<string, TypeId> = { bpf_session_cookie: u64Ptr };
  const vars = kfuncs.map((name) => ({
    type: btf.add({ kind: "func", name, type: proto(rets[name] ?? bool), linkage: "extern" }),
    off: 0,
    size: 0,
  }));
  btf.add({ kind: "datasec", name: ".ksyms", size: 0, vars });
  return { u64, int, u64Ptr, entry };
};

/** Format strings, one behind the other, each reached through the section. */
function strings(...texts: readonly string[]): ObjectData {
  let off = 0;
  const vars = texts.map((s) => {
    const size = s.length + 1;
    off += size;
    return { name: "", key: s, off: off - size, size, binding: "local", hidden: false } as const;
  });
  return { name: ".rodata", align: 1, size: off, bytes: text(texts.join("\0")), writable: false, vars, relocs: [] };
}

const TRACE_PRINTK = 6;

const printk = (lineNo: number, format: string, args: readonly Insn[] = []): readonly CoreLine[] => [
  ...args.map((insn) => at(lineNo, insn)),
  at(lineNo, ldGlobal(1, format)),
  at(lineNo, mov32.imm(2, format.length + 1)),
  at(lineNo, callHelper(TRACE_PRINTK)),
];

/** Prints at the entry and at the exit of icmp_rcv. */
export function printingSession(): ObjectModel {
  const btf = new BtfWriter();
  const types = sessionTypes(btf, ["bpf_session_is_return"]);
  return {
    funcs: [
      {
        name: "fsession__icmp_rcv",
        section: "fsession/icmp_rcv",
        binding: "global",
        hidden: false,
        btfType: btf.add({ kind: "func", name: "fsession__icmp_rcv", type: types.entry, linkage: "global" }),
        lines: [
          at(4, callKfunc("bpf_session_is_return")),
          at(4, and32.imm(0, 1)),
          at(4, if32("eq").imm(0, 0, "entry")),
          ...printk(5, "fsession exit.\n"),
          at(5, jump("out")),
          ...printk(7, "fsession entry.\n").map((line, i) => (i === 0 ? { ...line, labels: ["entry"] } : line)),
          at(8, mov32.imm(0, 0), { labels: ["out"] }),
          at(8, exit()),
        ],
      },
    ],
    data: [strings("fsession exit.\n", "fsession entry.\n"), license],
    externs: [{ name: "bpf_session_is_return", weak: false }],
    btf,
    lineOf: lineIn("print.bpf", ["", "", "{", "    if (bpf_session_is_return(ctx))", "        bpf_printk(exit);"]),
  };
}

/** Leaves 0xdeadbeef in the cookie at the entry and prints it at the exit. */
export function cookieSession(): ObjectModel {
  const btf = new BtfWriter();
  const types = sessionTypes(btf, ["bpf_session_cookie", "bpf_session_is_return"]);
  const format = "fsession cookie: 0x%llx\n";
  return {
    funcs: [
      {
        name: "fsession__icmp_rcv",
        section: "fsession/icmp_rcv",
        binding: "global",
        hidden: false,
        btfType: btf.add({ kind: "func", name: "fsession__icmp_rcv", type: types.entry, linkage: "global" }),
        lines: [
          at(4, mov64.reg(6, 1)),
          at(4, callKfunc("bpf_session_cookie")),
          at(4, mov64.reg(7, 0)),
          at(6, mov64.reg(1, 6)),
          at(6, callKfunc("bpf_session_is_return")),
          at(6, and32.imm(0, 1)),
          at(6, if32("ne").imm(0, 0, "exit")),
          at(7, ldInt(1, 0xdeadbeefn)),
          at(7, store(8, 7, 0, 1)),
          at(7, jump("out")),
          ...printk(9, format, [load(8, 3, 7, 0)]).map((line, i) => (i === 0 ? { ...line, labels: ["exit"] } : line)),
          at(10, mov32.imm(0, 0), { labels: ["out"] }),
          at(10, exit()),
        ],
      },
    ],
    data: [strings(format), license],
    externs: [
      { name: "bpf_session_cookie", weak: false },
      { name: "bpf_session_is_return", weak: false },
    ],
    btf,
    lineOf: lineIn("cookie.bpf", []),
  };
}

/** Static and global subprograms, a callback, a map, globals, a weak extern, CO-RE: one of each relocation. */
export function everything(): ObjectModel {
  const btf = new BtfWriter();
  const { u64, int, u64Ptr, entry } = sessionTypes(btf, ["bpf_no_such_kfunc___weak"]);
  const index = btf.add({ kind: "int", name: "__ARRAY_SIZE_TYPE__", size: 4, bits: 32, encoding: "unsigned" });
  const number = (nelems: number): TypeId =>
    btf.add({ kind: "ptr", type: btf.add({ kind: "array", elem: int, index, nelems }) });
  const mapType = btf.add({
    kind: "struct",
    name: "",
    size: 32,
    members: [
      { name: "type", type: number(2), bitOff: 0 },
      { name: "key", type: btf.add({ kind: "ptr", type: index }), bitOff: 64 },
      { name: "value", type: u64Ptr, bitOff: 128 },
      { name: "max_entries", type: number(4), bitOff: 192 },
    ],
  });
  const variable = (name: string, type: TypeId, linkage: "static" | "global") =>
    btf.add({ kind: "var", name, type, linkage });
  const datasec = (name: string, size: number, ...vars: [TypeId, number, number][]) =>
    btf.add({ kind: "datasec", name, size, vars: vars.map(([type, off, bytes]) => ({ type, off, size: bytes })) });
  datasec(".maps", 32, [variable("counts", mapType, "global"), 0, 32]);
  datasec(".bss", 16, [variable("calls", u64, "global"), 0, 8], [variable("hidden_calls", u64, "static"), 8, 8]);
  const skb = btf.add({
    kind: "struct",
    name: "sk_buff",
    size: 8,
    members: [
      {
        name: "len",
        type: btf.add({ kind: "int", name: "unsigned int", size: 4, bits: 32, encoding: "unsigned" }),
        bitOff: 0,
      },
    ],
  });
  const func = (name: string, linkage: "static" | "global", type = entry) =>
    btf.add({ kind: "func", name, type, linkage });
  const scalar = btf.add({ kind: "func_proto", ret: int, params: [{ name: "n", type: int }], variadic: false });
  const callback = btf.add({
    kind: "func_proto",
    ret: int,
    params: [
      { name: "i", type: u64 },
      { name: "ctx", type: btf.add({ kind: "ptr", type: VOID }) },
    ],
    variadic: false,
  });
  const hidden = false;
  return {
    funcs: [
      {
        name: "on_icmp",
        section: "fsession/icmp_rcv",
        binding: "global",
        hidden,
        btfType: func("on_icmp", "global"),
        lines: [
          at(1, load(8, 6, 1, 0)),
          at(2, load(4, 7, 6, 0), { core: { kind: "field_byte_offset", type: skb, access: "0:0" } }),
          at(3, storeImm(4, 10, -4, 1)),
          at(3, ldMap(1, "counts")),
          at(3, mov64.reg(2, 10)),
          at(3, add64.imm(2, -4)),
          at(3, callHelper(1)),
          at(3, if64("eq").imm(0, 0, "none")),
          at(3, load(8, 1, 0, 0)),
          at(3, add64.reg(1, 7)),
          at(3, store(8, 0, 0, 1)),
          at(4, mov64.imm(1, 3), { labels: ["none"] }),
          at(4, callSubprog("twice")),
          at(5, mov64.imm(1, 3)),
          at(5, callSubprog("thrice")),
          at(6, mov64.imm(1, 2)),
          at(6, ldFunc(2, "step")),
          at(6, mov64.imm(3, 0)),
          at(6, mov64.imm(4, 0)),
          at(6, callHelper(181)),
          at(7, ldExtern(1, "bpf_no_such_kfunc___weak")),
          at(7, if64("eq").imm(1, 0, "absent")),
          at(7, callKfunc("bpf_no_such_kfunc___weak")),
          at(8, mov64.imm(0, 0), { labels: ["absent"] }),
          at(8, exit()),
        ],
      },
      {
        name: "twice",
        section: ".text",
        binding: "local",
        hidden,
        btfType: func("twice", "static", scalar),
        lines: [
          at(20, ldGlobal(2, "hidden_calls")),
          at(20, load(8, 0, 2, 0)),
          at(20, add64.imm(0, 1)),
          at(20, store(8, 2, 0, 0)),
          at(21, exit()),
        ],
      },
      {
        name: "thrice",
        section: ".text",
        binding: "global",
        hidden,
        btfType: func("thrice", "global", scalar),
        lines: [
          at(30, callSubprog("twice")),
          at(31, ldGlobal(2, "calls")),
          at(31, store(8, 2, 0, 0)),
          at(31, mov64.imm(0, 0)),
          at(32, exit()),
        ],
      },
      {
        name: "step",
        section: ".text",
        binding: "local",
        hidden,
        btfType: func("step", "static", callback),
        lines: [at(40, mov64.imm(0, 0)), at(41, exit())],
      },
    ],
    data: [
      {
        name: ".maps",
        align: 8,
        size: 32,
        writable: true,
        vars: [{ name: "counts", key: "counts", off: 0, size: 32, binding: "global", hidden }],
        relocs: [],
      },
      {
        name: ".bss",
        align: 8,
        size: 16,
        writable: true,
        vars: [
          { name: "calls", key: "calls", off: 0, size: 8, binding: "global", hidden },
          { name: "hidden_calls", key: "hidden_calls", off: 8, size: 8, binding: "local", hidden },
        ],
        relocs: [],
      },
      license,
    ],
    externs: [{ name: "bpf_no_such_kfunc___weak", weak: true }],
    btf,
    lineOf: lineIn("everything.bpf", []),
  };
}
