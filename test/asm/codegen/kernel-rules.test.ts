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
    source: `long out;
static __always_inline u64 at(u64 *p) { return *p; }
SEC("fexit/icmp_rcv") int probe(u64 *ctx) { out = at(ctx + 1); return 0; }`,
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
