// The kprobe family: the context is struct pt_regs, read by the macros and by name.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include <bpf/usdt.bpf.h>

char _license[] SEC("license") = "GPL";

u64 seen;

static __always_inline int take(u64 value)
{
	__sync_fetch_and_add(&seen, value);
	return 0;
}

#define ENTRY(name, section) SEC(section) int name(struct pt_regs *ctx) { return take(PT_REGS_PARM1(ctx)); }
#define RETURN(name, section) SEC(section) int name(struct pt_regs *ctx) { return take(PT_REGS_RC(ctx)); }

SEC("kprobe/do_nanosleep")
int BPF_KPROBE(kprobe, struct hrtimer_sleeper *sleeper, enum hrtimer_mode mode)
{
	return take(mode) + take(PT_REGS_IP(ctx));
}

SEC("kretprobe/do_nanosleep")
int BPF_KRETPROBE(kretprobe, int result)
{
	return take(result);
}

ENTRY(kprobe_multi, "kprobe.multi/do_nano*")
RETURN(kretprobe_multi, "kretprobe.multi/do_nano*")

SEC("kprobe.session/do_nano*")
int kprobe_session(struct pt_regs *ctx)
{
	return take(PT_REGS_SP(ctx)) & 1;
}

ENTRY(uprobe, "uprobe//bin/busybox:main")
ENTRY(uprobe_s, "uprobe.s//bin/busybox:main")
RETURN(uretprobe, "uretprobe//bin/busybox:main")
RETURN(uretprobe_s, "uretprobe.s//bin/busybox:main")
ENTRY(uprobe_multi, "uprobe.multi//bin/busybox:main*")
ENTRY(uprobe_multi_s, "uprobe.multi.s//bin/busybox:main*")
RETURN(uretprobe_multi, "uretprobe.multi//bin/busybox:main*")
RETURN(uretprobe_multi_s, "uretprobe.multi.s//bin/busybox:main*")

SEC("uprobe.session//bin/busybox:main*")
int uprobe_session(struct pt_regs *ctx)
{
	return take(PT_REGS_FP(ctx)) & 1;
}

SEC("uprobe.session.s//bin/busybox:main*")
int uprobe_session_s(struct pt_regs *ctx)
{
	return take(PT_REGS_PARM2(ctx)) & 1;
}

SEC("ksyscall/nanosleep")
int BPF_KSYSCALL(ksyscall, struct __kernel_timespec *wanted, struct __kernel_timespec *left)
{
	return take((u64)wanted) + take((u64)left);
}

SEC("kretsyscall/nanosleep")
int BPF_KRETPROBE(kretsyscall, long result)
{
	return take(result);
}

SEC("usdt//bin/busybox:provider:name")
int BPF_USDT(usdt, int first, void *second)
{
	return take(first) + take((u64)second);
}

SEC("usdt.s//bin/busybox:provider:name")
int usdt_s(struct pt_regs *ctx)
{
	long value = 0;

	bpf_usdt_arg(ctx, 0, &value);
	return take(value) + take(bpf_usdt_cookie(ctx));
}
