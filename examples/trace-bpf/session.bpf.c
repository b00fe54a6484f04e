// Traces a function of another BPF program: the section names no target, the loader sets it.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u32 seen_len = 0;
int seen_factor = 0;
int seen_result = 0;
u64 seen_cookie = 0;

SEC("fsession")
int BPF_PROG(trace_weigh, struct sk_buff *skb, int factor, int ret)
{
	u64 *cookie = bpf_session_cookie(ctx);

	if (!bpf_session_is_return(ctx)) {
		seen_len = skb->len;
		seen_factor = factor;
		*cookie = (u64)factor << 32;
	} else {
		seen_result = ret;
		seen_cookie = *cookie;
	}
	return 0;
}
