// Sends a record to user space for each packet that reaches ip_rcv.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

struct record {
	u32 len;
	u32 ifindex;
	u32 netns;
	s32 verdict;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} records SEC(".maps");

SEC("fsession/ip_rcv")
int BPF_PROG(packet, struct sk_buff *skb, struct net_device *dev, struct packet_type *pt, struct net_device *orig_dev,
	     int ret)
{
	u64 *len = bpf_session_cookie(ctx);
	struct record *record;

	if (!bpf_session_is_return(ctx)) {
		*len = skb->len;
		return 0;
	}
	record = bpf_ringbuf_reserve(&records, sizeof(*record), 0);
	if (!record)
		return 0;
	record->len = *len;
	record->ifindex = dev->ifindex;
	record->netns = dev->nd_net.net->ns.inum;
	record->verdict = ret;
	bpf_ringbuf_submit(record, 0);
	return 0;
}
