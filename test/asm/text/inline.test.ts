/** Assembly in C: naked functions and statements with operands, down to the object. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compile } from "../../../src/driver/compile.ts";
import { disassemble } from "../../../src/driver/disassemble.ts";
import { openKernel } from "../../../src/kernel/kernel.ts";

const kernel = openKernel({
  arch: "x86",
  btf: readFileSync("data/vmlinux-7.2-x86.btf"),
  index: readFileSync("data/vmlinux-7.2-x86.idx"),
  name: "Linux 7.2",
});

/** Instructions of each function, labels before them; diagnostics where there is no object. */
function build(source: string, level: 0 | 2 = 2): Readonly<Record<string, readonly string[]>> {
  const made = compile(source, { kernel, level, fileName: "probe.bpf" });
  const errors = made.diagnostics.filter((d) => d.severity === "error").map((d) => `${d.code}: ${d.text}`);
  expect(errors).toEqual([]);
  const rows = ({ text, label }: { readonly text: string; readonly label?: string }) =>
    label === undefined ? text : `${label}: ${text}`;
  return Object.fromEntries(disassemble(made.object!).funcs.map((f) => [f.name, f.insns.map(rows)]));
}

const program = (body: string): string => `char LICENSE[] SEC("license") = "GPL";
SEC("raw_tp/sys_enter")
int probe(void *ctx)
{
${body}
}
`;

describe("naked functions", () => {
  test("operands are numbers, helpers, maps, functions, kfuncs and raw instructions", () => {
    const { probe, sum } = build(`
struct insn { unsigned char code, regs; short off; int imm; };
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, int); __type(value, long); } counts SEC(".maps");
enum { STEP = 3 };
SEC("raw_tp/sys_enter") __attribute__((naked)) int probe(void)
{
    asm volatile ("                       \\
    r1 = 0;                               \\
    *(u32 *)(r10 - 4) = r1;               \\
    r2 = r10;                             \\
    r2 += -%[size];                       \\
    r1 = %[counts] ll;                    \\
    call %[bpf_map_lookup_elem];          \\
    if r0 == 0 goto l0_%=;                \\
    r1 = *(u64 *)(r0 + 0);                \\
    r1 %%= %[step];                       \\
l0_%=:                                    \\
    r1 = 1;                               \\
    r2 = 2;                               \\
    call sum;                             \\
    .8byte %[mov];                        \\
    exit;                                 \\
    " :
      : [bpf_map_lookup_elem]"i"(bpf_map_lookup_elem), [counts]"i"(&counts), [size]"i"(sizeof(int)), [step]"i"(STEP),
        [mov]"i"(*(long *)&((struct insn){ .code = 0xb7, .imm = 5 }))
      : "r0", "r1", "r2", "memory");
}
static __attribute__((naked)) __noinline long sum(long a, long b)
{
    asm volatile ("r0 = r1;" ::: "r0");
    asm volatile ("r0 += r2; exit;");
}
`);
    expect(probe).toEqual([
      "r1 = 0",
      "*(u32 *)(r10 - 4) = w1",
      "r2 = r10",
      "r2 += -4",
      "r1 = counts ll",
      "call bpf_map_lookup_elem",
      "if r0 == 0 goto L10",
      "r1 = *(u64 *)(r0 + 0)",
      "r1 %= 3",
      "L10: r1 = 1",
      "r2 = 2",
      "call sum",
      "r0 = 5",
      "exit",
    ]);
    expect(sum).toEqual(["r0 = r1", "r0 += r2", "exit"]);
  });

  test("C calls them, they call C", () => {
    const made = build(`
static __noinline int twice(int x) { return x * 2; }
static __attribute__((naked)) __noinline int relay(int x) { asm volatile ("call twice; exit"); }
SEC("raw_tp/sys_enter") int probe(void *ctx) { return relay(4); }
`);
    expect(made.probe).toContain("call relay");
    expect(made.relay).toEqual(["call twice", "exit"]);
    expect(made.twice!.length).toBeGreaterThan(1);
  });
});

describe.each([0, 2] as const)("statements with operands at -O%d", (level) => {
  test("a result comes out of a register that the text does not name", () => {
    const { probe } = build(program(`  long x; asm volatile("r0 = 7; %0 = r0" : "=r"(x) :: "r0"); return x;`), level);
    expect(probe).toContain("r1 = r0");
    expect(probe!.indexOf("r0 = 7")).toBeLessThan(probe!.indexOf("r1 = r0"));
  });

  test("inputs, tied and read-write operands, halves and numbers", () => {
    const { probe } = build(
      program(`  unsigned int cpu = bpf_get_smp_processor_id(); long a = 1, b = 2;
  asm volatile("%[a] += %[b]; %w[a] |= %[c]; %[d] <<= 2" : [a]"+r"(a), [d]"=r"(b) : [b]"r"(cpu), [c]"i"(64), "1"(b));
  return a + b;`),
      level,
    );
    expect(probe).toContain("w1 |= 64");
    expect(probe).toContain("r2 <<= 2");
  });

  test("several results and values across clobbered registers", () => {
    const { probe } = build(
      program(`  long a, b, c, keep = bpf_ktime_get_ns(), more = bpf_get_current_pid_tgid();
  asm volatile("%0 = 1; %1 = 2; %2 = 3" : "=r"(a), "=r"(b), "=r"(c) :: "r0", "r6", "r7", "r8", "r9");
  return (a + b + c + keep + more) & 1;`),
      level,
    );
    const calls = probe!.filter((text) => text.startsWith("call "));
    expect(calls).toHaveLength(2);
  });

  test("memory operands, labels of their own in every copy", () => {
    const { probe } = build(
      program(`  long x = 5, sum = 0;
#pragma unroll
  for (int i = 0; i < 2; i++)
    asm volatile("%0 = *(u64 *)%1; if %0 == 0 goto 1f; %0 += 1; 1:" : "=r"(sum) : "m"(x) : "memory");
  asm volatile("if %0 > 3 goto out_%=; %0 = 3; out_%=:" : "+r"(sum));
  return sum;`),
      level,
    );
    expect(probe!.filter((text) => text.includes("*(u64 *)(r")).length).toBeGreaterThan(0);
  });

  test("calls in the text clobber what calls clobber", () => {
    const { probe } = build(
      program(`  int one = 1; long id = bpf_get_current_pid_tgid(), r;
  asm volatile("call %[f]; %[r] = r0" : [r]"=r"(r) : [f]"i"(bpf_get_smp_processor_id) : "r0");
  return (id + r + one) & 1;`),
      level,
    );
    expect(probe).toContain("call bpf_get_smp_processor_id");
  });
});

describe("constants that only inlining shows", () => {
  const tailCall = `
static __attribute__((always_inline)) void jump(void *ctx, const void *map, const unsigned int slot)
{
    if (!__builtin_constant_p(slot))
        __builtin_trap();
    asm volatile("r1 = %[ctx]\\n r2 = %[map]\\n r3 = %[slot]\\n call 12"
        :: [ctx]"r"(ctx), [map]"r"(map), [slot]"i"(slot) : "r0", "r1", "r2", "r3", "r4", "r5");
}
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 9); __uint(key_size, 4); __uint(value_size, 4); } table SEC(".maps");
`;

  test.each([0, 2] as const)("reach an asm operand and settle __builtin_constant_p at -O%i", (level) => {
    const { probe } = build(`${tailCall}${program("jump(ctx, &table, 3 + 4); return 0;")}`, level);
    expect(probe!.filter((line) => /r3 = 7|call (bpf_tail_call|12)/.test(line))).toHaveLength(2);
  });

  test.each([0, 2] as const)("are missed where there are none at -O%i", (level) => {
    const source = `${tailCall}${program("jump(ctx, &table, bpf_get_prandom_u32()); return 0;")}`;
    const made = compile(source, { kernel, level, fileName: "probe.bpf" });
    expect(new Set(made.diagnostics.map((d) => d.code))).toEqual(new Set(["E0412"]));
  });

  test.each([0, 2] as const)("__builtin_constant_p answers at once where C wants a constant, at -O%i", (level) => {
    const { probe } = build(
      program(`    int unknown = bpf_get_prandom_u32(), known = 5;
    int cells[__builtin_constant_p(unknown) ? 1 : 3];
    _Static_assert(!__builtin_constant_p(unknown) && __builtin_constant_p(1 + 2), "");
    const int settled = 4;
    _Static_assert(__builtin_constant_p(settled), "");
    unknown = 7 + __builtin_constant_p(bpf_get_prandom_u32());
    return sizeof(cells) + __builtin_constant_p(known) + unknown;`),
      level,
    );
    if (level === 2) expect(probe!.slice(-2)).toEqual(["w0 = 20", "exit"]);
  });

  test("code that is never reached may hold any assembly", () => {
    const { probe } = build(`static inline int unused(int x) { asm("bswapl %0" : "=r"(x) : "0"(x)); return x; }
${program(`    if (__builtin_constant_p(bpf_get_prandom_u32())) asm volatile("r0 == invalid compare"); return 0;`)}`);
    expect(probe!.at(-1)).toBe("exit");
  });
});

describe("asm goto", () => {
  test("goes to labels of C and passes cleanups on the way", () => {
    const { probe } = build(`static void done(int *x) { bpf_printk("%d", *x); }
${program(`    __attribute__((cleanup(done))) int x = 1;
    {
        __attribute__((cleanup(done))) int y = 2;
        asm volatile goto("if %[a] s> 5 goto %l[big]; if %[a] == 1 goto %l3" :: [a]"r"((long)bpf_get_prandom_u32()), "i"(0) :: big, one);
    }
    return 0;
big: return 1;
one: return 2;`)}`);
    expect(probe!.filter((line) => line.includes("call bpf_trace_printk")).length).toBeGreaterThan(1);
  });
});

test("functions of LLVM's names load packet bytes", () => {
  const { probe } = build(`unsigned long long load_half(void *skb, unsigned long long off) asm("llvm.bpf.load.half");
unsigned long long load_byte(void *skb, unsigned long long off) asm("llvm.bpf.load.byte");
char LICENSE[] SEC("license") = "GPL";
static unsigned long long at(struct __sk_buff *skb, int header) { return load_half(skb, header + 4); }
SEC("socket") int probe(struct __sk_buff *skb) { return load_half(skb, 12) + load_byte(skb, skb->len - 1) + at(skb, 20); }
`);
  expect(probe!.filter((line) => line.includes("skb["))).toEqual([
    "r0 = *(u16 *)skb[12]",
    expect.stringMatching(/^r0 = \*\(u8 \*\)skb\[r\d\]$/),
    "r0 = *(u16 *)skb[24]",
  ]);
});

test("another name for the assembler is refused where it would be another thing", () => {
  const refused = (text: string) =>
    compile(`${text}\n${program("return 0;")}`, { kernel, fileName: "probe.bpf" }).diagnostics.map((d) => d.code);
  expect(refused('extern void f(void) __ksym asm("bpf_rcu_read_lock");')).toEqual(["E0230"]);
  expect(refused('int count asm("counter");')).toEqual(["E0230"]);
  expect(refused('extern int scan(const char *) asm("__isoc99_scan"); extern int known asm("other");')).toEqual([]);
});
