// Values by powers of two and by parts of each, without a loop.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

#define SLOTS 256

u64 slots[SLOTS];

static u32 log2_of(u64 value)
{
	u32 high, shift, log;

	log = (value > 0xffffffff) << 5;
	value >>= log;
	high = value;
	shift = (high > 0xffff) << 4;
	high >>= shift;
	log |= shift;
	shift = (high > 0xff) << 3;
	high >>= shift;
	log |= shift;
	shift = (high > 0xf) << 2;
	high >>= shift;
	log |= shift;
	shift = (high > 0x3) << 1;
	high >>= shift;
	log |= shift;
	return log | high >> 1;
}

SEC("fexit/bpf_fentry_test3")
int BPF_PROG(power_histogram, char a, int b, u64 c, int ret)
{
	u64 value = (u64)ret * 7919 + c;
	u32 log = log2_of(value);
	u32 slot = log < 2 ? value : log * 4 + ((value >> (log - 2)) & 3);

	if (slot < SLOTS)
		slots[slot]++;
	return 0;
}
