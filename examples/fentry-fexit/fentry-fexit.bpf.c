// The same measurement as the latency example without a session: two programs, and a map between them.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 entered = 0;
u64 left = 0;
u64 unmatched = 0;
u64 longest = 0;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, u64);
	__type(value, u64);
} started SEC(".maps");

SEC("fentry/icmp_rcv")
int BPF_PROG(enter, struct sk_buff *skb)
{
	u64 key = (u64)skb, now = bpf_ktime_get_ns();

	bpf_map_update_elem(&started, &key, &now, BPF_ANY);
	__sync_fetch_and_add(&entered, 1);
	return 0;
}

SEC("fexit/icmp_rcv")
int BPF_PROG(leave, struct sk_buff *skb, int ret)
{
	u64 key = (u64)skb, took;
	u64 *begun = bpf_map_lookup_elem(&started, &key);

	__sync_fetch_and_add(&left, 1);
	if (!begun) {
		__sync_fetch_and_add(&unmatched, 1);
		return 0;
	}
	took = bpf_ktime_get_ns() - *begun;
	if (took > longest)
		longest = took;
	bpf_map_delete_elem(&started, &key);
	return 0;
}
