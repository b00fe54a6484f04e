// Loops of every form over a global array.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

#define COUNT 64

u32 values[COUNT];
u64 sum, most, zeros;

SEC("fentry/bpf_fentry_test4")
int BPF_PROG(sum_loop, void *a, char b, int c, u64 d)
{
	u64 total = 0;
	u32 top = 0;
	int i;

	for (int at = 0; at < COUNT; at++) {
		values[at] += at * c;
		total += values[at];
	}
	bpf_for(i, 0, COUNT) {
		if (values[i] > top)
			top = values[i];
	}
	i = 0;
	while (i < COUNT && !values[i])
		i++;
	zeros += i;
	sum = total;
	most = top;
	return 0;
}
