// Loops that the verifier counts, iterates or trusts: C's own, bpf_for and its kin, can_loop, bpf_loop, over maps.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[17];
const volatile u64 want[17] = { 45, 45, 45, 6, 45, 20, 10, 45, 100, 60, 66, 5, 27, 100, 3, 1, 21 };

volatile u32 ten = 10;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, u32);
	__type(value, u64);
} array SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, u32);
	__type(value, u64);
} hash SEC(".maps");

struct sums {
	u64 keys, values;
	u32 stop;
};

static int add_index(u32 index, void *data)
{
	struct sums *sums = data;

	sums->values += index;
	return sums->stop && index == sums->stop;
}

static long add_entry(struct bpf_map *map, const void *key, void *value, void *data)
{
	struct sums *sums = data;

	sums->keys += *(u32 *)key;
	sums->values += *(u64 *)value;
	return 0;
}

/* What the kernel may end, as its headers write it for a compiler without an intrinsic. */
#define going_on                                                             \
	({                                                                   \
		__label__ leave, stay;                                       \
		bool going = true;                                           \
		asm volatile goto("may_goto %l[leave]" :::: leave);          \
		goto stay;                                                   \
leave:                                                                       \
		going = false;                                               \
stay:                                                                        \
		going;                                                       \
	})

static __noinline void may_go_on(void)
{
	u64 sum = 0;
	u32 i, j;
	bool answer;

	for (i = 0; i < 3 * ten && going_on && sum < 27; i++)
		sum += i & 1 ? 2 : 1;
	out[12] = sum;
	sum = 0;
	for (i = 0; i < ten && going_on; i++)
		for (j = 0; going_on && j < ten; j++)
			sum++;
	out[13] = sum;
	for (i = 0; going_on; i++)
		if (i == 3)
			break;
	out[14] = i;
	answer = going_on;
	out[15] = answer;
	sum = 0;
	for (i = 6; i > 0 && going_on; i--)
		sum += i;
	out[16] = sum;
}

SEC("syscall")
int run(void *ctx)
{
	struct sums sums = {}, over = {};
	u64 sum = 0, value;
	u32 i, key;

	for (i = 0; i < ten && i < 64; i++)
		sum += i;
	out[0] = sum;
	sum = 0, i = 0;
	while (i < 10)
		sum += i++;
	out[1] = sum;
	sum = 0, i = 0;
	do
		sum += i;
	while (++i < 10);
	out[2] = sum;
	sum = 0;
#pragma unroll
	for (i = 0; i < 4; i++)
		sum += i;
	out[3] = sum;
	sum = 0;
	bpf_for(i, 0, ten)
		sum += i;
	out[4] = sum;
	sum = 0;
	bpf_for(i, 0, 5) {
		int j;

		bpf_for(j, 0, 100) {
			if (j > 3)
				break;
			sum += 1;
		}
	}
	out[5] = sum;
	sum = 0;
	bpf_repeat(ten)
		sum++;
	out[6] = sum;
	sum = 0;
	for (i = 0; i < ten && can_loop; i++)
		sum += i;
	out[7] = sum;
	bpf_loop(ten, add_index, &sums, 0);
	sums.stop = 4;
	bpf_loop(ten, add_index, &sums, 0);
	out[8] = sums.values + 45;
	for (i = 0; i < 4; i++) {
		key = i, value = 10 * i;
		bpf_map_update_elem(&array, &key, &value, 0);
		key = 10 + i;
		value = i + 15;
		bpf_map_update_elem(&hash, &key, &value, 0);
	}
	bpf_for_each_map_elem(&array, add_entry, &over, 0);
	out[9] = over.values;
	over.values = 0;
	bpf_for_each_map_elem(&hash, add_entry, &over, 0);
	out[10] = over.values;
	sum = 0;
	while (1) {
		cond_break;
		if (++sum == 5)
			break;
	}
	out[11] = sum;
	may_go_on();
	return 0;
}
