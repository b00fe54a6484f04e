/** The macros of the outermost scope: libbpf's by name, without a header. A macro of the user's wins over them. */
import { constantMacros } from "./constants.ts";
import { coreMacros } from "./core.ts";
import { helperMacros } from "./helpers.ts";
import { predefinedMacros } from "./predefined.ts";
import { tracingMacros } from "./tracing.ts";

/** Definition texts by name, as they would follow `#define`. */
function definitions(): ReadonlyMap<string, string> {
  const lines = [helperMacros, tracingMacros, coreMacros, constantMacros, predefinedMacros].join("\n").split("\n");
  const found = new Map<string, string>();
  for (const line of lines) {
    const name = /^\w+/.exec(line)?.[0];
    if (name) found.set(name, line);
  }
  return found;
}

let known: ReadonlyMap<string, string> | undefined;

/** The definition of an ambient macro, such as `SEC(name) __attribute__(...)`, or undefined. */
export function ambientMacro(name: string): string | undefined {
  known ??= definitions();
  return known.get(name);
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
