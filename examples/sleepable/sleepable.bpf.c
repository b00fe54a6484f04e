// Reads the argument of clock_nanosleep from user memory, which may have to be paged in: the program must be able to sleep.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#ifdef __TARGET_ARCH_arm64
#define THIRD_ARGUMENT(regs) ((regs)->regs[2])
#define SECTION "fsession.s/__arm64_sys_clock_nanosleep"
#else
#define THIRD_ARGUMENT(regs) ((regs)->dx)
#define SECTION "fsession.s/__x64_sys_clock_nanosleep"
#endif

char _license[] SEC("license") = "GPL";

s64 asked_ns = 0;
u64 slept_ns = 0;
long read_error = 0;

SEC(SECTION)
int BPF_PROG(nap, const struct pt_regs *regs, long ret)
{
	u64 *started = bpf_session_cookie(ctx);
	s64 request[2] = {};

	if (bpf_session_is_return(ctx)) {
		slept_ns = bpf_ktime_get_ns() - *started;
		return 0;
	}
	*started = bpf_ktime_get_ns();
	read_error = bpf_copy_from_user(request, sizeof(request), (void *)THIRD_ARGUMENT(regs));
	asked_ns = request[0] * 1000000000 + request[1];
	return 0;
}
