// switch: ranges, falling through, a default in the middle, wide and negative values, inside a loop.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[10];
const volatile u64 want[10] = { 3, 12, 12, 40, 99, 7, 2, 8, 1, 15 };

volatile u32 inputs[5] = { 1, 5, 9, 200, 4000000000u };

static __noinline u64 classify(u32 n)
{
	u64 weight = 0;

	switch (n) {
	case 0 ... 3:
		weight = 3;
		break;
	case 5:
		weight += 2;
	case 6 ... 9:
		weight += 10;
		if (n == 9)
			weight += 2;
		break;
	default:
		weight = 99;
		break;
	case 100 ... 0x7fffffff:
		weight = 40;
	}
	return weight;
}

static __noinline u64 wide(s64 n)
{
	switch (n) {
	case -5 ... -1:
		return 7;
	case 0x100000000ll:
		return 2;
	case -9000000000ll:
		return 8;
	}
	return 1;
}

SEC("syscall")
int run(void *ctx)
{
	volatile s64 values[4] = { -3, 0x100000000ll, -9000000000ll, 9 };
	u64 sum = 0;

	for (int i = 0; i < 5; i++)
		out[i] = classify(inputs[i]);
	for (int i = 0; i < 4; i++)
		out[5 + i] = wide(values[i]);
	for (int i = 0; i < 10; i++) {
		switch (i & 3) {
		case 0:
			continue;
		case 1:
			sum += 1;
			break;
		default:
			sum += 3;
		}
		if (i == 8)
			break;
	}
	out[9] = sum;
	return 0;
}
