// How long icmp_rcv takes, as a histogram of powers of two of nanoseconds.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define SLOTS 64

char _license[] SEC("license") = "GPL";

u64 calls = 0;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SLOTS);
	__type(key, u32);
	__type(value, u64);
} histogram SEC(".maps");

static u32 log2_of(u64 value)
{
	u32 log = 0;

	for (u32 step = 32; step; step >>= 1) {
		if (value >> step) {
			value >>= step;
			log += step;
		}
	}
	return log;
}

SEC("fsession/icmp_rcv")
int BPF_PROG(measure, struct sk_buff *skb)
{
	u64 *started = bpf_session_cookie(ctx);
	u64 *count;
	u32 slot;

	if (!bpf_session_is_return(ctx)) {
		*started = bpf_ktime_get_ns();
		return 0;
	}
	if (!*started)
		return 0;
	slot = log2_of(bpf_ktime_get_ns() - *started);
	count = bpf_map_lookup_elem(&histogram, &slot);
	if (count)
		__sync_fetch_and_add(count, 1);
	__sync_fetch_and_add(&calls, 1);
	return 0;
}
