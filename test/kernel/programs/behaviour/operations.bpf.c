// Operations of the kernel as BPF: a congestion control that connections really use.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "tally.h"

char _license[] SEC("license") = "GPL";

TALLY(begin);
TALLY(threshold);
TALLY(avoid);

SEC("struct_ops/init")
void BPF_PROG(begin, struct sock *sk)
{
	struct tcp_sock *tcp = (struct tcp_sock *)sk;

	start(&begin_seen);
	note(&begin_seen, sk->__sk_common.skc_num << 8 | tcp->snd_cwnd);
}

SEC("struct_ops/ssthresh")
u32 BPF_PROG(threshold, struct sock *sk)
{
	start(&threshold_seen);
	return ((struct tcp_sock *)sk)->snd_cwnd >> 1;
}

SEC("struct_ops")
void BPF_PROG(avoid, struct sock *sk, u32 ack, u32 acked)
{
	struct tcp_sock *tcp = (struct tcp_sock *)sk;

	start(&avoid_seen);
	note(&avoid_seen, acked << 8 | sk->__sk_common.skc_family);
	tcp->snd_cwnd += acked;
}

SEC("struct_ops/undo_cwnd")
u32 BPF_PROG(undo, struct sock *sk)
{
	return ((struct tcp_sock *)sk)->snd_cwnd;
}

SEC(".struct_ops.link")
struct tcp_congestion_ops congestion = {
	.init = (void *)begin,
	.ssthresh = (void *)threshold,
	.cong_avoid = (void *)avoid,
	.undo_cwnd = (void *)undo,
	.name = "bpf_tally",
};
