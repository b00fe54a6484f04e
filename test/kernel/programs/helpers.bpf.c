// The helpers that tell of the traced function, in both runs of a session.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 address = 0;
u64 argument_count = 0;
u64 values[4] = {};
long errors[4] = { 1, 1, 1, 1 };
u64 entry_result = 1;
long entry_error = 1;
u64 exit_result = 0;
long exit_error = 1;
long beyond_error = 0;

SEC("fsession/bpf_fentry_test5")
int BPF_PROG(ask)
{
	u64 value = 0;

	if (bpf_session_is_return(ctx)) {
		exit_error = bpf_get_func_ret(ctx, &value);
		exit_result = value;
		beyond_error = bpf_get_func_arg(ctx, 5, &value);
		return 0;
	}
	address = bpf_get_func_ip(ctx);
	argument_count = bpf_get_func_arg_cnt(ctx);
	for (u32 i = 0; i < 4; i++) {
		value = 0;
		errors[i] = bpf_get_func_arg(ctx, i, &value);
		values[i] = value;
	}
	value = 77;
	entry_error = bpf_get_func_ret(ctx, &value);
	entry_result = value;
	return 0;
}
