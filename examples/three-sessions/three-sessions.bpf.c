// Three sessions on one function: each call gives each program a cookie of its own.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 kept[3] = {};
u64 exits[3] = {};

static __always_inline int remember(void *ctx, u32 which, u64 value)
{
	u64 *cookie = bpf_session_cookie(ctx);

	if (!bpf_session_is_return(ctx)) {
		*cookie = value;
	} else {
		kept[which] = *cookie;
		exits[which]++;
	}
	return 0;
}

SEC("fsession/bpf_fentry_test1")
int BPF_PROG(first, int a)
{
	return remember(ctx, 0, 0x1111111111111111);
}

SEC("fsession/bpf_fentry_test1")
int BPF_PROG(second, int a)
{
	return remember(ctx, 1, 0x2222222222222222 + a);
}

SEC("fsession/bpf_fentry_test1")
int BPF_PROG(third, int a)
{
	return remember(ctx, 2, bpf_get_func_ip(ctx));
}
