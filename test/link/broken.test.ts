import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openBtf } from "../../src/btf/reader.ts";
import { type TypeId, VOID } from "../../src/btf/type.ts";
import { BtfWriter } from "../../src/btf/writer.ts";
import { DiagSink } from "../../src/diag/diagnostic.ts";
import type { ObjectFunc, ObjectModel } from "../../src/elf/model.ts";
import { ElfError } from "../../src/elf/object-file.ts";
import { readObject } from "../../src/elf/reader.ts";
import { writeObject } from "../../src/elf/writer.ts";
import { callKfunc, callSubprog, exit, ldExtern, ldMap, load, mov64 } from "../../src/isa/build.ts";
import type { Insn } from "../../src/isa/insn.ts";
import { linkObject } from "../../src/link/link.ts";
import { mapDefinitions } from "../../src/link/maps.ts";
import { cookieSession, everything } from "../elf/fsession.ts";
import { kernel } from "./kernel.ts";

const probe = new Uint8Array(readFileSync(new URL("objects/probe.bpf.o", import.meta.url)));

function link(bytes: Uint8Array) {
  const sink = new DiagSink();
  const programs = linkObject(readObject(bytes), kernel, sink);
  return { programs, problems: sink.diagnostics.map(({ code, text }) => `${code} ${text}`) };
}

const func = (insns: readonly Insn[], more: Partial<ObjectFunc> = {}): ObjectFunc => ({
  name: "probe",
  section: "fentry/icmp_rcv",
  binding: "global",
  hidden: false,
  btfType: VOID,
  lines: insns.map((insn) => ({ insn })),
  ...more,
});

const model = (more: Partial<ObjectModel>): ObjectModel => ({
  funcs: [],
  data: [],
  externs: [],
  lineOf: () => undefined,
  ...more,
});

/** Bytes of a one-function object, with the slots that an edit gives overwritten. */
function patchedCode(insns: readonly Insn[], at: number, ...values: readonly number[]): Uint8Array {
  const bytes = writeObject(model({ funcs: [func(insns)] }));
  bytes.set(values, 64 + at);
  return bytes;
}

describe("what cannot be linked is reported", () => {
  test("bytes that are no instruction", () => {
    expect(link(patchedCode([mov64.imm(0, 0), exit()], 8, 0xff))).toEqual({
      programs: [],
      problems: ["E0603 instruction 1 of 'probe' is none: unknown opcode ff"],
    });
  });

  test("calls of what is no subprogram", () => {
    expect(link(patchedCode([callSubprog(3), exit()], 0)).problems).toEqual([
      "E0605 instruction 0 of 'probe' calls what is no function in '.text'",
    ]);
    const other = func([exit()], { name: "other" });
    const funcs = [func([callSubprog("other"), exit()]), other];
    expect(link(writeObject(model({ funcs }))).problems).toHaveLength(1);
  });

  test("a relocation where none can be", () => {
    const bytes = writeObject(model({ funcs: [func([ldMap(1, "m"), exit()])], data: [maps("m")] }));
    bytes.set([0xb7, 1, 0, 0, 0, 0, 0, 0, 0xb7, 0], 64);
    expect(link(bytes).problems).toEqual([
      "E0604 the relocation of instruction 0 in 'probe' against 'm' cannot be resolved",
    ]);
  });

  test("a static program", () => {
    expect(link(writeObject(model({ funcs: [func([exit()], { binding: "local" })] }))).problems).toEqual([
      "E0612 program 'probe' in section 'fentry/icmp_rcv' is static",
    ]);
  });

  test("a program that is too long", () => {
    const lines = Array.from({ length: 1_000_001 }, () => exit());
    expect(link(writeObject(model({ funcs: [func(lines)] }))).problems).toEqual([
      "E0611 program 'probe' has more than 1000000 instructions",
    ]);
  }, 60_000);

  test.each([
    ["bpf_absent", "E0608 the extern 'bpf_absent' does not exist in Linux 7.2 (test)"],
    ["bpf_changed", "E0609 the extern 'bpf_changed' has another type in Linux 7.2 (test)"],
    ["bpf_undeclared", "E0607 no BTF says what the extern 'bpf_undeclared' is"],
  ])("the extern %s", (name, problem) => {
    const btf = new BtfWriter();
    const proto = btf.add({ kind: "func_proto", ret: VOID, params: [], variadic: false });
    if (name !== "bpf_undeclared") {
      const type = btf.add({ kind: "func", name, type: proto, linkage: "extern" });
      btf.add({ kind: "datasec", name: ".ksyms", size: 0, vars: [{ type, off: 0, size: 0 }] });
    }
    for (const insn of [callKfunc(name), ldExtern(1, name)]) {
      const object = writeObject(model({ funcs: [func([insn, exit()])], externs: [{ name, weak: false }], btf }));
      expect(link(object)).toEqual({ programs: [], problems: [problem] });
    }
  });

  test("CO-RE on what it cannot patch", () => {
    const btf = new BtfWriter();
    const u32 = btf.add({ kind: "int", name: "unsigned int", size: 4, bits: 32, encoding: "unsigned" });
    const type = btf.add({
      kind: "struct",
      name: "sk_buff",
      size: 8,
      members: [{ name: "len", type: u32, bitOff: 32 }],
    });
    const core = { kind: "field_byte_offset", type, access: "0:0" } as const;
    const problem = (insn: Insn) =>
      link(writeObject(model({ funcs: [func([], { lines: [{ insn, core }] })], btf }))).problems;
    expect(problem(load(4, 0, 1, 4))).toEqual([]);
    expect(problem(mov64.imm(0, 4))).toEqual([]);
    expect(problem(load(4, 0, 1, 8))).toEqual(["E0610 CO-RE cannot patch instruction 0 of 'probe': it holds 8, not 4"]);
    expect(problem(exit())).toEqual([
      "E0610 CO-RE cannot patch instruction 0 of 'probe': it is none that can be patched",
    ]);
  });

  test("BTF that is none", () => {
    const bytes = writeObject(cookieSession());
    const { bytes: btf } = readObject(bytes).sections.find(({ name }) => name === ".BTF")!;
    bytes[btf.byteOffset] = 0;
    expect(link(bytes).problems[0]).toMatch(/^E0602 the object's \.BTF cannot be read: /);
  });
});

const maps = (name: string, size = 8) => ({
  name: ".maps",
  align: 8,
  size,
  writable: true,
  vars: [{ name, key: name, off: 0, size, binding: "global", hidden: false } as const],
  relocs: [],
});

describe("a map definition", () => {
  const btf = new BtfWriter();
  const int = btf.add({ kind: "int", name: "int", size: 4, bits: 32, encoding: "signed" });
  const number = (nelems: number) =>
    btf.add({ kind: "ptr", type: btf.add({ kind: "array", elem: int, index: int, nelems }) });
  const pointer = btf.add({ kind: "ptr", type: int });

  const problemsOf = (members: Record<string, TypeId>): readonly string[] => {
    const own = new BtfWriter();
    for (let id = 1; id < btf.typeCount; id++) own.add(btf.type(id as TypeId));
    const list = Object.entries(members).map(([name, type], i) => ({ name, type, bitOff: i * 64 }));
    const type = own.add({ kind: "struct", name: "", size: list.length * 8, members: list });
    const variable = own.add({ kind: "var", name: "m", type, linkage: "global" });
    own.add({ kind: "datasec", name: ".maps", size: 8, vars: [{ type: variable, off: 0, size: 8 }] });
    const object = readObject(writeObject(model({ data: [maps("m")], btf: own })));
    const sink = new DiagSink();
    const { maps: found } = mapDefinitions(object, openBtf(object.btf!), sink);
    expect(found.length).toBe(sink.hasErrors ? 0 : 1);
    return sink.diagnostics.map(({ text }) => text.replace("map 'm' is not well defined: ", ""));
  };

  test.each([
    [{ type: number(2), key: pointer, value: pointer, max_entries: number(1) }, []],
    [{ type: number(2), key: pointer, key_size: number(4), pinning: number(1) }, []],
    [{ max_entries: number(1) }, ["it has no type"]],
    [{ type: number(2), key: pointer, key_size: number(8) }, ["its key has 4 bytes and 8 bytes"]],
    [{ type: pointer }, ["'type' is no number"]],
    [{ type: number(2), key: int }, ["'key' is no pointer to a type"]],
    [{ type: number(2), colour: number(2) }, ["it has the unknown member 'colour'"]],
    [{ type: number(2), values: pointer }, ["'values' is no array"]],
  ] as readonly (readonly [Record<string, TypeId>, readonly string[]])[])("%#", (members, problems) => {
    expect(problemsOf(members)).toEqual(problems);
  });
});

test("damaged objects give diagnostics, never a crash", () => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.constantFrom(writeObject(everything()), probe), damage, (object, edits) => {
      const bytes = object.slice();
      for (const [at, value] of edits) bytes[at % bytes.length] = value;
      try {
        link(bytes);
      } catch (error) {
        if (!(error instanceof ElfError)) throw error;
      }
    }),
    { numRuns: 1000 },
  );
}, 60_000);
