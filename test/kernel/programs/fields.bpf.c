// Fields of kernel structures: nested, behind pointers, in arrays, bit-fields, and read through a helper.
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u32 tgid = 0;
u32 expected_tgid = 0;
u32 parent = 0;
u32 parent_again = 0;
u32 leader = 0;
char comm[16] = {};
char comm_again[16] = {};
u32 first_level = 0;
u32 forked = 7;
u32 has_mm = 0;
u64 comm_size = 0;
u32 exists = 0;

SEC("fsession/bpf_fentry_test1")
int BPF_PROG(read_task, int a)
{
	struct task_struct *task = bpf_get_current_task_btf();

	if (bpf_session_is_return(ctx))
		return 0;
	tgid = task->tgid;
	expected_tgid = bpf_get_current_pid_tgid() >> 32;
	parent = task->real_parent->tgid;
	parent_again = BPF_CORE_READ(task, real_parent, tgid);
	leader = task->group_leader->pid;
	for (u32 i = 0; i < sizeof(comm); i++)
		comm[i] = task->comm[i];
	bpf_probe_read_kernel_str(comm_again, sizeof(comm_again), task->comm);
	first_level = task->thread_pid->numbers[0].nr;
	forked = task->sched_reset_on_fork;
	has_mm = task->mm != 0;
	comm_size = sizeof(task->comm);
	exists = bpf_core_field_exists(task->real_parent);
	return 0;
}
