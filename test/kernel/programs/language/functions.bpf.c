// Global functions, which the verifier judges alone: by value, memory, context, non-null, trusted.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[6];
const volatile u64 want[6] = { 7, 11, 1, 4, 15, 120 };

struct point {
	u32 x, y;
};

__noinline int add(int a, int b) { return a + b; }

__noinline int weigh(struct point *p)
{
	if (!p)
		return 0;
	return p->x + p->y;
}

__noinline u32 distance(struct point *p __arg_nonnull) { return p->y - p->x; }

__noinline int same_task(struct task_struct *task __arg_trusted)
{
	return task->pid == (u32)bpf_get_current_pid_tgid();
}

__noinline __weak int five(u64 a, u64 b, u64 c, u64 d, u64 e) { return a + b + c + d + e; }

static __noinline u64 product(u32 n)
{
	u64 result = 1;

	for (u32 i = 2; i <= n && i < 10; i++)
		result *= i;
	return result;
}

volatile u32 three = 3;

SEC("syscall")
int run(void *ctx)
{
	struct point p = { three, 7 };

	out[0] = add(three, 4);
	out[1] = weigh(&p) + 1;
	out[2] = same_task(bpf_get_current_task_btf());
	out[3] = distance(&p);
	out[4] = five(1, 2, three, 4, 5);
	out[5] = product(5);
	return 0;
}
