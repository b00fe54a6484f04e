// Calls by task in a hash map.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

struct task_key {
	u32 pid;
	char comm[16];
};

struct task_calls {
	u64 calls;
	u64 last;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct task_key);
	__type(value, struct task_calls);
} tasks SEC(".maps");

SEC("fentry/bpf_fentry_test1")
int BPF_PROG(count_by_task, int a)
{
	struct task_key key = { .pid = bpf_get_current_pid_tgid() >> 32 };
	struct task_calls *value, first = { 1, a };

	bpf_get_current_comm(key.comm, sizeof(key.comm));
	value = bpf_map_lookup_elem(&tasks, &key);
	if (!value) {
		bpf_map_update_elem(&tasks, &key, &first, BPF_NOEXIST);
		return 0;
	}
	value->calls++;
	value->last = a;
	return 0;
}
