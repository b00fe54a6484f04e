/** Functions of the program: frames, callbacks, depth, stack, loops. */
import { describe, expect, test } from "vitest";
import { answer, judge, type Source } from "./program.ts";

const chain = (length: number, body: string): Source => {
  const funcs: Record<string, string> = {};
  for (let i = 1; i < length; i++)
    funcs[`f${i}`] = i + 1 < length ? `${body} call f${i + 1}; exit` : `${body} r0 = 0; exit`;
  return { main: `${body} call f1; r0 = 0; exit`, ...funcs };
};

/** A tail call below a function that takes so much stack. */
const TAIL = (size: number): Source => ({
  section: "tc",
  main: `*(u64 *)(r10 - ${size}) = 0; call f; r0 = 0; exit`,
  f: "r2 = programs ll; r3 = 0; call 12; r0 = 0; exit",
});

describe("static functions", () => {
  test.each<readonly [string, Source]>([
    ["accepted", { main: "r1 = 1; r2 = 2; call add; r0 = 0; exit", add: "r0 = r1; r0 += r2; exit" }],
    ["E0507", { main: "r1 = 1; call add; r0 = 0; exit", add: "r0 = r1; r0 += r3; exit" }],
    ["E0507", { main: "r6 = 1; call f; r0 = 0; exit", f: "r0 = r6; exit" }],
    ["accepted", { main: "r6 = r1; call f; r2 = *(u64 *)(r6 + 0); r0 = 0; exit", f: "r6 = 1; exit" }],
    ["E0507", { main: "call f; r0 = r0; r0 = 0; exit", f: "r6 = 1; exit" }],
    ["E0507", { main: "r1 = 5; call f; r0 = r1; exit", f: "r0 = 0; exit" }],
    ["E0562", { main: "call f; exit", f: "r0 = 3; exit" }],
    [
      "accepted",
      {
        main: "r1 = r10; r1 += -8; call f; r2 = *(u64 *)(r10 - 8); r0 = 0; exit",
        f: "*(u64 *)(r1 + 0) = 5; r0 = 0; exit",
      },
    ],
    ["E0518", { main: "r1 = r10; r1 += -8; call f; r0 = 0; exit", f: "*(u64 *)(r1 + 8) = 5; r0 = 0; exit" }],
    ["E0522", { main: "r1 = r10; r1 += -8; call f; r0 = 0; exit", f: "*(u64 *)(r1 + 0) = r10; r0 = 0; exit" }],
    ["E0567", { main: "call f; r0 = 0; exit", f: "r0 = r10; exit" }],
    ["E0506", { main: "call f; r0 = 0; exit", f: "call f; r0 = 0; exit" }],
    ["E0504", { main: "call f; r0 = 0; exit", f: "r0 = 0" }],
    ["accepted", chain(16, "")],
    ["E0564", chain(17, "")],
    ["accepted", { section: "xdp", ...chain(2, "*(u64 *)(r10 - 256) = 0;") }],
    ["E0565", { section: "xdp", ...chain(2, "*(u64 *)(r10 - 264) = 0;") }],
    ["accepted", chain(2, "*(u64 *)(r10 - 264) = 0;")],
    // Which programs have a stack for each function: those that cannot run inside themselves, and call no other program.
    ["E0565", { section: "iter/task", ...chain(2, "*(u64 *)(r10 - 264) = 0;") }],
    ["E0565", { section: "lsm/file_open", ...chain(2, "*(u64 *)(r10 - 264) = 0;") }],
    ["accepted", { section: "raw_tp/sys_enter", ...chain(2, "*(u64 *)(r10 - 264) = 0;") }],
    ["E0565", TAIL(248)],
    ["unknown", TAIL(240)], // whether f returns an int, these programs do not say
    // Callbacks that name one another, and that nothing sets.
    ["E0564", { main: "r6 = a ll; r0 = 0; exit", a: "r6 = b ll; r0 = 0; exit", b: "r6 = a ll; r0 = 0; exit" }],
  ])("%s: %j", (want, source) => {
    expect(answer(source)).toBe(want);
  });
});

const LOOP = "r1 = 10; r2 = cb ll; r3 = r10; r3 += -8; r4 = 0; *(u64 *)(r10 - 8) = 0; call 181; r0 = 0; exit";

describe("callbacks", () => {
  test.each<readonly [string, Source]>([
    ["accepted", { main: LOOP, cb: "r3 = *(u64 *)(r2 + 0); r3 += r1; *(u64 *)(r2 + 0) = r3; r0 = 0; exit" }],
    // A function that nothing calls is removed; its address is missed where others stay.
    ["accepted", { main: "r2 = cb ll; r0 = 0; exit", cb: "r0 = 0; exit" }],
    ["unknown", { main: `r6 = idle ll; ${LOOP}`, cb: "r0 = 0; exit", idle: "r0 = 0; exit" }],
    ["E0562", { main: LOOP, cb: "r0 = 2; exit" }],
    ["E0562", { main: LOOP, cb: "r0 = r1; exit" }],
    ["E0507", { main: LOOP, cb: "r0 = r3; exit" }],
    ["E0518", { main: LOOP, cb: "*(u64 *)(r2 + 8) = 0; r0 = 0; exit" }],
    ["E0539", { main: LOOP, cb: "r2 = data ll; r2 += r1; r3 = *(u8 *)(r2 + 0); r0 = 0; exit" }],
    ["accepted", { main: LOOP, cb: "r1 &= 63; r2 = data ll; r2 += r1; r3 = *(u8 *)(r2 + 0); r0 = 0; exit" }],
    [
      "accepted",
      {
        main: "r1 = hash ll; r2 = cb ll; r3 = 0; r4 = 0; call 164; r0 = 0; exit",
        cb: "r2 = *(u32 *)(r2 + 0); *(u64 *)(r3 + 40) = r2; r0 = 0; exit",
      },
    ],
    [
      "E0527",
      {
        main: "r1 = hash ll; r2 = cb ll; r3 = 0; r4 = 0; call 164; r0 = 0; exit",
        cb: "*(u32 *)(r2 + 0) = 1; r0 = 0; exit",
      },
    ],
    ["accepted", { main: LOOP.replace("r1 = 10", "r1 = 0"), cb: "*(u64 *)(r2 + 8) = 0; r0 = 0; exit" }],
    ["E0549", { main: "r1 = 10; r2 = 0; r3 = 0; r4 = 0; call 181; r0 = 0; exit" }],
  ])("%s: %j", (want, source) => {
    expect(answer(source)).toBe(want);
  });

  test("what the callback changed is not taken for what it was before", () => {
    const main = `${LOOP.replace("r0 = 0; exit", "r1 = *(u64 *)(r10 - 8); if r1 == 0 goto out; r2 = *(u64 *)(r9 + 0); out: r0 = 0; exit")}`;
    const verdict = judge({ main, cb: "*(u64 *)(r2 + 0) = 1; r0 = 0; exit" });
    expect(verdict.verdict).not.toBe("accepted");
  });
});

describe("loops and many paths", () => {
  test("a loop is followed until it ends", () => {
    const verdict = judge("r6 = 0; 1: r6 += 1; if r6 < 1000 goto 1b; r0 = 0; exit");
    expect([verdict.verdict, verdict.processed]).toEqual(["accepted", 2003]);
  });

  test("paths that differ in numbers that nothing turns on are followed once", () => {
    const diamond = Array.from(
      { length: 40 },
      (_, i) => `call 7; if r0 > ${i} goto l${i}; r6 += 1; l${i}: r6 ^= ${i};`,
    );
    const verdict = judge(`r6 = 0; ${diamond.join(" ")} r0 = 0; exit`);
    expect(verdict.verdict).toBe("accepted");
    expect(verdict.processed).toBeLessThan(1000);
  });

  test("registers that a kfunc does not take are no arguments of it", () => {
    const verdict = judge(
      "r1 = r10; r1 += -8; r2 = 0; r3 = 9; call bpf_iter_num_new; r6 = 0; next: r2 = r6; r1 = r10; r1 += -8; call bpf_iter_num_next; if r0 == 0 goto out; r1 = *(u32 *)(r0 + 0); r6 += r1; goto next; out: r1 = r10; r1 += -8; call bpf_iter_num_destroy; r0 = 0; exit",
    );
    expect(verdict.verdict).toBe("accepted");
    expect(verdict.processed).toBeLessThan(60);
  });

  test("what something turns on later is not merged away", () => {
    const text =
      "r7 = 8; call 7; if r0 > 5 goto 1f; r7 = 64; 1: call 7; r0 = 0; call 7; r6 = data ll; r6 += r7; r1 = *(u8 *)(r6 + 0); r0 = 0; exit";
    expect(answer(text)).toBe("E0523");
  });

  // What comes back to a state that is still open was left out before it was known what turns on it.
  const ROUND = "r1 = r10; r1 += -8; call bpf_iter_num_next; if r0 == 0 goto out;";
  const carried = (second: number): string =>
    `call 7; r6 = r0; r7 = 8; r1 = r10; r1 += -8; r2 = 0; r3 = 9; call bpf_iter_num_new; next: ${ROUND} if r6 == 42 goto use; r7 = ${second}; call 7; r6 = r0; goto next; use: r9 = data ll; r9 += r7; r1 = *(u8 *)(r9 + 0); call 7; r6 = r0; goto next; out: r1 = r10; r1 += -8; call bpf_iter_num_destroy; r0 = 0; exit`;
  const free = (second: number): string =>
    `call 7; r6 = r0; r7 = 8; next: may_goto out; if r6 == 42 goto use; r7 = ${second}; call 7; r6 = r0; goto next; use: r9 = data ll; r9 += r7; r1 = *(u8 *)(r9 + 0); call 7; r6 = r0; goto next; out: r0 = 0; exit`;

  test.each([carried, free])("what a later round changes is not left out: %s", (loop) => {
    expect(answer(loop(8))).toBe("accepted");
    expect(answer(loop(64))).not.toBe("accepted");
  });

  test("zero bytes of one path turn on the zero that another path saved there", () => {
    const pad = Array.from({ length: 3 }, (_, i) => `r2 = 0; r3 = 0; if r5 > ${i} goto p${i}; r4 = 0; p${i}: r4 = 1;`);
    const text = (high: number): string =>
      `call 7; r5 = r0; r2 = 0; r3 = 0; r4 = 0; if r0 > 5 goto b; *(u32 *)(r10 - 8) = 0; *(u32 *)(r10 - 4) = 0; goto meet; b: r6 = ${high}; r6 <<= 32; call 7; r5 = r0; if r0 < 6 goto d; r6 = 0; d: ${pad.join(" ")} *(u64 *)(r10 - 8) = r6; meet: r2 = 0; r3 = 0; r4 = 0; call 7; call 7; r1 = *(u32 *)(r10 - 4); r9 = data ll; r9 += r1; r2 = *(u8 *)(r9 + 0); r0 = 0; exit`;
    expect(answer(text(0))).toBe("accepted");
    expect(answer(text(64))).not.toBe("accepted");
  });

  test("a limit that is reached leaves the verdict open", () => {
    expect(answer("r6 = 0; 1: r6 += 1; if r6 < 1000 goto 1b; r0 = 0; exit")).toBe("accepted");
    const many = judge("r6 = 0; 1: r6 += 1; if r6 < 400000 goto 1b; r0 = 0; exit");
    expect([many.verdict, many.unknown.length]).toEqual(["unknown", 1]);
  });
});

describe("explanations", () => {
  test("say what the value is, since when, and on which path", () => {
    const text =
      "*(u32 *)(r10 - 4) = 1; r2 = r10; r2 += -4; r1 = hash ll; call 1; r6 = r0; call 7; if r0 > 5 goto 1f; *(u64 *)(r6 + 0) = 1; 1: r0 = 0; exit";
    const [finding] = judge(text).findings;
    expect(finding).toMatchObject({ code: "E0510", text: "r6 may be null here", insn: 9, line: { line: 10 } });
    expect(finding!.notes.map((n) => [n.text, n.line?.line])).toEqual([
      ["expected a pointer that was compared with NULL", undefined],
      [
        "it may be null: it comes from bpf_map_lookup_elem at line 6 (a pointer to a value of map 'hash', or NULL) and is not checked on the path through line 9",
        6,
      ],
    ]);
    expect(finding!.path.map(({ line }) => line)).toEqual([9]);
    expect(finding!.help).toContain("NULL");
  });

  test("name what was acquired and where", () => {
    const text = "r1 = ring ll; r2 = 8; r3 = 0; call 131; r0 = 0; exit";
    const [finding] = judge(text).findings;
    expect(finding!.text).toBe("what bpf_ringbuf_reserve gave is not released on every path");
    expect(finding!.notes[1]).toMatchObject({ text: "acquired here", line: { line: 5 } });
  });
});
