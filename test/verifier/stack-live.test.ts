/** A slot that a walk reads was counted as alive all the way back to where it was written. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cx } from "../../src/verifier/cx.ts";
import { SLOT } from "../../src/verifier/domain/stack.ts";
import { type Frame, reg, type State } from "../../src/verifier/domain/state.ts";
import { WORDS } from "../../src/verifier/stack-live/marks.ts";
import { verify } from "../../src/verifier/verify.ts";
import { kernel, program, type Source } from "./program.ts";

/** One step of a path. */
interface Step {
  readonly before: Step | undefined;
  readonly at: number;
  readonly frames: number;
  readonly alive: Uint32Array | undefined;
  /** Frame and bytes that the instruction surely writes. */
  readonly writes: Bytes | undefined;
}

interface Bytes {
  readonly frame: number;
  readonly from: number;
  readonly to: number;
}

/** The memory of a stack that the instruction about to run touches. */
function touched(cx: Cx, state: State): { reads?: Bytes; writes?: Bytes } {
  const { insn } = cx.prep.insns[state.at]!;
  if (insn.kind === "load" || insn.kind === "store") {
    const p = reg(state, insn.base);
    if (p.kind !== "ptr" || p.to.kind !== "stack" || p.varying) return {};
    const from = p.off + insn.off;
    const bytes = { frame: p.to.frame, from, to: from + insn.size };
    return insn.kind === "load" ? { reads: bytes } : { writes: bytes };
  }
  if (insn.kind !== "call" || insn.callee.kind !== "helper" || insn.callee.id !== 1) return {};
  const key = reg(state, 2);
  if (key.kind !== "ptr" || key.to.kind !== "stack") return {};
  return { reads: { frame: key.to.frame, from: key.off, to: key.off + 4 } };
}

const isAlive = (alive: Uint32Array, frame: number, off: number): boolean => {
  const half = Math.ceil(-off / 4) - 1;
  return (alive[frame * WORDS + (half >> 5)]! & (1 << (half & 31))) !== 0;
};

/** Steps of which the byte that is read at the end was not alive, though nobody wrote it since. */
function missed(step: Step, { frame, from, to }: Bytes): string[] {
  const found: string[] = [];
  for (let off = from; off < to; off++) {
    for (let s: Step | undefined = step; s && s.frames > frame; s = s.before) {
      const w = s === step ? undefined : s.writes;
      if (w && w.frame === frame && off >= w.from && off < w.to) break;
      if (s.alive && !isAlive(s.alive, frame, off))
        found.push(`r10${off} of frame ${frame}, read at ${step.at}, is dead at ${s.at}`);
    }
  }
  return found;
}

/** Follows every path of the program, and tells what was taken for dead. */
function mistakes(source: Source): { readonly faults: readonly string[]; readonly reads: number } {
  const faults: string[] = [];
  let reads = 0;
  const last = new WeakMap<State, Step>();
  const turns = new Map<unknown, Step>();
  const trace = (at: number, state: State, cx: Cx): void => {
    const before = last.get(state) ?? (state.path && turns.get(state.path.before ?? "first"));
    const touch = touched(cx, state);
    const frames = state.frames as readonly Frame[];
    const step: Step = {
      before,
      at,
      frames: frames.length,
      alive: cx.stackLive.alive(frames, at),
      writes: touch.writes,
    };
    last.set(state, step);
    if (cx.prep.insns[at]!.insn.kind === "jump") turns.set(state.path ?? "first", step);
    if (!touch.reads) return;
    reads++;
    faults.push(...missed(step, touch.reads));
  };
  verify(program(source), kernel, { prune: false, limit: 3000, trace });
  return { faults, reads };
}

const slot = fc.integer({ min: 1, max: 6 }).map((n) => -SLOT * n);
const half = fc.integer({ min: 1, max: 12 }).map((n) => -4 * n);
const local = fc.constantFrom("r6", "r7");

/** What one statement does; r8 points to the stack of whoever runs, or further out, and r6 and r7 into it. */
const statement = fc.oneof(
  slot.map((off) => `*(u64 *)(r10 ${off}) = 1;`),
  half.map((off) => `*(u32 *)(r10 ${off}) = 2;`),
  slot.map((off) => `r1 = *(u64 *)(r10 ${off});`),
  half.map((off) => `r1 = *(u32 *)(r10 ${off});`),
  fc.tuple(local, slot).map(([r, off]) => `${r} = r10; ${r} += ${off};`),
  fc.tuple(local, fc.constantFrom(0, 4)).map(([r, off]) => `*(u32 *)(${r} + ${off}) = 3;`),
  local.map((r) => `*(u64 *)(${r} + 0) = 3;`),
  fc.tuple(local, fc.constantFrom(0, 4)).map(([r, off]) => `r1 = *(u32 *)(${r} + ${off});`),
  fc.constant("*(u64 *)(r8 + 0) = 4;"),
  fc.constant("r1 = *(u64 *)(r8 + 0);"),
  fc.constant("r6 = r7;"),
  // A pointer is saved, and read again from there.
  fc.tuple(local, local).map(([a, b]) => `*(u64 *)(r10 - 64) = ${a}; r1 = 0; ${b} = *(u64 *)(r10 - 64);`),
  fc.constant("*(u64 *)(r10 - 72) = r6;"),
  fc.constant("r2 = r10; r2 += -16; r1 = hash ll; call 1;"),
  // A pointer that is one into the stack on some ways only.
  local.map((r) => `r2 = r10; r2 += -16; r1 = hash ll; call 1; if r0 == 0 goto HERE; ${r} = r0; HERE: r1 = 0;`),
  fc.constant("CALL"),
  fc.integer({ min: 1, max: 4 }).map((n) => `SKIP ${n}`),
);

/** Statements with jumps over some of them, of which some are calls. */
function body(statements: readonly string[], label: string, call: string): string {
  const text = statements.map((s, i) => {
    const here = statements
      .flatMap((other, k) => (other === `SKIP ${i - k}` ? [`${label}${k}: r0 = 0;`] : []))
      .join(" ");
    if (s === "CALL") return `${here} ${call}`;
    const to = i + Number(s.slice(5));
    if (s.startsWith("SKIP")) return to < statements.length ? `${here} call 7; if r0 > ${i} goto ${label}${i};` : here;
    return `${here} ${s.replaceAll("HERE", `${label}h${i}`)}`;
  });
  return `${text.join(" ")} ${call} r0 = 0; exit`;
}

const START = "r6 = r10; r6 += -8; r7 = r10; r7 += -16; *(u64 *)(r10 - 64) = r6; *(u64 *)(r10 - 72) = r7;";
const statements = fc.array(statement, { maxLength: 14 });

const programs = fc.tuple(statements, statements, statements, local).map(([a, b, c, given]): Source => {
  const call = `r1 = ${given}; call f;`;
  return {
    main: `${START} r8 = r6; ${body(a, "m", call)}`,
    // r1 points to a slot of main; in -64 main has a pointer saved, which g reads.
    f: `r8 = r1; ${START} ${body(b, "f", `r1 = r8; r2 = r10; r2 += -64; call g;`)}`,
    g: `r8 = r1; r3 = *(u64 *)(r2 + 0); r4 = *(u64 *)(r3 + 0); ${START} ${body(c, "g", "")}`,
  };
});

describe("stack liveness", () => {
  test("nothing is dead that is read later", () => {
    let reads = 0;
    fc.assert(
      fc.property(programs, (source) => {
        const found = mistakes(source);
        reads += found.reads;
        expect(found.faults).toEqual([]);
      }),
      { numRuns: Number(process.env.LIVENESS_RUNS ?? 150) },
    );
    expect(reads).toBeGreaterThan(150);
  });
});
