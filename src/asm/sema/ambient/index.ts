/** The macros of the outermost scope: libbpf's by name, without a header. A macro of the user's wins over them. */
import type { Arch } from "../../../kernel/model.ts";
import { bitfieldMacros } from "./bitfield.ts";
import { constantMacros } from "./constants.ts";
import { coreMacros } from "./core.ts";
import { helperMacros } from "./helpers.ts";
import { iteratorMacros } from "./iterators.ts";
import { kernelConstant } from "./kernel-constants.ts";
import { kprobeMacros } from "./kprobe.ts";
import { objectMacros } from "./objects.ts";
import { predefinedMacros } from "./predefined.ts";
import { ptRegsMacros } from "./pt-regs.ts";
import { tracingMacros } from "./tracing.ts";

/** Definition texts by name, as they would follow `#define`. */
function definitions(arch: Arch): ReadonlyMap<string, string> {
  const texts = [helperMacros, tracingMacros, coreMacros, constantMacros, predefinedMacros];
  const lines = [
    texts.join("\n").split("\n"),
    bitfieldMacros,
    iteratorMacros,
    kprobeMacros,
    objectMacros,
    ptRegsMacros(arch),
  ];
  const found = new Map<string, string>();
  for (const line of lines.flat()) {
    const name = /^\w+/.exec(line)?.[0];
    if (name) found.set(name, line);
  }
  return found;
}

const known = new Map<Arch, ReadonlyMap<string, string>>();

/** The ambient macros that are no mere numbers, such as `SEC` and `BPF_PROG`. */
export function ambientMacroNames(arch: Arch): readonly string[] {
  ambientMacro("SEC", arch);
  return [...(known.get(arch)?.keys() ?? [])];
}

/** The definition of an ambient macro, such as `SEC(name) __attribute__(...)`, or undefined; some are the machine's. */
export function ambientMacro(name: string, arch: Arch): string | undefined {
  let all = known.get(arch);
  if (!all) {
    all = definitions(arch);
    known.set(arch, all);
  }
  const found = all.get(name);
  if (found !== undefined) return found;
  const constant = kernelConstant(name, arch);
  return constant === undefined ? undefined : `${name} ${constant}`;
}

/** Headers that are built in: their names are ambient, so that including them does nothing. */
export const builtinHeaders: ReadonlySet<string> = new Set([
  "vmlinux.h",
  "bpf/bpf_helpers.h",
  "bpf/bpf_helper_defs.h",
  "bpf/bpf_tracing.h",
  "bpf/bpf_core_read.h",
  "bpf/bpf_endian.h",
  "bpf/usdt.bpf.h",
  "stddef.h",
  "stdint.h",
  "stdbool.h",
  "linux/types.h",
  "linux/bpf.h",
  "linux/if_ether.h",
  "linux/ip.h",
  "linux/ipv6.h",
  "linux/in.h",
  "linux/tcp.h",
  "linux/udp.h",
  "linux/icmp.h",
  "linux/pkt_cls.h",
  "linux/ptrace.h",
  "linux/errno.h",
]);
