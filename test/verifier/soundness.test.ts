/**
 * What the verifier accepts runs without a fault, and every register holds what it said, seen without a kernel: random
 * programs are run in a plain interpreter.
 */
import { expect, test } from "vitest";
import { randomFrom } from "../../scripts/agreement/random.mjs";
import type { State } from "../../src/verifier/domain/state.ts";
import type { Value } from "../../src/verifier/domain/value.ts";
import { verify } from "../../src/verifier/verify.ts";
import { Machine, STACK_TOP, VALUE_AT } from "./machine.ts";
import { kernel, program } from "./program.ts";

/** SOUNDNESS_RUNS and SOUNDNESS_SEED: how many programs, and from which number on. */
const RUNS = Number(process.env.SOUNDNESS_RUNS ?? 1500);
const SEED = Number(process.env.SOUNDNESS_SEED ?? 1);
const INPUTS = 6;

type Random = (below: number) => number;

const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)]!;
const NUMBERS = [0, 1, -1, 2, 3, 7, 8, 15, 31, 40, 47, 48, 63, 255, 4096, 0x7fffffff, -0x80000000, -8, 0xffff];
const VARIABLES = ["7", "8", "9", "2", "3"];

/** One line; `n` is its label's number, and jumps go forward. */
function line(random: Random, n: number, count: number): string {
  const [a, b] = [pick(random, VARIABLES), pick(random, VARIABLES)];
  const w = pick(random, ["r", "r", "w"]);
  const by = random(2) ? `${w}${b}` : `${pick(random, NUMBERS)}`;
  switch (random(10)) {
    case 0:
      return `r${a} = *(u${pick(random, [8, 16, 32, 64])} *)(r6 + ${pick(random, [0, 8, 16, 40])})`;
    case 1:
      return `*(u64 *)(r10 - ${pick(random, [8, 16])}) = r${a}`;
    case 2:
      return `r${a} = *(u${pick(random, [8, 32, 64])} *)(r10 - ${pick(random, [8, 16])})`;
    case 3:
      return `${w}${a} &= ${pick(random, [1, 7, 15, 31, 47, 255, -8])}`;
    case 4:
    case 5: {
      const op = pick(random, ["==", "!=", ">", ">=", "<", "<=", "s>", "s>=", "s<", "s<=", "&"]);
      return `if ${w}${a} ${op} ${by} goto l${Math.min(count, n + 1 + random(5))}`;
    }
    case 6:
      return `r1 = r6; r1 += r${a}; r${b} = *(u8 *)(r1 + 0)`;
    case 7:
      return `${w}${a} ${pick(random, ["<<=", ">>=", "s>>="])} ${random(w === "w" ? 32 : 64)}`;
    case 8:
      return `${w}${a} = ${by}`;
    default:
      return `${w}${a} ${pick(random, ["+=", "-=", "*=", "|=", "&=", "^=", "%=", "/="])} ${by.replace(/^0$/, "5")}`;
  }
}

function text(random: Random): string {
  const count = 6 + random(14);
  const lines = Array.from({ length: count }, (_, n) => `l${n}: ${line(random, n, count)}`);
  const start =
    "*(u64 *)(r10 - 8) = 0; *(u64 *)(r10 - 16) = 0; r1 = 0; *(u32 *)(r10 - 20) = r1; r2 = r10; r2 += -20; r1 = hash ll; call 1; if r0 == 0 goto out; r6 = r0; r2 = 1; r3 = 2; call 7; r7 = r0; r8 = *(u64 *)(r6 + 0); r9 = *(u32 *)(r6 + 8); r2 = 5; r3 = 6";
  return `${start}; ${lines.join("; ")}; l${count}: r0 = 0; out: r0 = 0; exit`;
}

const inRange = (v: bigint, { min, max }: { readonly min: bigint; readonly max: bigint }): boolean =>
  v >= min && v <= max;

/** Whether a register may hold `v` where the verifier says `value`. */
function allows(value: Value, v: bigint): boolean {
  if (value.kind === "nothing") return true;
  if (value.kind === "ptr") {
    if (value.nullable && v === 0n) return true;
    const base = value.to.kind === "stack" ? STACK_TOP : value.to.kind === "map_value" ? VALUE_AT : undefined;
    if (base === undefined) return true;
    const rest = BigInt.asIntN(64, v - base - BigInt(value.off));
    return value.varying ? allows(value.varying, BigInt.asUintN(64, rest)) : rest === 0n;
  }
  const low = BigInt.asUintN(32, v);
  return (
    inRange(v, value.u) &&
    inRange(BigInt.asIntN(64, v), value.s) &&
    inRange(low, value.u32) &&
    inRange(BigInt.asIntN(32, low), value.s32) &&
    (v & ~value.bits.mask) === value.bits.value
  );
}

const fits = (regs: readonly Value[], now: readonly bigint[]): boolean =>
  regs.every((value, r) => allows(value, now[r]!));

function value(random: Random): Uint8Array {
  const bytes = Uint8Array.from({ length: 48 }, () => pick(random, [0, 0, 1, 7, 40, 255, 128, random(256)]));
  if (random(3) === 0) bytes.fill(pick(random, [0, 255]), 0, 8);
  return bytes;
}

test("what is accepted runs, and every value lies where it was said to", { timeout: 30_000 + RUNS * 60 }, () => {
  let accepted = 0;
  for (let run = 0; run < RUNS; run++) {
    const random = randomFrom(SEED + run);
    const source = text(random);
    const linked = program(source);
    const states = new Map<number, (readonly Value[])[]>();
    const trace = (index: number, state: State): void => {
      const list = states.get(index) ?? [];
      states.set(index, list);
      list.push(state.frames[0]!.regs.slice());
    };
    if (verify(linked, kernel, { trace, limit: 20_000, prune: false }).verdict !== "accepted") continue;
    accepted++;
    for (let input = 0; input < INPUTS; input++) {
      const machine = new Machine(
        value(random),
        input > 0,
        () => BigInt(random(2 ** 32)) * BigInt(1 + random(2 ** 32)),
      );
      const problem: string[] = [];
      try {
        machine.run(linked, (index, regs) => {
          if (!(states.get(index) ?? []).some((s) => fits(s, regs)))
            problem.push(`instruction ${index}: no state allows ${regs.slice(0, 10).join(" ")}`);
        });
      } catch (error) {
        problem.push(String(error));
      }
      expect(problem, `SOUNDNESS_SEED=${SEED + run} SOUNDNESS_RUNS=1\n${source}`).toEqual([]);
    }
  }
  expect(accepted * 5).toBeGreaterThan(RUNS > 100 ? RUNS : 0);
});
