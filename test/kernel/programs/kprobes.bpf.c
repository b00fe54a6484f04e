// Arguments and results by pt_regs: of a kernel function at entry and at return, and of a system call.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

char _license[] SEC("license") = "GPL";

u64 arguments[5] = {};
u64 by_name[3] = {};
s64 result = -1;
u64 calls = 0;
u32 command = 0, command_size = 0;

// bpf_fentry_test5(u64 a, void *b, short c, int d, u64 e)
SEC("kprobe/bpf_fentry_test5")
int BPF_KPROBE(at_entry, u64 a, void *b, short c, int d, u64 e)
{
	arguments[0] = a;
	arguments[1] = (u64)b;
	arguments[2] = c;
	arguments[3] = d;
	arguments[4] = e;
	by_name[0] = PT_REGS_PARM1(ctx);
	by_name[1] = PT_REGS_PARM5_CORE(ctx);
	by_name[2] = PT_REGS_IP(ctx) != 0 && PT_REGS_SP(ctx) != 0;
	return 0;
}

SEC("kretprobe/bpf_fentry_test5")
int BPF_KRETPROBE(at_return, int ret)
{
	result = ret;
	calls++;
	return 0;
}

// the test run that calls those functions is a system call itself: bpf(BPF_PROG_TEST_RUN, ...)
SEC("ksyscall/bpf")
int BPF_KSYSCALL(at_syscall, int cmd, void *attr, unsigned int size)
{
	if (cmd == BPF_PROG_TEST_RUN) {
		command = cmd;
		command_size = size;
	}
	return 0;
}

SEC("fentry/bpf_fentry_test1")
int BPF_PROG(start, int a)
{
	return 0;
}
