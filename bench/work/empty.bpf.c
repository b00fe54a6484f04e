// What calling a program costs by itself: measured, and taken off.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

SEC("fentry/bpf_fentry_test1")
int BPF_PROG(empty_tracing)
{
	return 0;
}

SEC("xdp")
int empty_packet(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("syscall")
int empty_syscall(void *ctx)
{
	return 0;
}
