// Functions of the kernel by BTF, tracepoints of each kind, iterators, LSM, calls from user space.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include "tally.h"

char _license[] SEC("license") = "GPL";

int pid;

static __always_inline int is_other(void)
{
	return bpf_get_current_pid_tgid() >> 32 != pid;
}

#define ARGUMENTS(name, section, ...) \
	TALLY(name); \
	SEC(section) int BPF_PROG(name, int a, u64 b, ##__VA_ARGS__)

#define TAKE(name, value) \
	{ \
		if (is_other()) \
			return 0; \
		start(&name##_seen); \
		note(&name##_seen, value); \
		return 0; \
	}

ARGUMENTS(fentry, "fentry/bpf_fentry_test2") TAKE(fentry, a + (b << 8))
ARGUMENTS(fexit, "fexit/bpf_fentry_test2", int result) TAKE(fexit, a + (b << 8) + ((u64)result << 16))
ARGUMENTS(fsession, "fsession/bpf_fentry_test2", int result)
TAKE(fsession, bpf_session_is_return(ctx) ? result : a + (b << 8))

TALLY(fmod_ret);

SEC("fmod_ret/bpf_modify_return_test")
int BPF_PROG(fmod_ret, int a, int *b, int result)
{
	start(&fmod_ret_seen);
	note(&fmod_ret_seen, a + result);
	return 1234;
}

#define CALL(name, section, value, result) \
	TALLY(name); \
	SEC(section) int BPF_PROG(name, struct pt_regs *regs) \
	{ \
		if (is_other()) \
			return 0; \
		start(&name##_seen); \
		note(&name##_seen, value); \
		return result; \
	}
#define LEVEL PT_REGS_PARM2_CORE(regs)

CALL(fentry_s, "fentry.s/__x64_sys_setsockopt", LEVEL, 0)
CALL(fexit_s, "fexit.s/__x64_sys_setsockopt", LEVEL + 3, 0)
CALL(fsession_s, "fsession.s/__x64_sys_setsockopt", LEVEL + bpf_session_is_return(ctx), 0)
CALL(fmod_ret_s, "fmod_ret.s/__x64_sys_setsockopt", LEVEL, LEVEL == 0x5ead ? -77 : 0)

#define MULTI(name, section) \
	TALLY(name); \
	SEC(section) int name(unsigned long long *ctx) \
	{ \
		u64 first = 0; \
		if (is_other()) \
			return 0; \
		start(&name##_seen); \
		bpf_get_func_arg(ctx, 0, &first); \
		note(&name##_seen, (first < 256 ? first << 8 : 0) | bpf_get_func_arg_cnt(ctx)); \
		return 0; \
	}
MULTI(fentry_multi, "fentry.multi/bpf_fentry_test*")
MULTI(fexit_multi, "fexit.multi/bpf_fentry_test*")
MULTI(fsession_multi, "fsession.multi/bpf_fentry_test*")
MULTI(fentry_multi_s, "fentry.multi.s/__x64_sys_setsockopt")
MULTI(fexit_multi_s, "fexit.multi.s/__x64_sys_setsockopt")
MULTI(fsession_multi_s, "fsession.multi.s/__x64_sys_setsockopt")

#define ENTER(name, section) \
	TALLY(name); \
	SEC(section) int name(struct trace_event_raw_sys_enter *ctx) TAKE(name, ctx->id << 16 | (u16)ctx->args[1])
#define RAW(name, section) \
	TALLY(name); \
	SEC(section) int name(struct bpf_raw_tracepoint_args *ctx) TAKE(name, ctx->args[1])

ENTER(tracepoint, "tracepoint/syscalls/sys_enter_setsockopt")
ENTER(tp, "tp/syscalls/sys_enter_setsockopt")
ENTER(tracepoint_s, "tracepoint.s/syscalls/sys_enter_setsockopt")
ENTER(tp_s, "tp.s/syscalls/sys_enter_setsockopt")

#define NUMBER_OF_SETSOCKOPT 54
#define NUMBERED(name, section) \
	TALLY(name); \
	SEC(section) int name(struct bpf_raw_tracepoint_args *ctx) \
	{ \
		struct pt_regs *regs = (struct pt_regs *)ctx->args[0]; \
		if (is_other() || ctx->args[1] != NUMBER_OF_SETSOCKOPT) \
			return 0; \
		start(&name##_seen); \
		note(&name##_seen, PT_REGS_PARM2_CORE(regs)); \
		return 0; \
	}
NUMBERED(raw_tracepoint, "raw_tracepoint/sys_enter")
NUMBERED(raw_tp, "raw_tp/sys_enter")
NUMBERED(raw_tracepoint_s, "raw_tracepoint.s/sys_enter")
NUMBERED(raw_tp_s, "raw_tp.s/sys_enter")

#define TYPED(name, section) \
	TALLY(name); \
	SEC(section) int BPF_PROG(name, struct pt_regs *regs, long id) \
	{ \
		if (is_other() || id != NUMBER_OF_SETSOCKOPT) \
			return 0; \
		start(&name##_seen); \
		note(&name##_seen, regs->si << 8 | (u8)regs->dx); \
		return 0; \
	}
TYPED(tp_btf, "tp_btf/sys_enter")
TYPED(tp_btf_s, "tp_btf.s/sys_enter")

#define TASKS(name, section) \
	TALLY(name); \
	SEC(section) int name(struct bpf_iter__task *ctx) \
	{ \
		struct task_struct *task = ctx->task; \
		if (!task || task->tgid != pid) \
			return 0; \
		start(&name##_seen); \
		note(&name##_seen, task->flags & 1); \
		BPF_SEQ_PRINTF(ctx->meta->seq, "%s %d\n", task->comm, task->prio); \
		return 0; \
	}
TASKS(iter, "iter/task")
TASKS(iter_s, "iter.s/task")

#define OPEN(name, section) \
	TALLY(name); \
	SEC(section) int BPF_PROG(name, struct file *file) TAKE(name, file->f_flags)
OPEN(lsm, "lsm/file_open")
OPEN(lsm_s, "lsm.s/file_open")

TALLY(lsm_cgroup);

SEC("lsm_cgroup/socket_bind")
int BPF_PROG(lsm_cgroup, struct socket *sock, struct sockaddr *address, int length)
{
	start(&lsm_cgroup_seen);
	note(&lsm_cgroup_seen, sock->type << 16 | address->sa_family << 8 | length);
	return address->sa_family != 1; // no names for sockets in the file system
}

TALLY(system_call);

SEC("syscall")
int system_call(struct { u64 a; u32 b; } *ctx)
{
	start(&system_call_seen);
	note(&system_call_seen, ctx->a);
	ctx->a = ctx->a / 7 + ctx->b;
	ctx->b = ~ctx->b;
	return ctx->b % 100;
}

TALLY(sample);
int sampled_pages;

SEC("perf_event")
int sample(struct bpf_perf_event_data *ctx)
{
	sample_seen.runs = 1;
	note(&sample_seen, 0);
	sample_seen.last = ctx->sample_period;
	sampled_pages = PT_REGS_IP(&ctx->regs) != 0;
	return 0;
}
