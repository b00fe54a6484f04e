import { expect, test } from "vitest";
import { compileIr, printSubprog } from "./listing.ts";

/** A loop with a flag that one way sets and the other leaves as it is. */
const loop = `static auto f(i64) i64
b0:
  %0 = param i64 0
  %1 = const i64 0
  %2 = const i64 1
  jump b1
b1:
  %3 = phi i64 b0: %1, b4: %8
  %4 = phi i64 b0: %1, b4: %7
  br ult %3, %0, b2, b5
b2:
  %5 = call i64 helper 5()
  br eq %5, %3, b4, b3
b3:
  %6 = call i64 helper 7()
  jump b4
b4:
  %7 = phi i64 b2: %2, b3: %4
  %8 = add i64 %3, %2
  jump b1
b5:
  ret %4
`;

test("a loop's variable that one way sets keeps its register: the constant stays behind the branch", () => {
  const lines = printSubprog(compileIr(loop).subprog).map((line) => line.replace(/^b\d+: /, ""));
  const round = lines.slice(lines.indexOf("call 5"));
  expect(round.filter((line) => /^r[1-9] = r\d$/.test(line))).toEqual([]);
});
