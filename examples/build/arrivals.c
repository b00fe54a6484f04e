/* Counts large packets that arrive. */
#include "limits.h"

char LICENSE[] SEC("license") = "GPL";

u64 large;

SEC("fentry/ip_rcv")
int BPF_PROG(arrivals, struct sk_buff *skb)
{
	if (skb->len > LARGE)
		__sync_fetch_and_add(&large, 1);
	return 0;
}
