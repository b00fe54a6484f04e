// Attributes of functions, variables and types.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[5];
const volatile u64 want[5] = { 8, 6, 64, 3, 24 };

#define __tag(x) __attribute__((btf_type_tag(x)))

struct marked {
	int __tag("mine") *pointer;
	u64 value __attribute__((btf_decl_tag("decl"), aligned(16)));
} __attribute__((btf_decl_tag("whole")));
struct task_struct___part {
	int pid;
	int tgid;
} __attribute__((preserve_access_index));

u64 aligned __attribute__((aligned(64)));

static __always_inline u64 twice(u64 n) { return n * 2; }
static __noinline __attribute__((unused)) u64 unused(u64 n) { return n; }
__weak __hidden int weak(int n) { return n + 2; }

SEC("syscall")
__attribute__((flatten)) int run(void *ctx)
{
	struct task_struct___part *task = (void *)bpf_get_current_task_btf();
	u64 id = bpf_get_current_pid_tgid();
	u32 pid;

	out[0] = twice(4);
	out[1] = weak(4);
	out[2] = __alignof__(aligned);
	bpf_core_read(&pid, sizeof pid, &task->pid);
	out[3] = (pid == (u32)id) + 2;
	out[4] = sizeof(struct marked) - 8;
	return 0;
}
