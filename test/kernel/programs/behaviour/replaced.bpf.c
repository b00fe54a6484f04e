// What is replaced: global functions of a program, by replacement.bpf.c and by summarization_freplace.c of the corpus.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char _license[] SEC("license") = "GPL";

__noinline int weigh(struct __sk_buff *skb, int factor)
{
	volatile int result = skb->len * factor;

	return result;
}

// named by the corpus
__noinline long changes_pkt_data(struct __sk_buff *skb)
{
	return bpf_skb_pull_data(skb, 0) + 70;
}

SEC("tc")
int packet(struct __sk_buff *skb)
{
	return weigh(skb, 3) + changes_pkt_data(skb);
}
