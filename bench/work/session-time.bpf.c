// How long a function takes, as a histogram: the start is in the cookie.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 64);
	__type(key, u32);
	__type(value, u64);
} histogram SEC(".maps");

SEC("fsession/bpf_fentry_test1")
int BPF_PROG(session_time, int a, int ret)
{
	u64 *started = bpf_session_cookie(ctx);
	u64 took, *count;
	u32 slot = 0;

	if (!bpf_session_is_return(ctx)) {
		*started = bpf_ktime_get_ns();
		return 0;
	}
	took = bpf_ktime_get_ns() - *started;
	while (slot < 63 && took >> (slot + 1))
		slot++;
	count = bpf_map_lookup_elem(&histogram, &slot);
	if (count)
		__sync_fetch_and_add(count, 1);
	return 0;
}
