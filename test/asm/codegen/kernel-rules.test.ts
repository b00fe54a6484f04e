/** The rules that code owes the kernel's verifier: with each the program passes, without it the verifier refuses it. */
import { afterEach, describe, expect, test, vi } from "vitest";

const modules = {
  facts: "../../../src/asm/codegen/facts.ts",
  rules: "../../../src/asm/codegen/kernel-rules.ts",
  target: "../../../src/asm/codegen/target.ts",
  irRules: "../../../src/asm/ir/kernel-rules.ts",
} as const;

type Changes = (original: Record<string, unknown>) => Record<string, unknown>;

/** A compiler in which one module has other exports. */
async function compilerWith(module: string | undefined, changes: Changes) {
  vi.resetModules();
  if (module) {
    vi.doMock(module, async (original) => {
      const exports = await original<Record<string, unknown>>();
      return { ...exports, ...changes(exports) };
    });
  }
  const { compile } = await import("../../../src/driver/compile.ts");
  const { embeddedKernel } = await import("../../support/kernel.ts");
  return (source: string, withoutPasses: readonly string[] = []) =>
    compile(`${source}\nchar LICENSE[] SEC("license") = "GPL";`, { kernel: embeddedKernel("x86"), withoutPasses });
}

afterEach(() => {
  for (const module of Object.values(modules)) vi.doUnmock(module);
  vi.resetModules();
});

const table = `struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 8); __type(key, u32); __type(value, long[8]); } m SEC(".maps");
long out;
static __always_inline long *value(u32 key) { return bpf_map_lookup_elem(&m, &key); }
`;

interface Rule {
  readonly rule: string;
  readonly source: string;
  /** What the verifier says without the rule. */
  readonly code: string;
  readonly module?: string;
  readonly changes?: Changes;
  readonly without?: readonly string[];
}

const eitherPointer = `${table}
SEC("fentry/icmp_rcv") int BPF_PROG(probe, struct sk_buff *skb)
{
    u32 got;

    if (bpf_get_prandom_u32() & 1) {
        u32 *v = (u32 *)value(1);

        if (!v)
            return 0;
        got = v[4] + v[5];
    } else {
        u32 *t = (u32 *)bpf_get_current_task_btf();

        got = t[4] + t[5];
    }
    out = got;
    return 0;
}`;

const rules: readonly Rule[] = [
  {
    rule: "no 32-bit arithmetic on a pointer",
    source: `${table}SEC("tc") int probe(struct __sk_buff *skb) { long *v = value(1); if (!v) return 0; u32 h = (u32)(long)v; out = h * 31; return 0; }`,
    code: "E0538",
    module: modules.facts,
    changes: ({ gatherFacts }) => ({
      gatherFacts: (...args: unknown[]) => ({
        ...(gatherFacts as (...args: unknown[]) => object)(...args),
        isPointer: () => false,
      }),
    }),
  },
  {
    rule: "no narrow spill of a pointer",
    source: `${table}SEC("tc") int probe(struct __sk_buff *skb) {
      long *a = value(1), *b = value(2), *c = value(3), *d = value(4), *e = value(5), *f = value(6);
      if (!a || !b || !c || !d || !e || !f) return 0;
      bpf_ktime_get_ns();
      *a = *b + *c + *d + *e + *f + skb->len;
      return 0; }`,
    code: "E0522",
    module: modules.rules,
    changes: () => ({ SPILL_BYTES: 4 }),
  },
  {
    rule: "the context is read by the register it came in, moved by nothing",
    source: `struct words { u32 word[40]; };
static __always_inline u32 at(u32 *p) { return *p; }
SEC("tc") int probe(struct words *skb) { return at(skb->word + 2) & 1; }`,
    code: "E0514",
    without: ["simplify"],
  },
  {
    rule: "no load serves two kinds of pointer, by shared ends",
    source: eitherPointer,
    code: "E0570",
    module: modules.rules,
    changes: () => ({ isForOneKind: () => false }),
  },
  {
    rule: "no loads of two kinds of pointer are one",
    source: eitherPointer,
    code: "E0570",
    module: modules.irRules,
    changes: () => ({ mayBeOneOfMany: () => true }),
  },
  {
    rule: "the register that is checked is the register that is used",
    source: `${table}static long many[16];
SEC("tc") int probe(struct __sk_buff *skb) { int i = (int)skb->mark; long l = i; if (l < 0 || l > 15) return 0; out = l; return many[l]; }`,
    code: "E0539",
    module: modules.irRules,
    changes: () => ({ mayCheckBefore: () => true }),
    without: ["sink-uses"],
  },
  {
    rule: "an offset that a branch chooses is a constant on each way",
    source: `${table}SEC("fentry/icmp_rcv") int BPF_PROG(probe, struct sk_buff *skb)
{
    struct task_struct *task = bpf_get_current_task_btf();

    out = task->comm[bpf_get_prandom_u32() & 8 ? 1 : 0];
    return 0;
}`,
    code: "E0531",
    module: modules.irRules,
    changes: () => ({ addressParts: () => new Set() }),
  },
  {
    rule: "no bits of what may be a pointer",
    source: `${table}SEC("fentry/icmp_rcv") int BPF_PROG(probe, struct sk_buff *skb)
{
    long sum = bpf_get_smp_processor_id();

    if ((long)skb & 8)
        sum += 8;
    out = sum;
    return 0;
}`,
    code: "E0536",
    module: modules.irRules,
    changes: () => ({ mayBePointer: () => false }),
  },
  {
    rule: "what lives across a call is in r6 to r9, or on the stack",
    source: `SEC("tc") int probe(struct __sk_buff *skb) { u32 len = skb->len; return (bpf_get_prandom_u32() + len) & 1; }`,
    code: "E0507",
    module: modules.target,
    changes: () => ({ CALL_CLOBBERS: 1 }),
  },
];

describe.each(rules)("$rule", ({ source, code, module, changes, without }) => {
  test("holds", async () => {
    const compile = await compilerWith(undefined, () => ({}));
    const { diagnostics, verdicts } = compile(source);
    expect(diagnostics.map((d) => d.text)).toEqual([]);
    expect(verdicts.map((v) => v.verdict)).toEqual(["accepted"]);
  });
  test(`without it: ${code}`, async () => {
    const compile = await compilerWith(module, changes ?? (() => ({})));
    const { diagnostics } = compile(source, without);
    expect(diagnostics.filter((d) => d.severity === "error").map((d) => `${d.code} ${d.text}`)).toEqual([
      expect.stringContaining(code),
    ]);
  });
});

describe("nothing moves above the check that guards it", () => {
  const body = `static auto f(ptr, i64) i64
b0:
%1 = param ptr 0
%2 = param i64 1
%3 = const ptr 0
br eq %1, %3, b4, b5
b4:
%6 = load i64 u64 [%1]
ret %6
b5:
%7 = load i64 u64 [%1]
%8 = add i64 %7, %2
ret %8
`;
  const isFirst = async (): Promise<boolean> => {
    const { parseIr } = await import("../../../src/asm/ir/parse.ts");
    const { hoistLoads } = await import("../../../src/asm/ir/passes/hoist-loads.ts");
    return hoistLoads.run(parseIr(body)).blocks[0]!.insts.some((inst) => inst.op === "load");
  };
  test("holds", async () => expect(await isFirst()).toBe(false));
  test("without it a load comes before its null check", async () => {
    vi.resetModules();
    vi.doMock(modules.irRules, async (original) => ({ ...(await original<object>()), needsNoGuard: () => true }));
    expect(await isFirst()).toBe(true);
  });
});

describe("each volatile access is one access, in order", () => {
  const reads = async (word: string): Promise<readonly string[]> => {
    const compile = await compilerWith(undefined, () => ({}));
    const { subprogs, diagnostics } = compile(`${word} int a, b;
${word === "" ? "" : "const volatile"} ${word === "" ? "const" : ""} int limit = 5;
SEC("tc") int probe(struct __sk_buff *skb) { int x = a; b = 1; int y = a; b = 2; return x + y + limit; }`);
    expect(diagnostics.map((d) => d.text)).toEqual([]);
    const { printInsn } = await import("../../../src/isa/print.ts");
    const accesses = subprogs.flatMap(({ lines }) => lines.map(({ insn }) => printInsn(insn)));
    return accesses.filter((text) => text.includes("*(u32")).map((text) => (/^\*/.test(text) ? "write" : "read"));
  };
  test("holds, and data that only the program may not write is read", async () =>
    expect(await reads("volatile")).toEqual(["read", "write", "read", "write", "read"]));
  test("of what is not volatile no more than needed", async () =>
    expect(await reads("")).toEqual(["read", "write", "write"]));
});
