// Unsigned division and modulo in 32 and 64 bits, by zero and by powers of two.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[10];
const volatile u64 want[10] = { 14, 2, 0x1999999999999999ull, 5, 0, 7, 1ull << 59, 31, 3, 4 };

volatile u64 big = ~0ull;
volatile u32 hundred = 100, seven = 7, zero = 0;

SEC("syscall")
int run(void *ctx)
{
	u16 small = 65535;

	out[0] = hundred / seven;
	out[1] = hundred % seven;
	out[2] = big / 10;
	out[3] = big % 10;
	out[4] = hundred / zero;
	out[5] = seven % zero;
	out[6] = (big >> 4) / 2 + 1 + (big >> 4) / 2 * 0;
	out[7] = big % 32;
	small /= hundred;
	out[8] = small / 200;
	hundred /= 25;
	out[9] = hundred;
	return 0;
}
