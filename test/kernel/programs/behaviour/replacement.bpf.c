// A function that takes the place of one in another program; its context is that program's.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "tally.h"

char _license[] SEC("license") = "GPL";

TALLY(replacement);

SEC("freplace/weigh")
int replacement(struct __sk_buff *skb, int factor)
{
	start(&replacement_seen);
	note(&replacement_seen, (u64)skb->len << 32 | factor);
	return (skb->len + skb->mark) * factor - 1000;
}
