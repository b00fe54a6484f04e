// Work that is not done twice: bodies that go to one caller, passes that a change leaves idle.
import { describe, expect, test } from "vitest";
import type { IrFunction } from "../../../src/asm/ir/model.ts";
import { neededPasses, optionalPasses } from "../../../src/asm/ir/optimise.ts";
import { parseProgram } from "../../../src/asm/ir/parse.ts";
import { inlineCalls } from "../../../src/asm/ir/passes/inline.ts";
import { staysIdle } from "../../../src/asm/ir/still-idle.ts";

const callee = (head: string) => `
  ${head} callee(i64) i64
  b0:
  %1 = param i64 0
  ret %1
`;
const caller = (body: string) => `
  global never main() i64 section "fentry/f"
  b0:
  %1 = const i64 5
  ${body}
  ret %1`;
const call = "%2 = call i64 function callee(%1)";

describe("a function whose one call is inlined is only prepared", () => {
  test.each([
    ["static auto", call, ["callee"]],
    ["static always", call, ["callee"]],
    ["static never", call, []],
    ["global always", call, []],
    ["static always", `${call}\n%3 = call i64 function callee(%2)`, []],
    // a callback stays, and nobody else optimises it
    ["static auto", "%2 = addr func callee", []],
  ])("%s: %s", (head, body, want) => {
    const prepared: string[] = [];
    const optimised: string[] = [];
    const into = (names: string[]) => (fn: IrFunction) => {
      names.push(fn.name);
      return fn;
    };
    inlineCalls(parseProgram(callee(head) + caller(body)), {
      auto: true,
      optimise: into(optimised),
      prepare: into(prepared),
    });
    expect(prepared).toEqual(want);
    expect([...prepared, ...optimised].sort()).toEqual(["callee", "main"]);
  });
});

describe("passes that a change leaves idle", () => {
  const names = [...optionalPasses, ...neededPasses];

  test("cleaning wakes what counts instructions and blocks", () => {
    const woken = names.filter((pass) => !staysIdle(pass, "drop-dead"));
    expect(woken).toEqual(expect.arrayContaining(["merge-tests", "simplify-cfg", "unroll", "unroll-small"]));
    expect(woken).not.toContain("forward-memory");
  });

  test("what makes values or blocks wakes everything", () => {
    for (const changer of ["simplify", "thread-jumps", "reuse-loads", "unroll", "one-round"])
      expect(names.filter((pass) => staysIdle(pass, changer))).toEqual([]);
  });
});
