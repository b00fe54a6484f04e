// A global function that takes the context of its caller; the second packet that it sees is of 84 bytes.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[2];
const volatile u64 want[2] = { 84, 1 };

__noinline int length(void *ctx __arg_ctx)
{
	struct __sk_buff *skb = ctx;

	return skb->len;
}

__noinline int is_ip(struct __sk_buff *skb)
{
	return skb->protocol != 0;
}

SEC("tc")
int run(struct __sk_buff *skb)
{
	out[0] = length(skb);
	out[1] = is_ip(skb);
	return 0;
}
