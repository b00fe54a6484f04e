/** A header that is large enough to be skimmed gives the same program as the same header parsed whole. */
import { expect, test } from "vitest";
import { compile } from "../../../src/driver/compile.ts";
import { disassemble, listing } from "../../../src/driver/disassemble.ts";
import { includeHost } from "../../../src/driver/host.ts";
import { embeddedKernel } from "../../support/kernel.ts";

const kernel = embeddedKernel("x86");
const header = `
#ifndef __VMLINUX_H__
#define __VMLINUX_H__
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
#ifndef __ksym
#define __ksym __attribute__((section(".ksyms")))
#endif
typedef unsigned char __u8;
typedef unsigned int __u32;
typedef __u32 u32;
typedef unsigned long long __u64;
typedef __u64 u64;
typedef _Bool bool;
typedef int pid_t;
enum { HEADER_LIMIT = 7, HEADER_MASK = (1 << 4) - 1 };
enum kind { KIND_A = 3, KIND_B };
struct mm_struct;
struct list_head { struct list_head *next, *prev; };
struct task_struct {
	int on_cpu;
	struct list_head tasks;
	struct mm_struct *mm;
	pid_t pid;
	pid_t tgid;
	union { u64 start_time; enum kind how; };
	struct task_struct *real_parent;
};
struct mm_struct { struct { u64 mmap_base; u64 task_size; } inner; };
typedef int (*visitor)(struct task_struct *, void *);
struct never_used { struct task_struct by_value; visitor v; };
extern u64 *bpf_session_cookie(void *ctx) __ksym;
extern bool bpf_session_is_return(void *ctx) __ksym;
static void *(* const look_up)(void *map, const void *key) = (void *) 1;
static u64 (* const now)(void) = (void *) 5;
#pragma clang attribute pop
#endif
`;

function build(source: string, text: string) {
  const read = (path: string) => (path === "inc/vmlinux.h" ? text : undefined);
  const includes = includeHost(read, { dirs: ["inc"], system: [], machine: [] });
  const made = compile(`#include "vmlinux.h"\n${source}`, { kernel, includes, verify: false });
  // The BTF of a skimmed header's structs holds the members in use alone, which numbers them anew.
  const plain = (listed: string) => listed.replace(/0(?::\d+)+(?=$|\n)/g, "PATH");
  return {
    codes: made.diagnostics.map((d) => `${d.code} ${d.text}`),
    code: made.object && plain(listing(disassemble(made.object))),
  };
}
const padded = `${header}\n${" ".repeat(300_000)}\n`;

test.each([
  [
    "CO-RE accesses, enumerators, typedefs",
    `SEC("fentry/do_exit") int p(u64 *ctx) {
       struct task_struct *t = (struct task_struct *)bpf_get_current_task_btf();
       return t->pid + t->real_parent->tgid + HEADER_LIMIT + KIND_B + (int)t->mm->inner.task_size + (t->how == KIND_A);
     }`,
  ],
  ["sizes and nested types", `int size = sizeof(struct never_used) + sizeof(struct mm_struct) + HEADER_MASK;`],
  ["a struct by value", `struct list_head head; SEC("syscall") int p(void *c) { return head.next == head.prev; }`],
  [
    "kfuncs",
    `SEC("fsession/icmp_rcv") int p(u64 *ctx) { if (!bpf_session_is_return(ctx)) *bpf_session_cookie(ctx) = 1; return 0; }`,
  ],
  ["helpers", `SEC("fentry/do_exit") int p(u64 *ctx) { return now() + (now != 0); }`],
  ["a helper's name for something else", `static int now(void) { return 1; }`],
  ["a helper in data", `u64 (*at)(void) = now; void *where = &now;`],
  ["declared again", `struct mm_struct; typedef __u32 u32; extern bool bpf_session_is_return(void *ctx) __ksym;`],
  ["a redefinition", `struct mm_struct { int x; };`],
  ["a name that shadows", `static int f(u32 u64) { return u64; } SEC("syscall") int p(void *pid_t) { return f(2); }`],
  ["a misspelling", `SEC("syscall") int p(void *c) { return HEADER_LIMIS; }`],
  ["no such member", `SEC("syscall") int p(struct task_struct *t) { return t->pidd; }`],
])("%s", (_what, source) => {
  const whole = build(source, header);
  const skimmed = build(source, padded);
  expect(skimmed.codes).toEqual(whole.codes);
  expect(skimmed.code).toEqual(whole.code);
});

test("a struct that was only mentioned before the header is the header's", () => {
  const source = `struct own_thing; int use(struct own_thing *p);\n`;
  const text = `struct own_thing { int x; };\n${" ".repeat(300_000)}`;
  const read = (path: string) => (path === "inc/big.h" ? text : undefined);
  const includes = includeHost(read, { dirs: ["inc"], system: [], machine: [] });
  const made = compile(`${source}#include "big.h"\nint size = sizeof(struct own_thing);`, { kernel, includes });
  expect(made.diagnostics.map((d) => d.text)).toEqual([]);
});
