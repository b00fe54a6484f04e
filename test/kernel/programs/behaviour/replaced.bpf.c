// What replacement.bpf.c replaces: a global function of a program.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char _license[] SEC("license") = "GPL";

__noinline int weigh(struct __sk_buff *skb, int factor)
{
	volatile int result = skb->len * factor;

	return result;
}

SEC("tc")
int packet(struct __sk_buff *skb)
{
	return weigh(skb, 3) + 1;
}
