// Operations of the kernel as BPF: a congestion control whose functions are programs, one of them sleepable elsewhere.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 seen;

SEC("struct_ops/ssthresh")
u32 BPF_PROG(ssthresh, struct sock *sk)
{
	struct tcp_sock *tcp = (struct tcp_sock *)sk;

	seen += tcp->snd_cwnd;
	return tcp->snd_cwnd >> 1;
}

SEC("struct_ops")
void BPF_PROG(cong_avoid, struct sock *sk, u32 ack, u32 acked)
{
	seen += ack + acked + sk->__sk_common.skc_family;
}

SEC("struct_ops/undo_cwnd")
u32 BPF_PROG(undo_cwnd, struct sock *sk)
{
	return ((struct tcp_sock *)sk)->snd_cwnd;
}

SEC(".struct_ops.link")
struct tcp_congestion_ops congestion = {
	.ssthresh = (void *)ssthresh,
	.cong_avoid = (void *)cong_avoid,
	.undo_cwnd = (void *)undo_cwnd,
	.name = "bpfasm",
};

// sched_ext allocates for a task before it may run; that may sleep
SEC("struct_ops.s/init_task")
s32 BPF_PROG(init_task, struct task_struct *task, struct scx_init_task_args *args)
{
	seen += task->pid + args->fork;
	return 0;
}

SEC(".struct_ops.link")
struct sched_ext_ops scheduler = {
	.init_task = (void *)init_task,
	.name = "bpfasm",
};
