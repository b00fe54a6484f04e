/** Connections of netfilter: one member may be written, where the kernel itself has them. */
import { expect, test } from "vitest";
import type { Kernel } from "../../src/kernel/model.ts";
import { writesStruct } from "../../src/kernel/struct-writes.ts";
import { kernel } from "../verifier/program.ts";

/** The same kernel with connections built in: they are a module's here. */
const builtIn: Pick<Kernel, "btf"> = {
  btf: {
    ...kernel.btf,
    type: (id) => kernel.btf.type(id),
    byName: (name, kind) =>
      name === "bpf_ct_set_timeout" ? kernel.btf.byName("tcp_init_sock", "func") : kernel.btf.byName(name, kind),
  },
};

const id = kernel.btf.byName("nf_conn", "struct")[0]!;
const conn = kernel.btf.type(id);
const MARK = conn.kind === "struct" ? conn.members.find(({ name }) => name === "mark")!.bitOff / 8 : -1;

test.each([
  ["yes", builtIn, "XDP", "nf_conn", MARK, 4],
  ["yes", builtIn, "SCHED_CLS", "nf_conn___init", MARK, 2],
  ["unclear", kernel, "XDP", "nf_conn", MARK, 4],
  ["no", builtIn, "XDP", "nf_conn", MARK, 8],
  ["no", builtIn, "XDP", "nf_conn", MARK + 2, 2],
  ["no", kernel, "XDP", "nf_conn", MARK - 8, 4],
  ["no", kernel, "XDP", "nf_conntrack_tuple", 0, 4],
  ["no", builtIn, "TRACING", "nf_conn", MARK, 4],
  ["unclear", kernel, "EXT", "task_struct", 0, 4],
] as const)("%s", (want, of, progType, struct, off, size) => {
  expect(writesStruct(of, progType, struct, off, size)).toBe(want);
});
