// Loops that the kernel checks by iterators: left by their end, by break, continue, goto and return.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u32 table[16] = {};
u64 sums[6] = {};
int most = 12;

static __noinline u64 first_above(u32 limit)
{
	int i;

	bpf_for(i, 0, 16) {
		if (table[i] > limit)
			return i;
	}
	return 99;
}

SEC("fentry/bpf_fentry_test1")
int BPF_PROG(loop, int a)
{
	u64 rounds = 0;
	int i, j, *p;

	bpf_for(i, 0, 16) {
		if (i == 5)
			continue;
		if (i >= most)
			break;
		table[i] = i * i;
	}
	bpf_repeat(7)
		rounds++;
	sums[0] = rounds;
	bpf_for_each(num, p, 3, 9)
		sums[1] += *p;
	bpf_for(i, 0, 4) {
		bpf_for(j, i, 10) {
			if (j == 8)
				goto out;
			sums[2] += j;
		}
	}
out:
	sums[3] = first_above(30);
	sums[4] = first_above(1000);
	sums[5] = table[5] + table[11];
	return 0;
}
