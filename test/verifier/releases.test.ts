/** Programs that a newer release takes, judged for older ones. */
import { expect, test } from "vitest";
import { verify } from "../../src/verifier/verify.ts";
import { kernel, program, type Source } from "./program.ts";

const answerOf = (source: Source, major: number, minor: number): string => {
  const { findings, verdict } = verify(program(source), { ...kernel, version: { major, minor } });
  return findings[0]?.code ?? verdict;
};

const END = "r0 = 0; exit";
test.each<readonly [was: string, before: readonly [number, number], now: readonly [number, number], Source]>([
  ["E0501", [6, 3], [6, 4], { section: "tc", main: `*(u32 *)(r1 + 8) = 1; ${END}` }],
  ["accepted", [6, 3], [6, 4], { section: "tc", main: `r2 = 1; *(u32 *)(r1 + 8) = r2; ${END}` }],
  [
    "unknown",
    [6, 6],
    [6, 7],
    { section: "tc", main: "r6 = 0; goto ask; again: r6 += 1; ask: if r6 < 9 goto again; r0 = 0; exit" },
  ],
  [
    "accepted",
    [6, 6],
    [6, 7],
    { section: "tc", main: "r6 = 0; goto ask; again: r6 += 1; goto ask; ask: if r6 < 9 goto again; r0 = 0; exit" },
  ],
  ["E0501", [6, 5], [6, 6], { section: "tc", main: `r2 = (s8)r1; ${END}` }],
  ["E0501", [6, 5], [6, 6], { section: "tc", main: `r2 = 9; r2 s/= 2; ${END}` }],
  ["E0501", [6, 8], [6, 9], { section: "tc", main: `may_goto 1f; 1: ${END}` }],
  [
    "E0501",
    [6, 14],
    [6, 15],
    { section: "tc", main: `*(u64 *)(r10 - 8) = 0; r2 = load_acquire((u64 *)(r10 - 8)); ${END}` },
  ],
  [
    "E0546",
    [6, 18],
    [6, 19],
    {
      section: "cgroup/sock_create",
      main: "r6 = r1; *(u32 *)(r10 - 4) = 0; r2 = 1; r3 = 2; r4 = r10; r4 += -4; r5 = 4; call 49; r0 = 1; exit",
    },
  ],
])("%s before, accepted now (%o, %o): %o", (was, before, now, source) => {
  expect([answerOf(source, ...before), answerOf(source, ...now)]).toEqual([was, "accepted"]);
});
