import { describe, expect, test } from "vitest";
import { compileIr, printSubprog, slotsOf } from "./listing.ts";

const isReturnProgram = `global auto entry(ptr) i32 section "fsession/icmp_rcv"
b0:
  %0 = param ptr 0
  %1 = call i32 kfunc bpf_session_is_return(%0)
  %2 = zext i32 8 %1
  %3 = const i32 0
  br ne %2, %3, b1, b2
b1:
  %4 = addr global exit_text
  %5 = const i32 16
  %6 = call i64 helper 6(%4, %5)
  jump b3
b2:
  %7 = addr global entry_text
  %8 = const i32 17
  %9 = call i64 helper 6(%7, %8)
  jump b3
b3:
  ret %3
`;

const cookieProgram = `global auto entry(ptr) i32 section "fsession/icmp_rcv"
b0:
  %0 = param ptr 0
  %1 = call ptr kfunc bpf_session_cookie(%0)
  %2 = call i32 kfunc bpf_session_is_return(%0)
  %3 = zext i32 8 %2
  %4 = const i32 0
  br eq %3, %4, b1, b2
b1:
  %5 = const i64 3735928559
  store u64 [%1], %5
  jump b3
b2:
  %6 = addr global text
  %7 = const i32 25
  %8 = load i64 u64 [%1]
  %9 = call i64 helper 6(%6, %7, %8)
  jump b3
b3:
  ret %4
`;

describe("whole programs", () => {
  test("two prints share their call; clang 19 needs 13 slots", () => {
    const { subprog } = compileIr(isReturnProgram);
    expect(printSubprog(subprog)).toMatchSnapshot();
    expect(slotsOf(subprog)).toBeLessThan(13);
  });

  test("the cookie stays in a register that survives calls; clang 19 needs 18 slots", () => {
    const { subprog } = compileIr(cookieProgram);
    expect(printSubprog(subprog)).toMatchSnapshot();
    expect(slotsOf(subprog)).toBeLessThan(18);
  });

  test("a loop asks at its end, and nothing is moved in it", () => {
    const { subprog } = compileIr(`static auto sum(i64) i64
b0:
  %0 = param i64 0
  %1 = const i64 0
  %2 = const i64 1
  jump b1
b1:
  %3 = phi i64 b0: %1, b2: %6
  %4 = phi i64 b0: %1, b2: %5
  br ult %3, %0, b2, b3
b2:
  %5 = add i64 %4, %3
  %6 = add i64 %3, %2
  jump b1
b3:
  ret %4
`);
    expect(printSubprog(subprog)).toEqual([
      "r2 = 0",
      "r0 = 0",
      "if r2 >= r1 goto b7",
      "b2: r0 += r2",
      "r2 += 1",
      "if r2 < r1 goto b2",
      "b7: exit",
    ]);
  });

  // What asks needs an instruction of its own here, so who enters cannot ask for the price of a jump.
  const inMiddle = `static auto sum(i64) i64
b0:
  %0 = param i64 0
  %1 = const i64 0
  %2 = const i64 1
  jump b1
b1:
  %3 = phi i64 b0: %1, b2: %6
  %4 = phi i64 b0: %1, b2: %5
  %7 = call i64 helper 5()
  br ult %3, %7, b2, b3
b2:
  %5 = add i64 %4, %3
  %6 = add i64 %3, %2
  jump b1
b3:
  ret %4
`;
  test.each([
    ["v3", ["goto b1", "b2: r7 += r6", "r6 += 1", "goto b1", "b1: call 5"]],
    ["v4", ["goto b1", "b2: r7 += r6", "r6 += 1", "b1: call 5"]],
  ] as const)("the way back to the start of a loop is a jump, which older kernels ask for: %s", (cpu, lines) => {
    expect(printSubprog(compileIr(inMiddle, cpu).subprog).slice(2)).toEqual([
      ...lines,
      "if r6 < r0 goto b2",
      "r0 = r7",
      "exit",
    ]);
  });

  test("`a && b` as a value: one register, set twice", () => {
    const { subprog } = compileIr(`static auto both(i32, i32) i32
b0:
  %0 = param i32 0
  %1 = param i32 1
  %2 = const i32 5
  %3 = const i32 0
  %4 = const i32 1
  br ult %0, %2, b1, b3
b1:
  br ugt %1, %2, b2, b3
b2:
  jump b3
b3:
  %5 = phi i32 b0: %3, b1: %3, b2: %4
  ret %5
`);
    expect(slotsOf(subprog)).toBe(5);
  });
});

describe("what the kernel would refuse is not made", () => {
  test("loads through registers are not merged, those from the frame are", () => {
    const arms = (base: string) => `static auto f(ptr, ptr, i64) i64
  s0: 8 align 8 local
b0:
  %0 = param ptr 0
  %1 = param ptr 1
  %2 = param i64 2
  %3 = slot s0
  %4 = const i64 0
  store u64 [%3], %2
  br eq %2, %4, b1, b2
b1:
  %5 = call i64 helper 1()
  %6 = load i64 u64 [${base}]
  jump b3
b2:
  %7 = call i64 helper 2()
  %8 = load i64 u64 [${base}]
  jump b3
b3:
  %9 = phi i64 b1: %6, b2: %8
  ret %9
`;
    const loads = (base: string) =>
      printSubprog(compileIr(arms(base)).subprog).filter((line) => /r0 = \*/.test(line)).length;
    expect([loads("%0"), loads("%3")]).toEqual([2, 1]);
  });

  test("calls of kfuncs are merged where their arguments are made of nothing that could differ", () => {
    const arms = (arg: string) => `static auto f(ptr, i64) i64
  s0: 8 align 8 local
b0:
  %0 = param ptr 0
  %1 = param i64 1
  %2 = slot s0
  %3 = const i64 0
  %4 = const i64 7
  store u64 [%2], %1
  br eq %1, %3, b1, b2
b1:
  %5 = call i64 helper 5()
  %6 = call i64 kfunc k(${arg}, %4)
  ret %6
b2:
  %7 = call i64 helper 7()
  %8 = call i64 kfunc k(${arg}, %4)
  ret %8
`;
    const calls = (arg: string) =>
      printSubprog(compileIr(arms(arg)).subprog).filter((line) => /call k/.test(line)).length;
    expect([calls("%0"), calls("%2"), calls("%3")]).toEqual([2, 1, 1]);
  });

  test("a path that cannot be is still an end", () => {
    const { subprog } = compileIr("static auto f() i32\nb0:\n  unreachable\n");
    expect(printSubprog(subprog)).toEqual(["w0 = 0", "exit"]);
  });
});

test("a constant that serves on both ways of a branch is made once, before", () => {
  const { subprog } = compileIr(`static auto f(ptr, i64) i64
b0:
  %0 = param ptr 0
  %1 = param i64 1
  %2 = core(field_byte_size 3:0:1) i64 4
  %3 = const i64 8
  %4 = const i64 1
  br eq %2, %3, b1, b2
b1:
  ret %3
b2:
  br eq %2, %4, b3, b4
b3:
  ret %1
b4:
  ret %4
`);
  expect(printSubprog(subprog).filter((line) => / = 4$/.test(line))).toHaveLength(1);
});

describe("limits", () => {
  test("E0440: more stack than the kernel gives", () => {
    const { subprog, codes } = compileIr(`static auto f() i32
  s0: 600 align 8 buffer
b0:
  %0 = slot s0
  %1 = const i32 600
  %2 = call i64 helper 16(%0, %1)
  ret %1
`);
    expect([codes, subprog.lines]).toEqual([["E0440"], []]);
  });

  test("signed division before v4 is not ours to make", () => {
    const text = "static auto f(i32, i32) i32\nb0:\n%0 = param i32 0\n%1 = param i32 1\n%2 = sdiv i32 %0, %1\nret %2";
    expect(() => compileIr(text, "v3")).toThrow("signed division");
    expect(printSubprog(compileIr(text, "v4").subprog)).toEqual(["w1 s/= w2", "w0 = w1", "exit"]);
  });

  const many = (count: number, from: number) =>
    Array.from({ length: count }, (_, i) => `%${i + from} = call i64 helper ${(i + from) % 199}()`).join("\n");
  const far = (calls: number) => `static auto f(i64) i64
b0:
%0 = param i64 0
%1 = const i64 0
br eq %0, %1, b1, b2
b1:
${many(calls, 10)}
jump b3
b2:
${many(calls, 100000)}
jump b3
b3:
ret %1
`;

  test("E0442: a branch over more than 16 bits, which v4 makes long", () => {
    expect(compileIr(far(33_000), "v3").codes).toEqual(["E0442"]);
    const { subprog, codes } = compileIr(far(33_000), "v4");
    expect(codes).toEqual([]);
    expect(subprog.lines.some(({ insn }) => insn.kind === "jump" && insn.long)).toBe(true);
  });
});

describe("numbers stored to the context", () => {
  const storing = (head: string, cpu: "v3" | "v4") =>
    printSubprog(
      compileIr(
        `${head}
b0:
  %0 = param ptr 0
  %1 = const i64 8
  %2 = add ptr %0, %1
  %3 = const i32 7
  store u32 [%2], %3
  %4 = const i32 0
  ret %4
`,
        cpu,
      ).subprog,
    ).find((line) => line.startsWith("*"));
  test.each(['global auto f(ptr) i32 section "tc"', "static auto f(ptr) i32"])("go by a register: %s", (head) => {
    expect(storing(head, "v3")).toBe("*(u32 *)(r1 + 0) = w2");
    expect(storing(head, "v4")).toBe("*(u32 *)(r1 + 0) = 7");
  });
});
