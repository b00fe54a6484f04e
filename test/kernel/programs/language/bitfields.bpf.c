// Bit-fields: own ones of all signs and places, and the kernel's through CO-RE.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[12];
const volatile u64 want[12] = { 5, -3ull, 1, 0x1ff, 9, 8, 17, 1, 1, 1, -1ull, 3 };

struct fields {
	u32 a : 3;
	s32 b : 4;
	bool c : 1;
	u32 d : 9;
	u32 : 0;
	u64 e : 40;
	s64 f : 24;
};
struct __attribute__((packed)) crossing {
	u32 a : 7;
	u32 b : 30;
	u8 c : 3;
};

volatile u32 five = 5;
struct fields stored = { .a = 1, .d = 2 };

SEC("syscall")
int run(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	struct fields f = {};
	struct crossing x = {};

	f.a = five + 8;
	f.b = -(s32)five + 2;
	f.c = five;
	f.d = ~0u;
	f.e = 1ull << 39 | 9;
	out[0] = f.a;
	out[1] = (s64)f.b;
	out[2] = f.c;
	out[3] = f.d;
	out[4] = f.e & 0xff;
	stored.a += 4;
	stored.d <<= 1;
	stored.a ^= 1;
	out[5] = stored.a + stored.d;
	x.a = 127;
	x.b = five + (1 << 29);
	x.c = 4;
	out[6] = (x.b & 0xff) + (x.b >> 29) + x.c + (x.a == 127 ? 7 : 0);
	out[7] = BPF_CORE_READ_BITFIELD(task, sched_reset_on_fork) == BPF_CORE_READ_BITFIELD_PROBED(task, sched_reset_on_fork);
	out[8] = task->in_execve == BPF_CORE_READ_BITFIELD_PROBED(task, in_execve);
	out[9] = bpf_core_field_size(task->sched_reset_on_fork) <= 8;
	f.f = -1;
	out[10] = f.f;
	out[11] = f.a++ - 2;
	return 0;
}
