// Accesses that stay as they are written, and hints for the verifier.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[5];
const volatile u64 want[5] = { 4, 10, 1, 0, 3 };

u64 shared = 4;
volatile u32 position = 12;
u8 table[16] = { [3] = 3 };

SEC("syscall")
int run(void *ctx)
{
	u64 n = READ_ONCE(shared);
	u32 i = position;

	out[0] = n;
	WRITE_ONCE(shared, n + 6);
	barrier();
	out[1] = shared;
	barrier_var(i);
	out[2] = bpf_cmp_likely(i, ==, 12);
	out[3] = bpf_cmp_unlikely(i, <, 5);
	i -= 9;
	if (bpf_cmp_likely(i, <, 16))
		out[4] = table[i];
	return 0;
}
