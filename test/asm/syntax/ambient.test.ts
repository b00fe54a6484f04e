import { describe, expect, test } from "vitest";
import { parse } from "./harness.ts";
import { showItem } from "./sexpr.ts";

const shown = (text: string): string => {
  const { unit, messages } = parse(text);
  expect(messages).toEqual([]);
  return unit.items.map(showItem).join(" ");
};

describe("ambient macros", () => {
  test("expand without a header", () => {
    expect(shown('char x[] SEC("license") = "GPL"; void *p = NULL;')).toBe(
      '(decl (x (array char) @(section "license") @used "GPL")) (decl (p (ptr void) (cast (ptr void) 0)))',
    );
  });

  test("make programs", () => {
    const { unit } = parse('SEC("fentry/f")\nint BPF_PROG(probe, int a) { return a; }');
    expect(unit.items.map((item) => (item.kind === "function" ? item.name.name : item.kind))).toEqual([
      "declaration",
      "declaration",
      "probe",
      "____probe",
    ]);
  });

  test.each([
    ["a macro of the user", "#define ETH_P_IP 7\nint x = ETH_P_IP;", "(decl (x int 7))"],
    ["#undef", "#undef NULL\nint x = NULL;", "(decl (x int NULL))"],
    ["a guard", "#ifndef NULL\n#define NULL 1\n#endif\nvoid *x = NULL;", "(decl (x (ptr void) (cast (ptr void) 0)))"],
    [
      "a function",
      "int min(u32 a, u32 b); int x = min(1, 2);",
      "(decl (min (func int (a u32) (b u32)))) (decl (x int (call min 1 2)))",
    ],
    [
      "a function without parameters",
      "static void barrier(void) {} void f(void) { barrier(); }",
      "(fn static barrier (func void) {}) (fn f (func void) {(call barrier)})",
    ],
    [
      "a variable",
      "const int ETH_P_IP = 7; int x = ETH_P_IP;",
      "(decl (ETH_P_IP (const int) 7)) (decl (x int ETH_P_IP))",
    ],
    [
      "an enumerator",
      "enum { A, ETH_P_IP = 7, NULL }; int x = ETH_P_IP;",
      "(decl (enum {A (ETH_P_IP 7) NULL})) (decl (x int ETH_P_IP))",
    ],
    [
      "a parameter",
      "int f(int ETH_P_IP) { return ETH_P_IP; } int x = ETH_P_IP;",
      "(fn f (func int (ETH_P_IP int)) {(return ETH_P_IP)}) (decl (x int 2048))",
    ],
    [
      "a member",
      "struct s { int ETH_P_IP; } v; int f(struct s *p) { return p->ETH_P_IP + v.min; }",
      "(decl (v (struct s {(ETH_P_IP int)}))) (fn f (func int (p (ptr (struct s)))) {(return (+ (-> p ETH_P_IP) (. v min)))})",
    ],
    ["a tag", "struct ETH_P_IP { int a; };", "(decl (struct ETH_P_IP {(a int)}))"],
    [
      "a scope that ended",
      "void f(void) { { int min; min(1, 2); } min(1, 2); }",
      "(fn f (func void) {{(decl (min int)) (call min 1 2)} (? (< 1 2) 1 2)})",
    ],
  ])("give way to %s", (_what, source, expected) => {
    expect(shown(source)).toBe(expected);
  });

  test("keep their own names inside their bodies", () => {
    expect(shown('void f(void) { int bpf_trace_printk; bpf_printk("a"); }')).toContain(
      "(call bpf_trace_printk ____fmt)",
    );
  });
});

describe("spans", () => {
  test("a token of a macro lies at the use, and tells the way", () => {
    const source = "#define INNER(x) (x + y)\n#define OUTER(x) INNER(x)\nint v = OUTER(z);";
    const { unit } = parse(source);
    const [item] = unit.items;
    const init = item?.kind === "declaration" ? item.declarators[0]!.init : undefined;
    if (init?.kind !== "binary") throw new Error("not a sum");
    const use = { start: source.indexOf("OUTER(z)"), end: source.indexOf(";") };
    expect(init.left.span).toEqual({ file: 0, start: source.indexOf("z"), end: source.indexOf("z") + 1 });
    expect(init.right.span).toMatchObject({ file: 0, ...use });
    expect(init.right.span.via).toMatchObject({
      macro: "INNER",
      spelled: { start: source.indexOf("y)") },
      outer: { macro: "OUTER", spelled: { start: source.indexOf("INNER(x)\nint") } },
    });
  });

  test("nodes cover their text", () => {
    const source = "int f(int a) { return (a + 1) * 2; }";
    const { unit } = parse(source);
    const fn = unit.items[0]!;
    const text = ({ start, end }: { start: number; end: number }): string => source.slice(start, end);
    expect(text(fn.span)).toBe(source);
    if (fn.kind !== "function") throw new Error("not a function");
    const [stmt] = fn.body.items;
    expect(text(stmt!.span)).toBe("return (a + 1) * 2;");
    if (stmt?.kind !== "return" || stmt.value?.kind !== "binary") throw new Error("not a return");
    expect(text(stmt.value.opSpan)).toBe("*");
    expect(text(stmt.value.right.span)).toBe("2");
  });
});
