/** Functions that bpf_throw calls, each with what Linux 7.2 says of the program. */
import { expect, test } from "vitest";
import { DiagSink } from "../../src/diag/diagnostic.ts";
import { compile } from "../../src/driver/index.ts";
import { readObject } from "../../src/elf/reader.ts";
import { linkObject } from "../../src/link/link.ts";
import { verify } from "../../src/verifier/verify.ts";
import { kernel } from "./program.ts";

const HEAD = `
extern void bpf_throw(u64 cookie) __ksym;
#define CATCH(name) __attribute__((btf_decl_tag("exception_callback:" #name)))
char LICENSE[] SEC("license") = "GPL";
`;
const MAIN = "int probe(struct __sk_buff *skb) { if (skb->len) bpf_throw(64); return 0; }";
const FENTRY = 'SEC("fentry/bpf_check") CATCH(catcher) int probe(u64 *ctx) { bpf_throw(64); return 0; }';
const ONE = `SEC("tc") CATCH(catcher) ${MAIN}`;

function answer(source: string): string {
  const { object, diagnostics } = compile(HEAD + source, { kernel, verify: false });
  if (!object) throw new Error(diagnostics.map(({ text }) => text).join("; "));
  const [program] = linkObject(readObject(object), kernel, new DiagSink());
  const { verdict, findings } = verify(program!, kernel);
  return findings[0]?.code ?? verdict;
}

test.each([
  ["accepted", `__noinline int catcher(u64 cookie) { return cookie + 1; } ${ONE}`],
  ["accepted", `__noinline int catcher(int cookie) { return cookie; } ${ONE}`],
  [
    "accepted",
    `__noinline int twice(u64 c) { return c * 2; } __noinline int catcher(u64 c) { return twice(c); } ${ONE}`,
  ],
  ["accepted", `__noinline int catcher(u64 cookie) { return 0; } ${FENTRY}`],
  ["E0562", `__noinline int catcher(u64 cookie) { return cookie; } ${FENTRY}`],
  ["E0562", 'SEC("fentry/bpf_check") int probe(u64 *ctx) { bpf_throw(64); return 0; }'],
  ["E0573", `__noinline int catcher(void) { return 0; } ${ONE}`],
  ["E0573", `__noinline int catcher(int a, int b) { return a + b; } ${ONE}`],
  ["E0573", `__noinline void catcher(u64 cookie) { } ${ONE}`],
  ["E0558", `__noinline int catcher(u64 cookie) { bpf_throw(0); return 0; } ${ONE}`],
  [
    "E0573",
    `__noinline int catcher(u64 c) { return c; } __noinline int other(u64 c) { return c; } SEC("tc") CATCH(catcher) CATCH(other) ${MAIN}`,
  ],
  [
    "E0573",
    '__noinline int catcher(u64 c) { return c; } SEC("tc") CATCH(catcher) int probe(struct __sk_buff *skb) { return catcher(skb->len); }',
  ],
])("%s: %s", (expected, source) => {
  expect(answer(source)).toBe(expected);
});
