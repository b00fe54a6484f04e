// Arguments of the entry beside the result of the exit, counted by outcome.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

struct outcome {
	u64 calls;
	u64 wrong;
	s64 least;
	s64 most;
} outcome;

SEC("fsession/bpf_fentry_test2")
int BPF_PROG(session_arguments, int a, u64 b, int ret)
{
	u64 *cookie = bpf_session_cookie(ctx);

	if (!bpf_session_is_return(ctx)) {
		*cookie = a + b;
		outcome.calls++;
		return 0;
	}
	if (ret != *cookie)
		outcome.wrong++;
	if (ret < outcome.least)
		outcome.least = ret;
	if (ret > outcome.most)
		outcome.most = ret;
	return 0;
}
