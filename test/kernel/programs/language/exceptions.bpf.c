// bpf_throw from deep inside, with a callback that makes the result.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[3];
const volatile u64 want[3] = { 1, 0, 42 };

volatile u32 level = 3;

__noinline int fall(u32 n)
{
	if (n == 3)
		bpf_throw(40);
	return n;
}

__noinline int landed(u64 cookie)
{
	out[2] = cookie + 2;
	return 0;
}

SEC("tc")
__exception_cb(landed)
int run(struct __sk_buff *ctx)
{
	out[0] = 1;
	fall(level);
	out[1] = 1;
	return 0;
}
