/** A kernel small enough to read: what the probe asks for, laid out otherwise than the probe thinks. */
import { openBtf } from "../../src/btf/reader.ts";
import { VOID } from "../../src/btf/type.ts";
import { BtfWriter } from "../../src/btf/writer.ts";
import type { Kernel } from "../../src/kernel/model.ts";

function kernelBtf(): Uint8Array {
  const btf = new BtfWriter();
  const int = btf.add({ kind: "int", name: "int", size: 4, bits: 32, encoding: "signed" });
  const u32 = btf.add({ kind: "int", name: "unsigned int", size: 4, bits: 32, encoding: "unsigned" });
  const bool = btf.add({ kind: "int", name: "_Bool", size: 1, bits: 8, encoding: "bool" });
  const pointer = btf.add({ kind: "ptr", type: VOID });
  const device = btf.add({
    kind: "struct",
    name: "net_device",
    size: 16,
    members: [{ name: "ifindex", type: int, bitOff: 96 }],
  });
  btf.add({
    kind: "struct",
    name: "sk_buff",
    size: 24,
    members: [
      { name: "dev", type: btf.add({ kind: "ptr", type: device }), bitOff: 0 },
      { name: "stamp", type: u32, bitOff: 64 },
      { name: "len", type: u32, bitOff: 128 },
    ],
  });
  const values = [
    { name: "FIRST", value: 0n },
    { name: "SECOND", value: 9n },
  ];
  btf.add({ kind: "enum", name: "kind", size: 4, signed: false, values });
  const takesPointer = [{ name: "ctx", type: pointer }];
  const isReturn = btf.add({ kind: "func_proto", ret: bool, params: takesPointer, variadic: false });
  btf.add({ kind: "func", name: "bpf_session_is_return", type: isReturn, linkage: "static" });
  const changed = btf.add({ kind: "func_proto", ret: int, params: takesPointer, variadic: false });
  btf.add({ kind: "func", name: "bpf_changed", type: changed, linkage: "static" });
  btf.add({ kind: "var", name: "per_boot", type: int, linkage: "global" });
  return btf.finish();
}

export const kernel: Kernel = {
  name: "Linux 7.2 (test)",
  arch: "x86",
  version: { major: 7, minor: 2 },
  btf: openBtf(kernelBtf()),
  modules: [],
};
