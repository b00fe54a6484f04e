// A classifier with a function of its own, for session.bpf.c to trace.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char _license[] SEC("license") = "GPL";

__noinline int weigh(struct __sk_buff *skb, int factor)
{
	return skb->len * factor;
}

SEC("tc")
int classify(struct __sk_buff *skb)
{
	return weigh(skb, 3) == 0;
}
