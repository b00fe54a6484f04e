// Functions as values: of bpf_loop with and without types of their own, of a map's entries.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[4];
const volatile u64 want[4] = { 3, 20, 6, 4 };

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

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 5);
	__type(key, u32);
	__type(value, u64);
} numbers SEC(".maps");

static long add_number(struct bpf_map *map, u32 *key, u64 *value, u64 *sum)
{
	*value = *key * 2;
	*sum += *value;
	return 0;
}

SEC("syscall")
int run(void *ctx)
{
	u64 sum = 0, runs = 0;

	out[0] = bpf_loop(3, stop_at_three, &runs, 0);
	bpf_for_each_map_elem(&numbers, add_number, &sum, 0);
	out[1] = sum;
	sum = runs = 0;
	bpf_loop(four, step, &sum, 0);
	out[2] = sum;
	bpf_loop(100, stop_at_three, &runs, 0);
	out[3] = runs;
	return 0;
}
