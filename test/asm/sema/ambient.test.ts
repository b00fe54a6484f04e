/** libbpf's macros and the headers' constants by their names alone, for both architectures. */
import { describe, expect, test } from "vitest";
import { ambientMacro } from "../../../src/asm/sema/ambient/index.ts";
import { compile } from "../../../src/driver/compile.ts";
import { printInsn } from "../../../src/isa/print.ts";
import type { Arch } from "../../../src/kernel/model.ts";
import { embeddedKernel } from "../../support/kernel.ts";

const licence = '\nchar LICENSE[] SEC("license") = "GPL";\n';
const build = (source: string, arch: Arch = "x86") =>
  compile(source + licence, { kernel: embeddedKernel(arch), fileName: "probe.bpf" });
const problems = (source: string, arch: Arch = "x86"): string[] => {
  const made = build(source, arch);
  const doubts = made.verdicts.filter((v) => v.verdict === "rejected").map((v) => `rejected ${v.program}`);
  return [...made.diagnostics.map((d) => `${d.code} ${d.text}`), ...doubts];
};
const listing = (source: string, arch: Arch = "x86"): string =>
  build(source, arch)
    .subprogs.flatMap((s) => s.lines.map((line) => printInsn(line.insn)))
    .join("\n");

const arches: readonly Arch[] = ["x86", "arm64"];

describe.each(arches)("macros that need %s registers", (arch) => {
  test.each([
    [
      "BPF_KPROBE",
      'SEC("kprobe/do_exit") int BPF_KPROBE(p, long code, void *more) { v = code + (u64)more; return 0; }',
    ],
    ["BPF_KPROBE without parameters", 'SEC("kprobe/do_exit") int BPF_KPROBE(p) { v = PT_REGS_IP(ctx); return 0; }'],
    ["BPF_KRETPROBE", 'SEC("kretprobe/do_exit") int BPF_KRETPROBE(p, int ret) { v = ret; return 0; }'],
    [
      "BPF_KRETPROBE without result",
      'SEC("kretprobe/do_exit") int BPF_KRETPROBE(p) { v = PT_REGS_RC(ctx); return 0; }',
    ],
    ["BPF_UPROBE", 'SEC("uprobe") int BPF_UPROBE(p, int a, char b) { v = a + b; return 0; }'],
    ["BPF_URETPROBE", 'SEC("uretprobe") int BPF_URETPROBE(p, int ret) { v = ret; return 0; }'],
    ["BPF_KSYSCALL", 'SEC("ksyscall/read") int BPF_KSYSCALL(p, int fd, void *buf, u64 n) { v = fd + n; return 0; }'],
    [
      "PT_REGS by CO-RE",
      'SEC("kprobe/do_exit") int p(struct pt_regs *ctx) { v = PT_REGS_PARM6_CORE(ctx) + PT_REGS_SP_CORE(ctx); return 0; }',
    ],
    [
      "PT_REGS of system calls",
      'SEC("kprobe/do_exit") int p(struct pt_regs *ctx) { struct pt_regs *regs = PT_REGS_SYSCALL_REGS(ctx); v = PT_REGS_PARM1_CORE_SYSCALL(regs) + PT_REGS_PARM4_CORE_SYSCALL(regs); return 0; }',
    ],
    [
      "BPF_USDT",
      '#include <bpf/usdt.bpf.h>\nSEC("usdt") int BPF_USDT(p, int a, void *b) { v = a + (u64)b + bpf_usdt_arg_cnt(ctx) + bpf_usdt_cookie(ctx) + bpf_usdt_arg_size(ctx, 1); return 0; }',
    ],
  ])("%s", (_, source) => {
    expect(problems(`u64 v;\n${source}`, arch)).toEqual([]);
  });
});

test("the first argument is read from the register of each architecture", () => {
  const source = 'u64 v; SEC("kprobe/do_exit") int BPF_KPROBE(p, u64 a) { v = a; return 0; }';
  expect(listing(source, "x86")).toContain("*(u64 *)(r1 + 112)");
  expect(listing(source, "arm64")).toContain("*(u64 *)(r1 + 0)");
});

describe("other macros", () => {
  test.each([
    ["bpf_for", "int i; bpf_for(i, 0, 9) { if (i == v) continue; if (i > v) break; v += i; }"],
    ["bpf_repeat", "bpf_repeat(9) v++;"],
    ["bpf_for_each", "int *i; bpf_for_each(num, i, 0, 9) v += *i;"],
    ["loops in loops", "int i, j; bpf_for(i, 0, 9) bpf_for(j, 0, i) v += j;"],
    ["can_loop", "for (u64 i = 0; i < v && can_loop; i++) w += i;"],
    ["cond_break", "while (1) { cond_break; w += v; }"],
    ["bpf_cmp_likely", "if (bpf_cmp_likely(v, >, 3)) w = 1; if (bpf_cmp_unlikely(v, ==, 2)) w = 2;"],
    ["bpf_stream_printk", 'bpf_stream_printk(1, "v %llu w %llu", v, w);'],
    ["CO-RE bit-fields", "struct sk_buff *s = (void *)v; w = BPF_CORE_READ_BITFIELD_PROBED(s, ip_summed);"],
    ["S_ISREG and ARRAY_SIZE", "int a[3]; if (S_ISREG(v)) w = ARRAY_SIZE(a);"],
  ])("%s", (_, body) => {
    const source = `u64 v, w;\nSEC("raw_tp/sys_enter") int p(void *ctx) { ${body} return 0; }`;
    expect(problems(source)).toEqual([]);
  });

  test("a bounded loop as the kernel's headers write it, twice in a function", () => {
    const source = `u64 v, w;
      #define can_loop ({ __label__ l_break, l_continue; bool ret = true; \\
        asm volatile goto("may_goto %l[l_break]" :::: l_break); goto l_continue; l_break: ret = false; l_continue:; ret; })
      SEC("raw_tp/sys_enter") int p(void *ctx) { while (can_loop) w += v; for (int i = 0; i < v && can_loop; i++) w++; return 0; }`;
    expect(problems(source)).toEqual([]);
    expect(listing(source).match(/may_goto/g)).toHaveLength(2);
  });

  test("BPF_CORE_READ_BITFIELD of a trusted pointer", () => {
    const source =
      'u64 v; SEC("tp_btf/tcp_probe") int BPF_PROG(p, struct sock *sk, struct sk_buff *skb) { v = BPF_CORE_READ_BITFIELD(skb, pkt_type); return 0; }';
    expect(problems(source)).toEqual([]);
  });

  test("BPF_CORE_WRITE_BITFIELD", () => {
    const source = `struct flags { unsigned a : 3; unsigned b : 5; } __attribute__((preserve_access_index));
      struct flags kept; SEC("raw_tp/sys_enter") int p(void *ctx) { struct flags *f = &kept; BPF_CORE_WRITE_BITFIELD(f, b, 9); return 0; }`;
    expect(build(source).diagnostics.filter((d) => !/^E05|^E06|^-Wunresolved/.test(d.code))).toEqual([]);
  });

  test("BPF_PROG2", () => {
    const source =
      'u64 v; SEC("fentry/vfs_unlink") int BPF_PROG2(p, struct mnt_idmap *, idmap, struct inode *, dir) { v = dir->i_ino; return 0; }';
    expect(problems(source)).toEqual([]);
  });

  test("objects of the program's own", () => {
    const source = `struct node { struct bpf_list_node at; int v; };
      SEC("tc") int p(struct __sk_buff *skb) { struct node *n = bpf_obj_new(typeof(*n)); if (n) bpf_obj_drop(n); return TC_ACT_OK; }`;
    expect(problems(source)).toEqual([]);
  });
});

describe("constants of headers", () => {
  test.each([
    ["ETH_P_IP", 0x800n],
    ["ETH_HLEN", 14n],
    ["TC_ACT_SHOT", 2n],
    ["TC_ACT_UNSPEC", -1n],
    ["AF_INET6", 10n],
    ["PF_PACKET", 17n],
    ["SOL_SOCKET", 1n],
    ["TCP_CONGESTION", 13n],
    ["ENOENT", 2n],
    ["O_CREAT", 0o100n],
    ["S_IFDIR", 0o40000n],
    ["PATH_MAX", 4096n],
    ["BPF_F_ALLOW_MULTI", 2n],
    ["INT_MAX", 2147483647n],
    ["UINT64_MAX", 0xffffffffffffffffn],
    ["SIGKILL", 9n],
    ["TASK_COMM_LEN", 16n],
    ["IPPROTO_TCP", 6n],
    ["KERNEL_VERSION(6, 1, 300)", 0x601ffn],
  ])("%s", (name, value) => {
    const wanted = value > 0x7fffffffffffffffn ? `${value}ULL` : `${value}LL`;
    expect(problems(`_Static_assert(${name} == ${wanted}, "");`)).toEqual([]);
  });

  test("they give way to the user's own names", () => {
    const source = `enum { ETH_P_IP = 3 }; struct s { int SIGKILL; };
      static int O_CREAT = 3;
      SEC("raw_tp/sys_enter") int p(void *ctx) { struct s s = { .SIGKILL = ETH_P_IP }; int ENOENT = s.SIGKILL; return O_CREAT == ENOENT; }`;
    expect(problems(source)).toEqual([]);
  });

  test("arm64 numbers some flags of open otherwise", () => {
    expect(arches.map((arch) => ambientMacro("O_DIRECTORY", arch))).toEqual([
      "O_DIRECTORY 0x10000",
      "O_DIRECTORY 0x4000",
    ]);
  });
});
