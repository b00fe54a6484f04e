// The task and its parents, field by field.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

char _license[] SEC("license") = "GPL";

#define DEPTH 8

struct parent {
	s32 pid;
	s32 tgid;
	u64 started;
	char comm[16];
};

struct parent parents[DEPTH];
u32 depth;

SEC("fentry/bpf_fentry_test6")
int BPF_PROG(walk_parents)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	u32 i;

	for (i = 0; i < DEPTH; i++) {
		struct parent *to = &parents[i];

		to->pid = BPF_CORE_READ(task, pid);
		to->tgid = BPF_CORE_READ(task, tgid);
		to->started = BPF_CORE_READ(task, group_leader, start_time);
		BPF_CORE_READ_STR_INTO(&to->comm, task, comm);
		if (to->pid <= 1)
			break;
		task = BPF_CORE_READ(task, real_parent);
	}
	depth = i;
	return 0;
}
