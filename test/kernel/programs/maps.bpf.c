// Look-up, update and deletion in the common kinds of map.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

struct flow_id {
	u32 pid;
	u16 port;
	u16 pad;
};

struct flow_state {
	u64 count;
	u32 parts[3];
	s32 last;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, struct flow_id);
	__type(value, struct flow_state);
} hash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 3);
	__type(key, u32);
	__type(value, u64);
} array SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} per_cpu SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 8);
	__type(key, u64);
	__type(value, u32);
} per_cpu_hash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 64);
	__uint(key_size, sizeof(u32));
	__uint(value_size, sizeof(u64));
} recent SEC(".maps");

s64 results[16] = {};
u64 seen[8] = {};
u32 cpu = 0;

static int use_hash(void)
{
	struct flow_id key = { .pid = 10, .port = 80 }, other = { .pid = 11 };
	struct flow_state value = { .count = 1, .parts = { 1, 2, 3 }, .last = -4 }, *found;

	results[0] = bpf_map_update_elem(&hash, &key, &value, BPF_EXIST);
	results[1] = bpf_map_update_elem(&hash, &key, &value, BPF_NOEXIST);
	results[2] = bpf_map_update_elem(&hash, &key, &value, BPF_NOEXIST);
	results[3] = bpf_map_delete_elem(&hash, &other);
	found = bpf_map_lookup_elem(&hash, &other);
	if (found)
		return 1;
	found = bpf_map_lookup_elem(&hash, &key);
	if (!found)
		return 1;
	found->count += 41;
	found->parts[1] *= 10;
	seen[0] = found->count;
	seen[1] = found->parts[1] + found->last;
	key.port = 81;
	value.last = 9;
	results[4] = bpf_map_update_elem(&hash, &key, found, BPF_ANY);
	results[5] = bpf_map_update_elem(&hash, &other, &value, BPF_ANY);
	results[6] = bpf_map_delete_elem(&hash, &other);
	return 0;
}

static void use_arrays(void)
{
	u64 *slot, value = 1000;

	for (u32 i = 0; i < 5; i++) {
		slot = bpf_map_lookup_elem(&array, &i);
		if (!slot) {
			seen[2]++;
			continue;
		}
		*slot = i * i + 1;
	}
	u32 index = 1;
	results[7] = bpf_map_update_elem(&array, &index, &value, BPF_ANY);
	results[8] = bpf_map_delete_elem(&array, &index);
	index = 0;
	slot = bpf_map_lookup_elem(&per_cpu, &index);
	if (slot)
		*slot += 5;
	cpu = bpf_get_smp_processor_id();
}

static void use_others(void)
{
	u64 key = 0x1000000000, *old;
	u32 number = 7, *count;

	results[9] = bpf_map_update_elem(&per_cpu_hash, &key, &number, 0);
	count = bpf_map_lookup_elem(&per_cpu_hash, &key);
	seen[3] = count ? *count : 0;
	for (number = 0; number < 8; number++) {
		key = number * 3;
		bpf_map_update_elem(&recent, &number, &key, BPF_ANY);
	}
	number = 5;
	old = bpf_map_lookup_elem(&recent, &number);
	seen[4] = old ? *old : 0;
	results[10] = bpf_map_delete_elem(&recent, &number);
	results[11] = bpf_map_delete_elem(&recent, &number);
}

SEC("fsession/bpf_fentry_test1")
int BPF_PROG(use_maps, int a)
{
	if (bpf_session_is_return(ctx))
		return 0;
	results[15] = use_hash();
	use_arrays();
	use_others();
	return 0;
}
