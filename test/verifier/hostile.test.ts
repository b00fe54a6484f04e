/** Programs that no compiler writes: the verifier answers, and neither throws nor hangs. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { AluOp, Callee, CondOp, Imm64, Insn, Reg, Size, Src } from "../../src/isa/insn.ts";
import type { LinkedProgram } from "../../src/link/model.ts";
import { verify } from "../../src/verifier/verify.ts";
import { kernel, program } from "./program.ts";

const reg = fc.integer({ min: 0, max: 11 }) as fc.Arbitrary<Reg>;
const imm = fc.oneof(fc.integer({ min: -520, max: 520 }), fc.integer());
const src: fc.Arbitrary<Src> = fc.oneof(
  reg.map((r) => ({ reg: r })),
  imm.map((i) => ({ imm: i })),
);
const size = fc.constantFrom<Size>(1, 2, 4, 8);
const width = fc.constantFrom<32 | 64>(32, 64);
const off = fc.oneof(fc.integer({ min: -24, max: 24 }), fc.integer({ min: -32768, max: 32767 }));
const target = fc.integer({ min: -8, max: 8 }).map((o) => ({ off: o }));

const aluOp = fc.constantFrom<AluOp>("add", "sub", "mul", "div", "smod", "or", "and", "lsh", "arsh", "mov", "movs8");
const condOp = fc.constantFrom<CondOp>("eq", "ne", "gt", "sle", "set");
const callee: fc.Arbitrary<Callee> = fc.oneof(
  fc.integer({ min: 0, max: 215 }).map((id) => ({ kind: "helper" as const, id })),
  fc.integer({ min: -3, max: 90_000 }).map((btfId) => ({ kind: "kfunc_id" as const, btfId, off: 0 })),
  fc.integer({ min: -6, max: 6 }).map((o) => ({ kind: "subprog_off" as const, off: o })),
);
const imm64: fc.Arbitrary<Imm64> = fc.oneof(
  fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }).map((value) => ({ kind: "int" as const, value })),
  fc.integer({ min: -1, max: 8 }).map((fd) => ({ kind: "map_fd" as const, fd })),
  fc
    .tuple(fc.integer({ min: -1, max: 8 }), fc.integer())
    .map(([fd, o]) => ({ kind: "map_value" as const, fd, off: o })),
  fc.integer({ min: -4, max: 90_000 }).map((btfId) => ({ kind: "btf_id" as const, btfId, fd: 0 })),
  fc.integer({ min: -6, max: 6 }).map((o) => ({ kind: "func_off" as const, off: o })),
);

const insn: fc.Arbitrary<Insn> = fc.oneof(
  fc.record({ kind: fc.constant("alu" as const), op: aluOp, width, dst: reg, src }),
  fc.record({ kind: fc.constant("neg" as const), width, dst: reg }),
  fc.record({ kind: fc.constant("load" as const), size, signed: fc.boolean(), dst: reg, base: reg, off }),
  fc.record({ kind: fc.constant("store" as const), size, base: reg, off, src }),
  fc.record({ kind: fc.constant("jump" as const), target, cond: fc.record({ op: condOp, width, dst: reg, src }) }),
  fc.record({ kind: fc.constant("may_goto" as const), target }),
  fc.record({ kind: fc.constant("call" as const), callee }),
  fc.record({ kind: fc.constant("ld_imm64" as const), dst: reg, value: imm64 }),
  fc.constant({ kind: "exit" as const }),
);

/** Mostly random, with a proper end so that many get past the first checks. */
function scrambled(body: readonly Insn[], cut: number): LinkedProgram {
  const base = program("r0 = 0; exit");
  let slot = 0;
  const all: readonly Insn[] = [...body, ...base.insns.map((line) => line.insn)];
  const insns = all.map((each) => {
    const line = { insn: each, slot };
    slot += each.kind === "ld_imm64" ? 2 : 1;
    return line;
  });
  const split = Math.min(cut, insns.length - 1);
  const funcs = [
    { name: "main", start: 0, end: split > 0 ? split : insns.length, linkage: "global" as const },
    ...(split > 0 ? [{ name: "rest", start: split, end: insns.length, linkage: "static" as const }] : []),
  ];
  return { ...base, insns, funcs };
}

test("a function that takes its own address gets a verdict", () => {
  const own: Insn = { kind: "ld_imm64", dst: 0, value: { kind: "func_off", off: -1 } };
  expect(verify(scrambled([own], 0), kernel).verdict).toBeDefined();
});

test("any sequence of instructions gets a verdict", () => {
  const cut = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 12 }));
  fc.assert(
    fc.property(fc.array(insn, { maxLength: 14 }), cut, (body, at) => {
      const { verdict, findings, unknown } = verify(scrambled(body, at), kernel, { limit: 20_000 });
      expect(["accepted", "rejected", "unknown"]).toContain(verdict);
      expect(findings.length).toBe(verdict === "rejected" ? 1 : 0);
      expect(unknown.length > 0).toBe(verdict === "unknown");
    }),
    { numRuns: 3000 },
  );
});

test("a program without instructions, functions or a known section is not judged", () => {
  const base = program("r0 = 0; exit");
  expect(verify({ ...base, insns: [], funcs: [] }, kernel).verdict).toBe("unknown");
  expect(verify({ ...base, funcs: [] }, kernel).verdict).toBe("unknown");
  const { info: _, ...nameless } = base;
  expect(verify(nameless, kernel).verdict).toBe("unknown");
});
