/** The assembler reads what the printer, llvm-objdump and people write. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Assembled, assemble } from "../../../src/asm/text/assemble.ts";
import { DiagSink } from "../../../src/diag/diagnostic.ts";
import { compile } from "../../../src/driver/compile.ts";
import { roundTrip } from "../../../src/driver/round-trip.ts";
import { decodeInsn } from "../../../src/isa/decode.ts";
import { encodeInsns } from "../../../src/isa/encode.ts";
import type { Callee, Insn } from "../../../src/isa/insn.ts";
import { layoutLines } from "../../../src/isa/layout.ts";
import { printInsn } from "../../../src/isa/print.ts";
import { openKernel } from "../../../src/kernel/kernel.ts";
import { samples } from "../../isa/samples.ts";

const unhex = (text: string): Uint8Array => Uint8Array.from(text.split(" "), (byte) => Number.parseInt(byte, 16));
const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");

interface Read extends Assembled {
  readonly errors: readonly string[];
}
function read(text: string): Read {
  const sink = new DiagSink();
  const made = assemble(text, { sink });
  return { ...made, errors: sink.diagnostics.map((d) => [d.code, d.text, ...d.notes.map((n) => n.text)].join(": ")) };
}
function bytesOf(text: string): string {
  const { lines, errors } = read(text);
  expect(errors).toEqual([]);
  return hex(encodeInsns(layoutLines(lines).lines.map((line) => line.insn)));
}

describe("every operation's text gives its bytes", () => {
  const numbered = (insn: Insn): Callee["kind"] | false =>
    insn.kind === "call" && insn.callee.kind !== "helper" && insn.callee.kind;
  test.each(samples)("%s", (_name, bytes, text) => {
    const insn = decodeInsn(unhex(bytes), 0);
    // What calls other than a helper's have in `src` is not in the text.
    if (numbered(insn)) return;
    expect(bytesOf(printInsn(insn))).toBe(bytes);
    expect(bytesOf(printInsn(insn, { hex: true }))).toBe(bytes);
    // LLVM leaves the constant of an indexed packet load out.
    if (text !== null && insn.kind !== "load_packet") expect(bytesOf(text)).toBe(bytes);
  });
});

describe("forms that only people write", () => {
  test.each([
    ["r1=-1", "b7 01 00 00 ff ff ff ff"],
    ["r1 = 0xffffffff", "b7 01 00 00 ff ff ff ff"],
    ["w2 &= ~7", "54 02 00 00 f8 ff ff ff"],
    ["r1 = (1 << 4) | 2 /* eighteen */", "b7 01 00 00 12 00 00 00"],
    ["*(u32*)(r10 + -8 - 4) = r1", "63 1a f4 ff 00 00 00 00"],
    ["r0 = *(u32 *)(r1)", "61 10 00 00 00 00 00 00"],
    ["r0 = *(u8 *)skb[r7 + 2]", "50 70 00 00 02 00 00 00"],
    ["lock *(u32 *)(r1 + 8) += r2", "c3 21 08 00 00 00 00 00"],
    ["r1 = 0x1122334455667788 ll", "18 01 00 00 88 77 66 55 00 00 00 00 44 33 22 11"],
    ["ld_pseudo r1, 2, 0x800000005", "18 21 00 00 05 00 00 00 00 00 00 00 08 00 00 00"],
    [".8byte 0x95", "95 00 00 00 00 00 00 00"],
    [".byte 0x18, 0x10; .2byte 0; .long 7; .quad 0", "18 10 00 00 07 00 00 00 00 00 00 00 00 00 00 00"],
    ["r1 = 0xffffffffffffffffULL ll", "18 01 00 00 ff ff ff ff 00 00 00 00 ff ff ff ff"],
    // No instruction, as the kernel's tests have them: bytes are taken as they are.
    [".8byte 0xf0ff; exit", "ff f0 00 00 00 00 00 00 95 00 00 00 00 00 00 00"],
    [
      ".ifc r1, r1; .ifnc (r2), r2; exit; .else; r0 = 1; .endif; .else; r0 = 2; .endif; exit",
      "95 00 00 00 00 00 00 00 95 00 00 00 00 00 00 00",
    ],
    [".rept 2; .rept 1 + 0; exit; .endr; .endr", "95 00 00 00 00 00 00 00 95 00 00 00 00 00 00 00"],
    ["l0_7: goto l0_7", "05 00 ff ff 00 00 00 00"],
    [
      "if r1 s> -1 goto 1f; 1: goto 1b; 1: exit",
      "65 01 00 00 ff ff ff ff 05 00 ff ff 00 00 00 00 95 00 00 00 00 00 00 00",
    ],
    [
      "call f; exit\nf: r0 = 1 // one\nexit # out",
      "85 10 00 00 01 00 00 00 95 00 00 00 00 00 00 00 b7 00 00 00 01 00 00 00 95 00 00 00 00 00 00 00",
    ],
  ])("%s", (text, bytes) => expect(bytesOf(text)).toBe(bytes));

  test("names stay names", () => {
    const { lines } = read("r1 = counts + 8 ll; call bpf_session_cookie; 2:");
    expect(lines.map((line) => line.insn)).toEqual([
      { kind: "ld_imm64", dst: 1, value: { kind: "global", name: "counts", addend: 8 } },
      { kind: "call", callee: { kind: "subprog", name: "bpf_session_cookie" } },
    ]);
    expect(read("goto end; end:").endLabels).toEqual(["end"]);
  });
});

describe("mistakes", () => {
  test.each([
    ["r1 = w2", "E0450: 'r1 = w2' is no BPF instruction: expected a register r0 to r10, found 'w2'"],
    ["r12 = 0", "E0450: 'r12 = 0' is no BPF instruction: expected an instruction, found 'r12'"],
    ["if r1 goto x", "E0450: 'if r1 goto x' is no BPF instruction: expected a comparison, found 'goto'"],
    [
      "lock *(u8 *)(r1 + 0) += r2",
      "E0450: 'lock *(u8 *)(r1 + 0) += r2' is no BPF instruction: expected an atomic operation on 4 or 8 bytes, found '('",
    ],
    ["r1 = 0x1ffffffff", "-Wasm-immediate: of 8589934591, the instruction holds the low 32 bits only"],
    ["r1 = 0x1ffffffffffffffff ll", "E0451: 36893488147419103231 does not fit into the 64 bits of its field"],
    ["r1 = *(u8 *)(r2 + 70000)", "E0451: 70000 does not fit into the 16 bits of its field"],
    ["goto nowhere", "E0452: no label 'nowhere' in this assembly"],
    ["a: exit; a: exit", "E0453: label 'a' is set twice"],
    [".long 0xff", "E0450: '.long 0xff' is no BPF instruction: 4 bytes are no whole number of instructions"],
    [".ifc r1, r1; exit", "E0450: '.ifc r1, r1' is no BPF instruction: expected '.endif' behind it"],
    ["exit; .else", "E0450: '.else' is no BPF instruction: expected '.ifc' before it"],
    [".rept 2; exit", "E0450: '.rept 2' is no BPF instruction: expected '.endr' behind it"],
    [".rept 99999999; exit; .endr", "E0450: '.rept 99999999' is no BPF instruction: expected fewer repetitions"],
    [".section x", "E0450: '.section x' is no BPF instruction: expected an instruction, found '.section'"],
  ])("%s", (text, error) => expect(read(text).errors).toEqual([error]));

  test("any text gives lines and errors, never an exception", () => {
    const words = fc.constantFrom(
      "r1",
      "w2",
      "=",
      "+=",
      "(",
      ")",
      "*",
      "u32",
      "goto",
      "1",
      "1b",
      "1f",
      "a",
      ":",
      ";",
      "ll",
      "if",
      "-",
      "call",
      ".8byte",
      "/*",
      "if r1 == 2 goto",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(words).map((list) => list.join(" ")),
    );
    fc.assert(
      fc.property(text, (source) => void read(source)),
      { numRuns: 3000 },
    );
    expect(read("(".repeat(100_000)).errors).toHaveLength(1);
    expect(read(`r1 = ${"(".repeat(100_000)}`).errors).toHaveLength(1);
    expect(read(`r1 = ${"-".repeat(100_000)}1`).errors).toHaveLength(1);
  });
});

const kernel = openKernel({
  arch: "x86",
  btf: readFileSync("data/vmlinux-7.2-x86.btf"),
  index: readFileSync("data/vmlinux-7.2-x86.idx"),
  name: "Linux 7.2",
});
const examples = readdirSync("examples", { recursive: true, encoding: "utf8" }).filter((f) => /\.bpf(\.c)?$/.test(f));
const probe = "test/link/objects/probe.bpf.o";

/** An example as built; an object as it is. */
function objectOf(file: string): Uint8Array {
  if (file === probe) return new Uint8Array(readFileSync(file));
  const source = readFileSync(join("examples", file), "utf8");
  return compile(source, { kernel, fileName: file, verify: false }).object!;
}

test.each([probe, ...examples])("what disasm --asm prints of %s assembles to the same instructions", (file) => {
  expect(roundTrip(objectOf(file)).differences).toEqual([]);
});

const llvm = spawnSync("llvm-mc-19", ["--version"]).status === 0;
test.runIf(llvm)("llvm-mc gives the same bytes", () => {
  const dir = mkdtempSync(join(tmpdir(), "asm-"));
  const texts = samples
    .filter(
      ([, bytes, text]) => text !== null && !/^(91|89|81) 21|skb|addr_space|callx|_acq|_rel/.test(`${bytes} ${text}`),
    )
    .map(([, , text]) => text!)
    .filter((text) => !/load_acquire|store_release|skb\[r|call|may_goto/.test(text));
  const source = [
    ...texts,
    "r1 = 0xffffffff",
    "w2 = -1",
    "r1 = 5 + 3 * 2",
    "if r1 s<= -5 goto 1f",
    "1:",
    "r1 = 0x1122334455667788 ll",
  ].join("\n");
  const out = join(dir, "a.o");
  execFileSync("llvm-mc-19", ["-triple=bpfel", "-mcpu=v4", "-filetype=obj", "-o", out], {
    input: `.text\n${source}\n`,
  });
  execFileSync("llvm-objcopy-19", ["-O", "binary", "--only-section=.text", out, join(dir, "a.bin")]);
  expect(bytesOf(source)).toBe(hex(readFileSync(join(dir, "a.bin"))));
  rmSync(dir, { recursive: true });
});
