// Externs that a kernel may lack.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

extern void bpf_not_in_any_kernel(void *pointer) __ksym __weak;
extern struct task_struct *bpf_task_from_pid(s32 pid) __ksym __weak;
extern void bpf_task_release(struct task_struct *p) __ksym __weak;

int missing = -1;
int present = -1;
int found_pid = -1;

SEC("fsession/bpf_fentry_test1")
int BPF_PROG(probe_kernel, int a)
{
	struct task_struct *task;

	if (bpf_session_is_return(ctx))
		return 0;
	missing = bpf_ksym_exists(bpf_not_in_any_kernel);
	if (bpf_ksym_exists(bpf_not_in_any_kernel))
		bpf_not_in_any_kernel(ctx);
	present = bpf_ksym_exists(bpf_task_from_pid);
	if (!bpf_ksym_exists(bpf_task_from_pid))
		return 0;
	task = bpf_task_from_pid(1);
	if (task) {
		found_pid = task->pid;
		bpf_task_release(task);
	}
	return 0;
}
