// Signed division and modulo, which are instructions since cpu v4.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[6];
const volatile u64 want[6] = { -14ull, -2ull, -14ull, 2, -3ull, -858993459200ull };

volatile s64 minus = -100, seven = 7;
volatile s32 narrow = -7;
volatile s64 large = -8589934592000ll;

SEC("syscall")
int run(void *ctx)
{
	out[0] = minus / seven;
	out[1] = minus % seven;
	out[2] = -minus / -seven;
	out[3] = -minus % -seven;
	out[4] = (s64)(narrow / 2);
	out[5] = large / 10;
	return 0;
}
