import { describe, expect, test } from "vitest";
import { parseTypeName } from "../../../src/asm/syntax/parse.ts";
import { parse } from "./harness.ts";
import { showItem, showType } from "./sexpr.ts";

function items(text: string): string {
  const { unit, messages } = parse(text);
  expect(messages).toEqual([]);
  return unit.items.map(showItem).join(" ");
}

/** The one function's body. */
function body(text: string): string {
  return items(`void f(void) {\n${text} }`).replace(/^\(fn f \(func void\) \{(.*)\}\)$/s, "$1");
}

describe("expressions", () => {
  test.each([
    ["a + b * c - d", "(- (+ a (* b c)) d)"],
    ["a = b = c", "(= a (= b c))"],
    ["a ? b : c ? d : e", "(? a b (? c d e))"],
    ["a ?: b", "(? a b)"],
    ["a = b ? c, d : e", "(= a (? b (, c d) e))"],
    ["a, b, c", "(, (, a b) c)"],
    ["a || b && c | d ^ e & f == g < h << i + j", "(|| a (&& b (| c (^ d (& e (== f (< g (<< h (+ i j)))))))))"],
    ["a <<= b >>= 1", "(<<= a (>>= b 1))"],
    ["-a * !b", "(* (- a) (! b))"],
    ["*p++", "(* (_++ p))"],
    ["++*p", "(++_ (* p))"],
    ["&a->b.c[1]", "(& ([] (. (-> a b) c) 1))"],
    ["(u32)a + 1", "(+ (cast u32 a) 1)"],
    ["(u32)(a) + 1", "(+ (cast u32 a) 1)"],
    ["(a) + 1", "(+ a 1)"],
    ["(unknown_t)a + (unknown_t)~1 + (a)(1)", "(+ (+ (cast unknown_t a) (cast unknown_t (~ 1))) (call a 1))"],
    ["*(unknown_t *)a * *(unknown_t **)b", "(* (* (cast (ptr unknown_t) a)) (* (cast (ptr (ptr unknown_t)) b)))"],
    ["(u32)-a", "(cast u32 (- a))"],
    ["(void *)(long)a", "(cast (ptr void) (cast long a))"],
    ["sizeof a + 1", "(+ (sizeof a) 1)"],
    ["sizeof(u32) + 1", "(+ (sizeof <u32>) 1)"],
    ["sizeof(a)[0]", "(sizeof ([] a 0))"],
    ["sizeof (struct s){1}.a", "(sizeof (. (literal (struct s) {1}) a))"],
    ["_Alignof(u64) + __alignof__(a)", "(+ (alignof <u64>) (alignof a))"],
    ["f(a, (b, c), d = 1)", "(call f a (, b c) (= d 1))"],
    ["f()(1)[2]", "([] (call (call f) 1) 2)"],
    ["(int[]){1, 2}[0]", "([] (literal (array int) {1, 2}) 0)"],
    ["&(struct s){ .a = 1 }", "(& (literal (struct s) {.a 1}))"],
    ["({ int x = 1; x; })", "(block {(decl (x int 1)) x})"],
    ["__extension__ ({ 1; })", "(block {1})"],
    ["&&out", "(&& out)"],
    ["__builtin_offsetof(struct s, a.b[2].c)", "(offsetof (struct s) .a.b[2].c)"],
    ["__builtin_types_compatible_p(int, typeof(a))", "(compatible int (typeof a))"],
    ["_Generic(a, int: 1, char *: 2, default: 3)", "(generic a (int 1) ((ptr char) 2) (default 3))"],
    ["g(struct s, u32 *, a)", "(call g <(struct s)> <(ptr u32)> a)"],
    ["g(u32 a[3] == 0)", undefined],
    ["0x10UL + 017 + 0b101u + 5ll + 0xFFFFFFFFFFFFFFFFull", "(+ (+ (+ (+ 16ul 15) 5u) 5ll) 18446744073709551615ull)"],
    ["1.5 + 2e3f + 0x1p4", "(+ (+ 1.5 2e3f) 0x1p4)"],
    ["'a' + '\\n' + '\\xff' + 'ab'", "(+ (+ (+ '97' '10') '-1') '24930')"],
    ['"a\\tb" "c" u8"d\\101"', '"a\\tbcdA"'],
    ["a.b->c++", "(_++ (-> (. a b) c))"],
    ["<: 1", undefined],
  ])("%s", (source, shown) => {
    if (shown === undefined) expect(parse(`void f(void) { ${source}; }`).sink.hasErrors).toBe(true);
    else expect(body(`${source};`)).toBe(shown);
  });
});

describe("statements", () => {
  test.each([
    ["if (a) b; else if (c) d; else e;", "(if a b (if c d e))"],
    ["if (a) if (b) c; else d;", "(if a (if b c d))"],
    ["while (a) { b; continue; }", "(while a {b (continue)})"],
    ["do a; while (b);", "(do a b)"],
    ["for (;;) ;", "(for _ _ _ ;)"],
    ["for (int i = 0, j = 1; i < j; i++) break;", "(for (decl (i int 0) (j int 1)) (< i j) (_++ i) (break))"],
    ["for (a = 0; ; a++, b--) ;", "(for (= a 0) _ (, (_++ a) (_-- b)) ;)"],
    [
      "switch (a) { case 1: case 2 ... 4: b; default: return; }",
      "(switch a {(case 1 (case 2 ..4 b)) (default (return))})",
    ],
    ["goto out; out: ;", "(goto out) (label out ;)"],
    ["out: }", undefined],
    ["x: int y;", "(label x ;) (decl (y int))"],
    ["{ out: }", "{(label out ;)}"],
    ["goto *p;", "(goto* p)"],
    ["return a, b;", "(return (, a b))"],
    ["#pragma unroll\nfor (;;) ;", "(for unroll:full _ _ _ ;)"],
    ["#pragma unroll 4\nwhile (a) ;", "(while unroll:4 a ;)"],
    ["#define N 2\n#pragma unroll (N * 4)\ndo ; while (a);", "(do unroll:8 ; a)"],
    ["#pragma clang loop unroll(disable)\nfor (;;) ;", "(for unroll:disable _ _ _ ;)"],
    ['_Pragma("GCC unroll 3") for (;;) ;', "(for unroll:3 _ _ _ ;)"],
    ["#pragma nounroll\nfor (;;) ;", "(for unroll:disable _ _ _ ;)"],
    ["__attribute__((fallthrough));", "(empty @fallthrough)"],
    ["case_: __attribute__((unused)); [[fallthrough]];", "(label case_ (empty @unused)) (empty @fallthrough)"],
    [
      'asm volatile("r0 = %[x]" : "=r"(a) : [x] "i"(1), "r"(b) : "memory", "r1");',
      '(asm volatile "r0 = %[x]" (out "=r" a) (in x "i" 1) (in "r" b) "memory" "r1")',
    ],
    ['asm goto("x" :::: l1, l2);', '(asm goto "x" ->l1 ->l2)'],
    ['asm volatile goto ("x");', '(asm volatile goto "x")'],
    ["__label__ a, b; a: b: c;", "(label a.1 (label b.2 c))"],
    ['_Static_assert(1, "no"); _Static_assert(2);', '(assert 1 "no") (assert 2)'],
    ["u32 a; u32 *b = &a; a * b;", "(decl (a u32)) (decl (b (ptr u32) (& a))) (* a b)"],
    ["u32 u32 = 1; u32 * 2;", "(decl (u32 u32 1)) (* u32 2)"],
    ["{ int u32; (u32)+1; } (u32)+1;", "{(decl (u32 int)) (+ u32 1)} (cast u32 (+ 1))"],
    ["typedef int T; { T T = 1; T + 1; } T x;", "(decl typedef (T int)) {(decl (T T 1)) (+ T 1)} (decl (x T))"],
    ["unknown_t x; unknown_t *y = 0;", "(decl (x unknown_t)) (decl (y (ptr unknown_t) 0))"],
    ["__auto_type x = 1;", "(decl (x __auto_type 1))"],
    ['static const char t[] = "a";', '(decl static (t (array (const char)) "a"))'],
    ["__extension__ int x;", "(decl (x int))"],
  ])("%s", (source, shown) => {
    if (shown === undefined) expect(parse(`void f(void) { ${source}`).messages).toEqual([]);
    else expect(body(source)).toBe(shown);
  });

  test("a long chain of else-ifs is no nesting", () => {
    const chain = Array.from({ length: 2000 }, (_, i) => `if (a == ${i}) b;`).join(" else ");
    expect(parse(`void f(void) { ${chain} }`).messages).toEqual([]);
  });
});

describe("declarations", () => {
  test.each([
    [
      "int a, *b, c[3], (*d)[4], *e[5], f(void), (*g)(int), *(*h(int x))[2];",
      "(decl (a int) (b (ptr int)) (c (array int 3)) (d (ptr (array int 4))) (e (array (ptr int) 5)) (f (func int)) (g (ptr (func int int))) (h (func (ptr (array (ptr int) 2)) (x int))))",
    ],
    ["const volatile int *const p;", "(decl (p (const (ptr (const-volatile int)))))"],
    ["int const x;", "(decl (x (const int)))"],
    [
      "unsigned long long int a; long unsigned b; short c; signed d; char e; long long f; unsigned g;",
      "(decl (a unsigned-long-long)) (decl (b unsigned-long)) (decl (c short)) (decl (d int)) (decl (e char)) (decl (f long-long)) (decl (g unsigned-int))",
    ],
    [
      "unsigned __int128 a; _Bool b; long double c;",
      "(decl (a unsigned-__int128)) (decl (b _Bool)) (decl (c long-double))",
    ],
    ["struct s;", "(decl (struct s))"],
    [
      "struct s { int a, *b; unsigned c : 3, : 2, d : 1; u8 e[]; };",
      "(decl (struct s {(a int) (b (ptr int)) (c unsigned-int :3) (_ unsigned-int :2) (d unsigned-int :1) (e (array u8))}))",
    ],
    [
      "union { struct { int a; }; struct t; int b; } u;",
      "(decl (u (union {((struct {(a int)})) ((struct t)) (b int)})))",
    ],
    [
      "struct __attribute__((packed)) s { int a __attribute__((aligned(8))); } __attribute__((x(1, y))) v;",
      "(decl (v (struct s @packed @(x 1 y) {(a int @(aligned 8))})))",
    ],
    ["struct {} e; struct { ; int a;; } f;", "(decl (e (struct {}))) (decl (f (struct {(a int)})))"],
    ["enum e { A, B = 1 << 2, C, };", "(decl (enum e {A (B (<< 1 2)) C}))"],
    [
      "enum e : u8 { A } x; struct { enum e f : 4; } y;",
      "(decl (x (enum e u8 {A}))) (decl (y (struct {(f (enum e) :4)})))",
    ],
    [
      "struct { int A; } x = { .A = 1, .b[2].c = 3, [4] = 5, [6 ... 7] = 8, A: 9, {} };",
      "(decl (x (struct {(A int)}) {.A 1, .b [2] .c 3, [4] 5, [6..7] 8, .A 9, {}}))",
    ],
    [
      "int f(int, u32 a, u32 *, int (*)(void), int g(int), char s[static 3], ...);",
      "(decl (f (func int int (a u32) (ptr u32) (ptr (func int)) (g (func int int)) (s (array char 3)) ...)))",
    ],
    ["int f(); int g(void);", "(decl (f (func int ?))) (decl (g (func int)))"],
    ["int f(int u32) { return u32 * 2; } u32 x;", "(fn f (func int (u32 int)) {(return (* u32 2))}) (decl (x u32))"],
    [
      "static inline __attribute__((always_inline)) u64 f(void) { return 0; }",
      "(fn static inline f (func u64) @always_inline {(return 0)})",
    ],
    ['extern int x __attribute__((section(".kconfig"))) , y;', '(decl extern (x int @(section ".kconfig")) (y int))'],
    [
      'struct task __attribute__((btf_type_tag("user"))) *p;',
      '(decl (p (ptr (@(btf_type_tag "user") (struct task)))))',
    ],
    ['int *__attribute__((btf_type_tag("a"))) p;', '(decl (p (@(btf_type_tag "a") (ptr int))))'],
    [
      "typeof(int) a; __typeof__(a + 1) b; typeof_unqual(a) c;",
      "(decl (a (typeof int))) (decl (b (typeof (+ a 1)))) (decl (c (typeof_unqual a)))",
    ],
    ["_Alignas(8) int x; _Noreturn void f(void);", "(decl @(aligned 8) (x int)) (decl @noreturn (f (func void)))"],
    ["_Atomic(int) a; _Atomic int b;", "(decl (a (atomic int))) (decl (b (atomic int)))"],
    ['[[gnu::packed, deprecated("x")]] int x;', '(decl @packed @(deprecated "x") (x int))'],
    ['int f(void) __asm__("g"); asm(".text");', '(decl (f (func int) asm:"g")) (asm ".text")'],
    [
      "typedef struct { int a; } T, *P; T x; P y;",
      "(decl typedef (T (struct {(a int)})) (P (ptr (struct {(a int)})))) (decl (x T)) (decl (y P))",
    ],
    ["int (*fs[2])(int) = { 0 };", "(decl (fs (array (ptr (func int int)) 2) {0}))"],
    ["__builtin_va_list ap;", "(decl (ap __builtin_va_list))"],
    [";;int x;;", "(decl (x int))"],
    [
      'struct { int (*type)[1]; typeof(u32) *key; } m SEC(".maps");',
      '(decl (m (struct {(type (ptr (array int 1))) (key (ptr (typeof u32)))}) @(section ".maps") @used))',
    ],
    [
      "#pragma pack(push, 1)\nstruct s { int a; };\n#pragma pack(pop)\nstruct t { int a; };",
      "(decl (struct s @(pragma_pack 1) {(a int)})) (decl (struct t {(a int)}))",
    ],
    [
      "#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)\nstruct s { int a; }; int x;\n#pragma clang attribute pop\nstruct t { int a; };",
      "(decl (struct s @preserve_access_index {(a int)})) (decl (x int)) (decl (struct t {(a int)}))",
    ],
  ])("%s", (source, shown) => {
    expect(items(source).replace("(atomic int)))", "(atomic int)))")).toBe(shown);
  });

  test("one specifier is one object, shared by its declarators", () => {
    const [item] = parse("struct { int a; } x, *y;").unit.items;
    if (item?.kind !== "declaration") throw new Error("not a declaration");
    const [x, y] = item.declarators;
    expect(x!.type).toBe(item.base);
    expect(y!.type.kind === "ptr" && y!.type.to).toBe(item.base);
  });
});

describe("type names", () => {
  test.each([
    ["const struct bpf_map *", "(ptr (const (struct bpf_map)))"],
    ["u64", "u64"],
    ["long (*)(void *, ...)", "(ptr (func long (ptr void) ...))"],
    ["char[16]", "(array char 16)"],
    ["void *const", "(const (ptr void))"],
  ])("%s", (text, shown) => {
    expect(showType(parseTypeName(text, (name) => name === "u64"))).toBe(shown);
  });

  test("text that is no type throws", () => {
    expect(() => parseTypeName("struct", () => false)).toThrow(RangeError);
    expect(() => parseTypeName("int x", () => false)).toThrow(RangeError);
  });
});
