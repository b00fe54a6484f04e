// What the headers of this folder need to run in the kernel: RUN_WORK is a program that calls `work` once, when the
// kernel calls bpf_fentry_test1.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define CLOBBER() bpf_ktime_get_ns()

#define RUN_WORK                                  \
	char _license[] SEC("license") = "GPL";   \
	SEC("fsession/bpf_fentry_test1")          \
	int BPF_PROG(run_work, int a)             \
	{                                         \
		if (!bpf_session_is_return(ctx))  \
			work();                   \
		return 0;                         \
	}
