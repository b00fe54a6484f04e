// Sessions without a cookie beside one that has it, on one function; cookies start as zero and are written in parts.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u32 entries[3] = {};
u32 exits[3] = {};
u64 initial = 1;
u64 final = 0;

SEC("fsession/bpf_fentry_test2")
int BPF_PROG(without, int a, u64 b)
{
	if (bpf_session_is_return(ctx))
		exits[0]++;
	else
		entries[0]++;
	return 0;
}

SEC("fsession/bpf_fentry_test2")
int BPF_PROG(with, int a, u64 b)
{
	u64 *cookie = bpf_session_cookie(ctx);
	u8 *bytes = (u8 *)cookie;

	if (bpf_session_is_return(ctx)) {
		exits[1]++;
		final = *cookie;
		return 0;
	}
	entries[1]++;
	initial = *cookie;
	bytes[0] = 0x11;
	*(u16 *)(bytes + 2) = 0x3322;
	*(u32 *)(bytes + 4) = 0x77665544;
	return 0;
}

SEC("fsession/bpf_fentry_test2")
int BPF_PROG(unaware)
{
	exits[2]++; // both runs
	return 0;
}
