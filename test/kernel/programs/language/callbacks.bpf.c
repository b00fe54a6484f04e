// Functions as values: of bpf_loop, of a map's entries, passed to inlined functions.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[4];
const volatile u64 want[4] = { 12, 20, 6, 4 };

typedef u64 (*change)(u64 n);

static __always_inline u64 apply(change by, u64 n) { return by(n); }
static __always_inline u64 triple(u64 n) { return n * 3; }
static __always_inline u64 fivefold(u64 n) { return n * 5; }

volatile u64 four = 4;

static int step(u64 index, void *data)
{
	*(u64 *)data += index;
	return 0;
}

static int stop_at_three(u64 index, u64 *data)
{
	++*data;
	return index == 3;
}

SEC("syscall")
int run(void *ctx)
{
	u64 sum = 0, runs = 0;

	out[0] = apply(triple, four);
	out[1] = apply(fivefold, four);
	bpf_loop(four, step, &sum, 0);
	out[2] = sum;
	bpf_loop(100, stop_at_three, &runs, 0);
	out[3] = runs;
	return 0;
}
