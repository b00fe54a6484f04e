// Spin locks, a timer and a work queue in values of maps.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[4];
const volatile u64 want[4] = { 3, 0, 1, 1 };

struct element {
	struct bpf_spin_lock lock;
	u64 count;
	struct bpf_timer timer;
	struct bpf_wq work;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct element);
} elements SEC(".maps");

static int on_timer(void *map, u32 *key, struct element *element)
{
	out[2] = 1;
	return 0;
}

static int on_work(void *map, int *key, void *value)
{
	out[3] = 1;
	return 0;
}

SEC("syscall")
int run(void *ctx)
{
	u32 zero = 0;
	struct element *element = bpf_map_lookup_elem(&elements, &zero);

	if (!element)
		return 1;
	bpf_spin_lock(&element->lock);
	element->count += 3;
	bpf_spin_unlock(&element->lock);
	out[0] = element->count;
	if (bpf_timer_init(&element->timer, &elements, 1 /* CLOCK_MONOTONIC */) == 0) {
		bpf_timer_set_callback(&element->timer, on_timer);
		out[1] = bpf_timer_start(&element->timer, 1000, 0);
	}
	if (bpf_wq_init(&element->work, &elements, 0) == 0) {
		bpf_wq_set_callback(&element->work, on_work, 0);
		bpf_wq_start(&element->work, 0);
	}
	return 0;
}
