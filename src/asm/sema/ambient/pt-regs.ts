/**
 * Names of `bpf_tracing.h` that depend on the machine: where a `struct pt_regs` holds arguments, result and pointers.
 * Registers are those of the System V and AAPCS64 calling conventions and of each kernel's system calls (the kernel's
 * arch/x86/include/asm/syscall.h and arch/arm64/include/asm/syscall.h: syscall_get_arguments).
 */
import type { Arch } from "../../../kernel/model.ts";

interface Registers {
  /** What the context is seen as. */
  readonly type: string;
  readonly params: readonly string[];
  readonly syscallParams: readonly string[];
  /** Suffixes of the other `PT_REGS_*` macros. */
  readonly others: Readonly<Record<string, string>>;
}

const numbered = (first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, i) => `regs[${first + i}]`);

const registers: Readonly<Record<Arch, Registers>> = {
  x86: {
    type: "struct pt_regs",
    params: ["di", "si", "dx", "cx", "r8", "r9"],
    syscallParams: ["di", "si", "dx", "r10", "r8", "r9"],
    others: { RET: "sp", FP: "bp", RC: "ax", SP: "sp", IP: "ip" },
  },
  arm64: {
    type: "struct user_pt_regs",
    params: numbered(0, 7),
    syscallParams: ["orig_x0", ...numbered(1, 5)],
    others: { RET: "regs[30]", FP: "regs[29]", RC: "regs[0]", SP: "sp", IP: "pc" },
  },
};

/** `name(x)` reads a field of the context, `name_CORE(x)` one of a copy elsewhere in the kernel. */
const readers = (name: string, core: string, type: string, field: string): string[] => [
  `${name}(x) (((${type} *)(x))->${field})`,
  `${core}(x) BPF_CORE_READ((${type} *)(x), ${field})`,
];

/** The first syscall argument of arm64 lies behind what a program may read as `user_pt_regs`. */
const syscallType = (type: string, field: string): string => (field === "orig_x0" ? "struct pt_regs" : type);

/** Definitions for one architecture. */
export function ptRegsMacros(arch: Arch): readonly string[] {
  const { type, params, syscallParams, others } = registers[arch];
  return [
    `__PT_REGS_CAST(x) ((const ${type} *)(x))`,
    ...params.flatMap((field, i) => readers(`PT_REGS_PARM${i + 1}`, `PT_REGS_PARM${i + 1}_CORE`, type, field)),
    ...syscallParams.flatMap((field, i) => {
      const name = `PT_REGS_PARM${i + 1}`;
      const [direct, core] = readers(`${name}_SYSCALL`, `${name}_CORE_SYSCALL`, syscallType(type, field), field);
      return field === "orig_x0" ? [`${name}_SYSCALL(x) ${name}_CORE_SYSCALL(x)`, core!] : [direct!, core!];
    }),
    ...Object.entries(others).flatMap(([suffix, field]) =>
      readers(`PT_REGS_${suffix}`, `PT_REGS_${suffix}_CORE`, type, field),
    ),
    "PT_REGS_SYSCALL_REGS(ctx) ((struct pt_regs *)PT_REGS_PARM1(ctx))",
    ...returnAddress(arch),
  ];
}

/** Where the traced function will return to: on the stack, or in the link register. */
function returnAddress(arch: Arch): readonly string[] {
  const register = arch === "arm64";
  return [
    register
      ? "BPF_KPROBE_READ_RET_IP(ip, ctx) ({ (ip) = PT_REGS_RET(ctx); })"
      : "BPF_KPROBE_READ_RET_IP(ip, ctx) ({ bpf_probe_read_kernel(&(ip), sizeof(ip), (void *)PT_REGS_RET(ctx)); })",
    register
      ? "BPF_KRETPROBE_READ_RET_IP BPF_KPROBE_READ_RET_IP"
      : "BPF_KRETPROBE_READ_RET_IP(ip, ctx) ({ bpf_probe_read_kernel(&(ip), sizeof(ip), (void *)(PT_REGS_FP(ctx) + sizeof(ip))); })",
  ];
}
