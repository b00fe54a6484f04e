import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { add64, callKfunc, exit, ldMap, load, sdiv64, store } from "../../src/isa/build.ts";
import { DecodeError, decodeInsn, decodeInsns } from "../../src/isa/decode.ts";
import { encodeInsn, encodeInsns } from "../../src/isa/encode.ts";
import { cpuVersion } from "../../src/isa/ops.ts";
import { printInsn } from "../../src/isa/print.ts";
import { InternalError } from "../../src/support/bug.ts";
import { kernelCodes, samples } from "./samples.ts";

const unhex = (text: string): Uint8Array => Uint8Array.from(text.split(" "), (byte) => Number.parseInt(byte, 16));
const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");

describe("every operation", () => {
  test.each(samples)("%s decodes, encodes and prints", (_name, bytes, text, cpu) => {
    const insn = decodeInsn(unhex(bytes), 0);
    expect(hex(encodeInsn(insn))).toBe(bytes);
    // LLVM leaves the constant of an indexed packet load out.
    if (text !== null) expect(printInsn(insn, { hex: true }).replace(" + 0x7]", "]")).toBe(text);
    expect(cpuVersion(insn)).toBe(insn.kind === "store" && "imm" in insn.src ? 4 : cpu);
  });

  test("each opcode that the kernel knows has a sample, and no other decodes", () => {
    const seen = new Set(samples.map(([, bytes]) => Number.parseInt(bytes.slice(0, 2), 16)));
    const callx = 0x8d;
    expect([...seen].filter((code) => code !== callx).sort((a, b) => a - b)).toEqual(kernelCodes);
    for (let code = 0; code < 256; code++) {
      if (seen.has(code)) continue;
      const refused = () => decodeInsn(Uint8Array.of(code, 0, 0, 0, 0, 0, 0, 0), 0);
      expect(refused, code.toString(16)).toThrow(/unknown opcode|uses reserved fields/);
    }
  });
});

describe("constructors read like assembly", () => {
  test.each([
    [add64.imm(1, 22), "07 01 00 00 16 00 00 00", "r1 += 22"],
    [sdiv64.imm(1, 3), "37 01 01 00 03 00 00 00", "r1 s/= 3"],
    [load(4, 0, 1, 4), "61 10 04 00 00 00 00 00", "w0 = *(u32 *)(r1 + 4)"],
    [store(8, 10, -8, 0), "7b 0a f8 ff 00 00 00 00", "*(u64 *)(r10 - 8) = r0"],
    [exit(), "95 00 00 00 00 00 00 00", "exit"],
  ])("%o", (insn, bytes, listing) => {
    expect(hex(encodeInsn(insn))).toBe(bytes);
    expect(decodeInsn(unhex(bytes), 0)).toEqual(insn);
    expect(printInsn(insn)).toBe(listing);
  });
});

describe("bytes that are no instructions", () => {
  test.each([
    ["07 01 00 00", "truncated instruction: 4 of 8 bytes"],
    ["ff 00 00 00 00 00 00 00", "unknown opcode ff"],
    ["07 0c 00 00 00 00 00 00", "R12 is invalid"],
    ["0f 21 00 00 01 00 00 00", "BPF_ALU uses reserved fields"],
    ["bf 21 03 00 00 00 00 00", "BPF_MOV uses reserved fields"],
    ["b7 01 08 00 00 00 00 00", "BPF_MOV uses reserved fields"],
    ["bc 21 20 00 00 00 00 00", "BPF_MOV uses reserved fields"],
    ["87 01 00 00 01 00 00 00", "BPF_NEG uses reserved fields"],
    ["dc 01 00 00 08 00 00 00", "BPF_END uses reserved fields"],
    ["95 01 00 00 00 00 00 00", "BPF_EXIT uses reserved fields"],
    ["85 30 00 00 00 00 00 00", "BPF_CALL uses reserved fields"],
    ["05 00 01 00 01 00 00 00", "BPF_JA uses reserved fields"],
    ["db 21 00 00 02 00 00 00", "BPF_ATOMIC uses invalid atomic opcode 02"],
    ["d3 21 00 00 00 00 00 00", "invalid atomic operand size"],
    ["e5 00 00 00 01 00 00 00", "invalid may_goto imm 1"],
    ["18 01 00 00 00 00 00 00", "invalid bpf_ld_imm64 insn"],
    ["18 71 00 00 00 00 00 00 00 00 00 00 00 00 00 00", "unrecognized bpf_ld_imm64 insn"],
    ["18 11 00 00 00 00 00 00 00 00 00 00 01 00 00 00", "unrecognized bpf_ld_imm64 insn"],
  ])("%s", (bytes, text) => {
    expect(() => decodeInsns(unhex(bytes))).toThrow(new DecodeError(0, text));
  });

  test("say where they are", () => {
    const bytes = encodeInsns([add64.imm(1, 1), exit(), exit()]);
    bytes[16] = 0xff;
    expect(() => decodeInsns(bytes)).toThrow(expect.objectContaining({ slot: 2 }));
  });

  test("whatever decodes encodes to the same bytes", () => {
    const slot = fc.tuple(
      fc.constantFrom(...kernelCodes),
      fc.uint8Array({ minLength: 15, maxLength: 15 }),
      fc.boolean(),
    );
    fc.assert(
      fc.property(slot, ([code, rest, isSparse]) => {
        const bytes = Uint8Array.of(code, ...(isSparse ? rest.map((b) => (b < 128 ? 0 : b & 0x11)) : rest));
        let size = 0;
        try {
          const again = encodeInsn(decodeInsn(bytes, 0));
          size = again.length;
          expect(hex(again)).toBe(hex(bytes.slice(0, size)));
        } catch (error) {
          if (!(error instanceof DecodeError)) throw error;
        }
      }),
      { numRuns: 5000 },
    );
  });
});

test("a name that is still a name cannot be encoded", () => {
  expect(() => encodeInsn(callKfunc("bpf_session_cookie"))).toThrow(InternalError);
  expect(() => encodeInsn(ldMap(1, "hist"))).toThrow(InternalError);
});

test("names stand where numbers were", () => {
  const text = (bytes: string, names: Parameters<typeof printInsn>[1]) => printInsn(decodeInsn(unhex(bytes), 0), names);
  expect(text("85 00 00 00 06 00 00 00", { names: { helper: () => "bpf_trace_printk" } })).toBe(
    "call bpf_trace_printk",
  );
  expect(text("85 20 00 00 06 00 00 00", { names: { kfunc: (id) => `kfunc${id}` } })).toBe("call kfunc6");
  expect(text("85 10 00 00 06 00 00 00", { names: { subprog: () => "twice" } })).toBe("call twice");
  expect(text("05 00 01 00 00 00 00 00", { names: { target: () => "out" } })).toBe("goto out");
  const value = "18 21 00 00 02 00 00 00 00 00 00 00 08 00 00 00";
  expect(text(value, { names: { map: (fd) => (fd === 2 ? ".bss" : undefined) } })).toBe("r1 = .bss + 8 ll");
});
