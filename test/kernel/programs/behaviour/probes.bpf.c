// Probes of functions, in the kernel and in the process that is watched: arguments, results, sessions.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include <bpf/usdt.bpf.h>
#include "tally.h"

char _license[] SEC("license") = "GPL";

int pid;

static __always_inline int is_other(void)
{
	return bpf_get_current_pid_tgid() >> 32 != pid;
}

// some of the kernel's functions take pointers
static __always_inline u64 small(u64 value)
{
	return value < 256 ? value : 0;
}

#define PROBE(name, section, value) \
	TALLY(name); \
	SEC(section) int name(struct pt_regs *ctx) \
	{ \
		if (is_other()) \
			return 0; \
		start(&name##_seen); \
		note(&name##_seen, value); \
		return 0; \
	}
#define ENTRY(name, section) PROBE(name, section, small(PT_REGS_PARM1(ctx)))
#define RETURN(name, section) PROBE(name, section, small(PT_REGS_RC(ctx)))
#define SESSION(name, section) \
	TALLY(name); \
	SEC(section) int name(struct pt_regs *ctx) \
	{ \
		u64 *cookie = bpf_session_cookie(ctx); \
		if (is_other()) \
			return 1; \
		start(&name##_seen); \
		if (bpf_session_is_return(ctx)) \
			note(&name##_seen, *cookie << 16 | small(PT_REGS_RC(ctx))); \
		else \
			*cookie = small(PT_REGS_PARM1(ctx)) + 0x1000; \
		return 0; \
	}

ENTRY(kprobe, "kprobe/bpf_fentry_test3")
RETURN(kretprobe, "kretprobe/bpf_fentry_test3")
ENTRY(kprobe_multi, "kprobe.multi/bpf_fentry_test*")
RETURN(kretprobe_multi, "kretprobe.multi/bpf_fentry_test*")
SESSION(kprobe_session, "kprobe.session/bpf_fentry_test*")

ENTRY(uprobe, "uprobe//proc/self/exe:uprobe_multi_func_2")
ENTRY(uprobe_s, "uprobe.s//proc/self/exe:uprobe_multi_func_2")
RETURN(uretprobe, "uretprobe//proc/self/exe:uprobe_multi_func_2")
RETURN(uretprobe_s, "uretprobe.s//proc/self/exe:uprobe_multi_func_2")
ENTRY(uprobe_multi, "uprobe.multi//proc/self/exe:uprobe_multi_func_*")
ENTRY(uprobe_multi_s, "uprobe.multi.s//proc/self/exe:uprobe_multi_func_*")
RETURN(uretprobe_multi, "uretprobe.multi//proc/self/exe:uprobe_multi_func_*")
RETURN(uretprobe_multi_s, "uretprobe.multi.s//proc/self/exe:uprobe_multi_func_*")
SESSION(uprobe_session, "uprobe.session//proc/self/exe:uprobe_multi_func_*")
SESSION(uprobe_session_s, "uprobe.session.s//proc/self/exe:uprobe_multi_func_*")

TALLY(ksyscall);

SEC("ksyscall/setsockopt")
int BPF_KSYSCALL(ksyscall, int fd, int level, int name)
{
	if (is_other())
		return 0;
	start(&ksyscall_seen);
	note(&ksyscall_seen, (u64)level << 32 | name);
	return 0;
}

TALLY(kretsyscall);

SEC("kretsyscall/setsockopt")
int BPF_KRETPROBE(kretsyscall, long result)
{
	if (is_other())
		return 0;
	start(&kretsyscall_seen);
	note(&kretsyscall_seen, result);
	return 0;
}

TALLY(usdt);

SEC("usdt//proc/self/exe:bpfrun:probe")
int BPF_USDT(usdt, int first, long second)
{
	start(&usdt_seen);
	note(&usdt_seen, first);
	note(&usdt_seen, second);
	return 0;
}

TALLY(usdt_s);

SEC("usdt.s//proc/self/exe:bpfrun:probe")
int usdt_s(struct pt_regs *ctx)
{
	long value = 0;

	start(&usdt_s_seen);
	note(&usdt_s_seen, bpf_usdt_arg_cnt(ctx));
	bpf_usdt_arg(ctx, 1, &value);
	note(&usdt_s_seen, value);
	return 0;
}

// what a test run of this calls is what the kernel's probes lie on
SEC("fentry/bpf_modify_return_test")
int BPF_PROG(trigger)
{
	return 0;
}
