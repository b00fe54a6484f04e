// Initialisers: designated, ranges, partial, of unions, compound literals, static locals.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[10];
const volatile u64 want[10] = { 14, 0, 77, 3, 6, 'x', 0x55, 21, 3, 0x1234 };

struct entry {
	struct entry *next;
	u32 value;
	char tag[4];
};
struct entry tail = { .value = 3, .tag = "x" };
struct entry head = { &tail, .value = 6 };
u32 ranged[10] = { [2 ... 4] = 4, [6] = 2, 77, [0] = 0 };
union {
	u32 whole;
	u8 byte;
} choice = { .byte = 0x55 };
static const u64 squares[] = { [3] = 9, [1] = 1, [2] = 4 };

static __noinline u64 counted(void)
{
	static u64 calls = 20;

	return ++calls;
}

static __noinline u32 sum(const struct entry *node)
{
	return node->value;
}

SEC("syscall")
int run(void *ctx)
{
	u32 *literal = (u32[]){ 1, 2 };

	for (int i = 0; i < 8; i++)
		out[0] += i == 7 ? 0 : ranged[i];
	out[1] = ranged[9];
	out[2] = ranged[7];
	out[3] = tail.value;
	out[4] = head.value;
	out[5] = tail.tag[0];
	out[6] = choice.whole;
	out[7] = counted();
	out[8] = sum(&(struct entry){ .value = literal[0] + literal[1] });
	out[9] = squares[3] == 9 && squares[0] == 0 ? 0x1234 : 0;
	return 0;
}
