import { describe, expect, test } from "vitest";
import { openBtf } from "../../src/btf/reader.ts";
import type { TypeId } from "../../src/btf/type.ts";
import { BtfWriter } from "../../src/btf/writer.ts";
import { parseSection } from "../../src/kernel/sections.ts";
import { mayCall } from "../../src/kfuncs/callers.ts";
import {
  findKfunc,
  heededArguments,
  kfuncPrototype,
  listKfuncs,
  noSuchKfunc,
  protoMatches,
  protoProblem,
  suggestKfuncs,
} from "../../src/kfuncs/kfunc.ts";
import { kfuncFacts, kfuncTableNames } from "../../src/kfuncs/table.ts";
import { embedded, madeUp } from "../kernel-facts/kernels.ts";

const kernel = embedded("x86");
const cookie = findKfunc(kernel, "bpf_session_cookie")!;
const section = (name: string) => parseSection(name)!;

test.each([
  ["bpf_obj_drop_impl", 1],
  ["bpf_refcount_acquire_impl", 1],
  ["bpf_obj_new_impl", 1],
  ["bpf_rbtree_add_impl", 5],
  // what is not checked is passed on all the same
  ["bpf_strcmp", 2],
  ["bpf_no_such_kfunc", undefined],
])("of the arguments of %s %s count", (name, count) => expect(heededArguments(kernel, name)).toBe(count));

describe("finding", () => {
  test("the session kfuncs, flavoured or not", () => {
    expect(cookie).toMatchObject({ name: "bpf_session_cookie", known: true, sleepable: false, implicitArgs: 0 });
    expect(kernel.btf.type(cookie.btfId)).toMatchObject({ kind: "func", name: "bpf_session_cookie" });
    expect(kfuncPrototype(cookie)).toBe("__u64 *bpf_session_cookie(void *ctx)");
    expect(findKfunc(kernel, "bpf_session_cookie___old")?.btfId).toBe(cookie.btfId);
  });

  test.each(["icmp_rcv", "bpf_stream_vprintk_impl", "bpf_nothing", "", "printk"])("'%s' is none", (name) => {
    expect(findKfunc(kernel, name)).toBeUndefined();
  });

  test("prototypes are without implicit arguments", () => {
    const kfunc = findKfunc(kernel, "bpf_stream_vprintk")!;
    expect(kfunc.flags).toContain("IMPLICIT_ARGS");
    expect(kfuncPrototype(kfunc)).not.toContain("aux");
  });

  test("the list is sorted and almost all known", () => {
    const list = listKfuncs(kernel);
    const names = list.map((k) => k.name);
    expect(names).toEqual([...names].sort());
    expect(list.length).toBeGreaterThan(290);
    expect(list.filter((k) => !k.known).map((k) => k.name)).toEqual([]);
  });

  test("suggestions", () => {
    expect(suggestKfuncs(kernel, "bpf_session_cooky")[0]).toBe("bpf_session_cookie");
    expect(suggestKfuncs(kernel, "bpf_session_is_ret")).toContain("bpf_session_is_return");
    expect(noSuchKfunc(kernel, "bpf_task_form_pid")).toMatchObject({
      code: "E0305",
      help: expect.stringContaining("bpf_task_from_pid"),
    });
  });

  test("without tags the tables decide", () => {
    const old = madeUp((w) => {
      const ret = w.add({ kind: "int", name: "bool", size: 1, bits: 8, encoding: "bool" });
      const proto = w.add({ kind: "func_proto", ret, params: [], variadic: false });
      for (const name of ["bpf_session_is_return", "other"])
        w.add({ kind: "func", name, type: proto, linkage: "static" });
    });
    expect(kfuncPrototype(findKfunc(old, "bpf_session_is_return")!)).toBe("bool bpf_session_is_return(void)");
    expect(findKfunc(old, "other")).toBeUndefined();
  });
});

describe("callers", () => {
  test.each([
    ["bpf_session_cookie", "fsession/f", ""],
    ["bpf_session_cookie", "fsession.multi/f", ""],
    ["bpf_session_cookie", "kprobe.session/f", ""],
    ["bpf_session_cookie", "fentry/f", "fsession"],
    ["bpf_session_cookie", "kprobe/f", "kprobe.session"],
    ["bpf_session_cookie", "xdp", "fsession"],
    ["bpf_task_from_pid", "fentry/f", ""],
    ["bpf_task_from_pid", "kprobe/f", "TRACING"],
    ["bpf_put_file", "fentry/f", "LSM"],
    ["bpf_put_file", "lsm/file_open", ""],
    ["bpf_wq_start", "xdp", ""],
    ["bpf_dynptr_from_xdp", "tc", "XDP"],
    ["bpf_copy_from_user_str", "fentry/f", "sleep"],
    ["bpf_copy_from_user_str", "fentry.s/f", ""],
  ])("%s from %s: '%s'", (name, where, reason) => {
    const answer = mayCall(findKfunc(kernel, name)!, section(where));
    if (reason === "") expect(answer).toBe(true);
    else expect(answer).toMatchObject({ reason: expect.stringContaining(reason) });
  });

  test("every row of the table decodes", () => {
    expect(kfuncTableNames()).toHaveLength(340);
    for (const name of kfuncTableNames()) expect(kfuncFacts(name)?.name).toBe(name);
  });
});

describe("prototypes", () => {
  const w = new BtfWriter();
  const VOID = 0 as TypeId;
  const u64 = w.add({ kind: "int", name: "unsigned long long", size: 8, bits: 64, encoding: "unsigned" });
  const u8 = w.add({ kind: "int", name: "u8", size: 1, bits: 8, encoding: "unsigned" });
  const ptr = (type: TypeId): TypeId => w.add({ kind: "ptr", type });
  const proto = (ret: TypeId, ...params: TypeId[]): TypeId =>
    w.add({ kind: "func_proto", ret, params: params.map((type) => ({ name: "", type })), variadic: false });
  const s = w.add({ kind: "struct", name: "s", size: 1, members: [] });

  test.each([
    ["as the kernel has it", proto(ptr(u64), ptr(VOID)), true],
    ["integers of another size", proto(ptr(u8), ptr(VOID)), true],
    ["the prototype before 7.0", proto(ptr(u64)), false],
    ["a struct instead of void", proto(ptr(u64), ptr(s)), false],
    ["void instead of an integer", proto(ptr(VOID), ptr(VOID)), false],
    ["one argument more", proto(ptr(u64), ptr(VOID), u64), false],
  ])("%s: %s", (_, id, matches) => {
    const local = openBtf(w.finish());
    expect(protoMatches(local, id, cookie)).toBe(matches);
    expect(protoProblem(local, id, cookie)?.code).toBe(matches ? undefined : "E0309");
  });
});
