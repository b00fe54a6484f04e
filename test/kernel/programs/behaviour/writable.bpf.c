// A tracepoint whose argument may be written: what test runs of programs come to is changed.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "tally.h"

char _license[] SEC("license") = "GPL";

#define FINISH(name, section, value) \
	TALLY(name); \
	SEC(section) int name(struct bpf_raw_tracepoint_args *ctx) \
	{ \
		int *result = (int *)ctx->args[0]; \
		start(&name##_seen); \
		note(&name##_seen, (u32)*result); \
		*result = value; \
		return 0; \
	}

FINISH(first, "raw_tracepoint.w/bpf_test_finish", *result - 3)
FINISH(second, "raw_tp.w/bpf_test_finish", *result * 4)

SEC("tc")
int packet(struct __sk_buff *skb)
{
	return skb->len;
}
