// Per-CPU variables of the kernel, per-CPU objects of one own, per-CPU maps; it runs twice.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[4];
const volatile u64 want[4] = { 1, 12, 4, 1 };

extern const struct rq runqueues __ksym;
extern const int bpf_prog_active __ksym;

struct counter {
	u64 value;
};
struct holder {
	struct counter __percpu_kptr *counter;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct holder);
} slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} counts SEC(".maps");

SEC("tc")
int run(struct __sk_buff *ctx)
{
	const struct rq *rq = bpf_this_cpu_ptr(&runqueues);
	const int *active = bpf_per_cpu_ptr(&bpf_prog_active, 0);
	struct counter __percpu_kptr *fresh;
	struct counter *mine;
	struct holder *slot;
	u32 zero = 0;
	u64 *count = bpf_map_lookup_elem(&counts, &zero);

	out[0] = rq->cpu == bpf_get_smp_processor_id();
	if (count) {
		*count += 6;
		out[1] = *count;
	}
	slot = bpf_map_lookup_elem(&slots, &zero);
	fresh = bpf_percpu_obj_new(struct counter);
	if (!slot || !fresh) {
		if (fresh)
			bpf_percpu_obj_drop(fresh);
		return 1;
	}
	fresh = bpf_kptr_xchg(&slot->counter, fresh);
	if (fresh)
		bpf_percpu_obj_drop(fresh);
	bpf_rcu_read_lock();
	fresh = slot->counter;
	if (fresh) {
		mine = bpf_this_cpu_ptr(fresh);
		mine->value = 4;
		out[2] = mine->value;
	}
	bpf_rcu_read_unlock();
	out[3] = active != 0;
	return 0;
}
