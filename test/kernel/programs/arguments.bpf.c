// Arguments of every width, and the return value at exit and at entry, on the kernel's own test functions.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

// one row for each function: the arguments at entry, in the order of its parameters
u64 arguments[9][6] = {};
s64 at_entry[9] = { -1, -1, -1, -1, -1, -1, -1, -1, -1 };
s64 at_exit[9] = {};
u32 runs[9] = {};

static __always_inline int note(void *ctx, u32 row, s64 result)
{
	if (bpf_session_is_return(ctx))
		at_exit[row] = result;
	else
		at_entry[row] = result;
	runs[row]++;
	return 0;
}

SEC("fsession/bpf_fentry_test1")
int BPF_PROG(test1, int a, int ret)
{
	arguments[1][0] = a;
	return note(ctx, 1, ret);
}

SEC("fsession/bpf_fentry_test2")
int BPF_PROG(test2, int a, u64 b, int ret)
{
	arguments[2][0] = a;
	arguments[2][1] = b;
	return note(ctx, 2, ret);
}

SEC("fsession/bpf_fentry_test3")
int BPF_PROG(test3, char a, int b, u64 c, int ret)
{
	arguments[3][0] = a;
	arguments[3][1] = b;
	arguments[3][2] = c;
	return note(ctx, 3, ret);
}

SEC("fsession/bpf_fentry_test4")
int BPF_PROG(test4, void *a, char b, int c, u64 d, int ret)
{
	arguments[4][0] = (u64)a;
	arguments[4][1] = b;
	arguments[4][2] = c;
	arguments[4][3] = d;
	return note(ctx, 4, ret);
}

SEC("fsession/bpf_fentry_test5")
int BPF_PROG(test5, u64 a, void *b, short c, int d, u64 e, int ret)
{
	arguments[5][0] = a;
	arguments[5][1] = (u64)b;
	arguments[5][2] = c;
	arguments[5][3] = d;
	arguments[5][4] = e;
	return note(ctx, 5, ret);
}

SEC("fsession/bpf_fentry_test6")
int BPF_PROG(test6, u64 a, void *b, short c, int d, void *e, u64 f, int ret)
{
	arguments[6][0] = a;
	arguments[6][1] = (u64)b;
	arguments[6][2] = c;
	arguments[6][3] = d;
	arguments[6][4] = (u64)e;
	arguments[6][5] = f;
	return note(ctx, 6, ret);
}

SEC("fsession/bpf_fentry_test7")
int BPF_PROG(test7, struct bpf_fentry_test_t *arg, int ret)
{
	arguments[7][0] = (u64)arg;
	return note(ctx, 7, ret);
}

SEC("fsession/bpf_fentry_test8")
int BPF_PROG(test8, struct bpf_fentry_test_t *arg, int ret)
{
	arguments[8][0] = (u64)arg->a;
	return note(ctx, 8, ret);
}
