// A scheduler of one queue that notes the process that is watched; what it allocates for a task may sleep.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "tally.h"

char _license[] SEC("license") = "GPL";

TALLY(begin);
TALLY(setup);

SEC("struct_ops.s/init")
s32 BPF_PROG(setup)
{
	start(&setup_seen);
	note(&setup_seen, 17);
	return 0;
}

SEC("struct_ops.s/init_task")
s32 BPF_PROG(begin, struct task_struct *task, struct scx_init_task_args *args)
{
	if (task->pid == 1) {
		start(&begin_seen);
		note(&begin_seen, task->prio << 8 | args->fork);
	}
	return 0;
}

SEC(".struct_ops.link")
struct sched_ext_ops scheduler = {
	.init = (void *)setup,
	.init_task = (void *)begin,
	.name = "bpf_tally",
};
