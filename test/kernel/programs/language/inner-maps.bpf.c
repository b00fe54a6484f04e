// Maps in maps and program arrays that have their contents in the source.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[4];
const volatile u64 want[4] = { 5, 9, 0, 77 };

struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} first SEC(".maps"), second SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 3);
	__type(key, u32);
	__array(values, struct inner);
} maps SEC(".maps") = { .values = { &first, [2] = &second } };

int target(void *ctx);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 2);
	__uint(key_size, sizeof(u32));
	__array(values, int(void *));
} programs SEC(".maps") = { .values = { [1] = (void *)&target } };

SEC("syscall")
int target(void *ctx)
{
	out[3] = 77;
	return 0;
}

static __noinline u64 through(u32 index)
{
	u32 zero = 0;
	u64 *value;
	void *map = bpf_map_lookup_elem(&maps, &index);

	if (!map)
		return 0;
	value = bpf_map_lookup_elem(map, &zero);
	return value ? *value : 0;
}

SEC("syscall")
int run(void *ctx)
{
	u32 zero = 0;
	u64 five = 5, nine = 9;

	bpf_map_update_elem(&first, &zero, &five, 0);
	bpf_map_update_elem(&second, &zero, &nine, 0);
	out[0] = through(0);
	out[1] = through(2);
	out[2] = through(1);
	bpf_tail_call(ctx, &programs, 1);
	return 0;
}
