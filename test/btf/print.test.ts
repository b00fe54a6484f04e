import { describe, expect, test } from "vitest";
import { printPrototype, printType } from "../../src/btf/print.ts";
import { openBtf } from "../../src/btf/reader.ts";
import type { TypeId } from "../../src/btf/type.ts";
import { BtfWriter } from "../../src/btf/writer.ts";
import { kernelBytes } from "./kernel-data.ts";

const w = new BtfWriter();
const VOID = 0 as TypeId;
const int = w.add({ kind: "int", name: "int", size: 4, bits: 32, encoding: "signed" });
const char = w.add({ kind: "int", name: "char", size: 1, bits: 8, encoding: "signed" });
const ptr = (type: TypeId): TypeId => w.add({ kind: "ptr", type });
const constant = (type: TypeId): TypeId => w.add({ kind: "const", type });
const array = (elem: TypeId, nelems: number): TypeId => w.add({ kind: "array", elem, index: int, nelems });
const fn = w.add({ kind: "func_proto", ret: int, params: [{ name: "p", type: ptr(VOID) }], variadic: true });
const none = w.add({ kind: "func_proto", ret: VOID, params: [], variadic: false });
const s = w.add({ kind: "struct", name: "s", size: 0, members: [] });
const user = w.add({ kind: "type_tag", name: "user", type: s });
const self = w.reserve();
w.define(self, { kind: "const", type: self });

test.each([
  [VOID, "", "void"],
  [int, "x", "int x"],
  [ptr(VOID), "p", "void *p"],
  [ptr(constant(char)), "s", "const char *s"],
  [constant(ptr(char)), "s", "char *const s"],
  [ptr(ptr(s)), "", "struct s **"],
  [array(array(char, 4), 2), "a", "char a[2][4]"],
  [array(int, 0), "tail", "int tail[]"],
  [ptr(array(int, 3)), "p", "int (*p)[3]"],
  [ptr(fn), "cb", "int (*cb)(void *p, ...)"],
  [ptr(none), "", "void (*)(void)"],
  [array(ptr(fn), 2), "t", "int (*t[2])(void *p, ...)"],
  [ptr(user), "u", "struct s *u"],
  [self, "x", "... x"],
] as const)("type %i named '%s' is '%s'", (id, name, text) => {
  expect(printType(openBtf(w.finish()), id, name)).toBe(text);
});

describe("prototypes of the kernel", () => {
  const kernel = openBtf(kernelBytes("x86", "btf"), { index: kernelBytes("x86", "idx") });
  test.each([
    ["bpf_session_is_return", "bool bpf_session_is_return(void *ctx)"],
    ["bpf_session_cookie", "__u64 *bpf_session_cookie(void *ctx)"],
    ["icmp_rcv", "int icmp_rcv(struct sk_buff *skb)"],
  ])("%s", (name, text) => {
    expect(printPrototype(kernel, kernel.byName(name, "func")[0]!)).toBe(text);
  });
});
