// goto: forward, backward, out of nested loops, into a shared exit.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[4];
const volatile u64 want[4] = { 10, 34, 1, 5 };

volatile u32 limit = 5;

static __noinline int guarded(int level)
{
	int result = 5;

	if (level > 2)
		goto fail;
	if (level == 2)
		goto out;
	result = 4;
	goto out;
fail:
	result = 1;
out:
	return result;
}

SEC("syscall")
int run(void *ctx)
{
	u32 i = 0, sum = 0, found = 0;

again:
	sum += i;
	if (++i < limit && i < 100)
		goto again;
	out[0] = sum;
	for (u32 a = 0; a < 10; a++)
		for (u32 b = 0; b < 10; b++)
			if (a * 10 + b == limit + 29) {
				found = a * 10 + b;
				goto done;
			}
done:
	out[1] = found;
	out[2] = guarded(3 + limit);
	out[3] = guarded(limit - 3);
	return 0;
}
