// A function that takes the place of one in another program; its context is that program's.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char _license[] SEC("license") = "GPL";

SEC("freplace/weigh")
int replacement(struct __sk_buff *skb, int factor)
{
	return (skb->len + skb->mark) * factor + 1;
}
