// Programs on functions of the kernel by BTF: before and after them, around them, instead of their result, iterators, LSM.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 seen;

#define ENTRY(name, section) SEC(section) int BPF_PROG(name, int a, u64 b) { seen += a + b; return 0; }
#define EXIT(name, section) SEC(section) int BPF_PROG(name, int a, u64 b, int result) { seen += a + b + result; return 0; }

ENTRY(fentry, "fentry/bpf_fentry_test2")
EXIT(fexit, "fexit/bpf_fentry_test2")
ENTRY(fsession, "fsession/bpf_fentry_test2")

SEC("fmod_ret/bpf_modify_return_test")
int BPF_PROG(fmod_ret, int a, int *b, int result)
{
	seen += a + result;
	return 0;
}

// a system call is sleepable and may have its result changed
#define SYSCALL SYSCALL_WRAPPER "nanosleep"
#ifdef __TARGET_ARCH_arm64
#define SYSCALL_WRAPPER "__arm64_sys_"
#else
#define SYSCALL_WRAPPER "__x64_sys_"
#endif

SEC("fentry.s/" SYSCALL)
int BPF_PROG(fentry_s, struct pt_regs *regs)
{
	seen += PT_REGS_SP(regs);
	return 0;
}

SEC("fexit.s/" SYSCALL)
int BPF_PROG(fexit_s, struct pt_regs *regs, long result)
{
	seen += PT_REGS_SP(regs) + result;
	return 0;
}

SEC("fsession.s/" SYSCALL)
int BPF_PROG(fsession_s, struct pt_regs *regs)
{
	seen += PT_REGS_SP(regs) + bpf_session_is_return(ctx);
	return 0;
}

SEC("fmod_ret.s/" SYSCALL)
int BPF_PROG(fmod_ret_s, struct pt_regs *regs, long result)
{
	seen += PT_REGS_SP(regs);
	return 0;
}

// one program for many functions: their arguments are asked for, as no one prototype tells their types
#define MULTI(name, section) \
	SEC(section) int name(unsigned long long *ctx) \
	{ \
		u64 first = 0; \
		bpf_get_func_arg(ctx, 0, &first); \
		seen += first + bpf_get_func_arg_cnt(ctx); \
		return 0; \
	}
MULTI(fentry_multi, "fentry.multi/bpf_fentry_test*")
MULTI(fexit_multi, "fexit.multi/bpf_fentry_test*")
MULTI(fsession_multi, "fsession.multi/bpf_fentry_test*")
MULTI(fentry_multi_s, "fentry.multi.s/bpf_fentry_test*")
MULTI(fexit_multi_s, "fexit.multi.s/bpf_fentry_test*")
MULTI(fsession_multi_s, "fsession.multi.s/bpf_fentry_test*")

#define TASKS(name, section) \
	SEC(section) int name(struct bpf_iter__task *ctx) \
	{ \
		struct task_struct *task = ctx->task; \
		if (task) \
			seen += task->pid + ctx->meta->seq_num; \
		return 0; \
	}
TASKS(iter, "iter/task")
TASKS(iter_s, "iter.s/task")

#define OPEN(name, section) \
	SEC(section) int BPF_PROG(name, struct file *file) \
	{ \
		seen += file->f_flags; \
		return 0; \
	}
OPEN(lsm, "lsm/file_open")
OPEN(lsm_s, "lsm.s/file_open")

SEC("lsm_cgroup/socket_bind")
int BPF_PROG(lsm_cgroup, struct socket *sock, struct sockaddr *address, int length)
{
	seen += sock->type + address->sa_family + length;
	return 1;
}

SEC("syscall")
int system_call(struct { u64 a; u32 b; } *ctx)
{
	seen += ctx->a + ctx->b;
	ctx->a = seen;
	return 0;
}
