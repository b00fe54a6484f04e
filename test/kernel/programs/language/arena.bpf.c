// An arena: allocated pages and a list of pointers in its address space.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[4];
const volatile u64 want[4] = { 1, 15, 5, 9 };

// as the kernel's bpf_arena_common.h has it: a compiler without address spaces is told where to cast
#undef __arena
#ifdef __BPF_FEATURE_ADDR_SPACE_CAST
#define __arena __attribute__((address_space(1)))
#define cast(pointer)
#else
#define __arena
#define cast(pointer) asm volatile("%0 = addr_space_cast(%0, 0, 1)" : "+r"(pointer))
#endif

struct {
	__uint(type, BPF_MAP_TYPE_ARENA);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 16);
} arena SEC(".maps");

struct entry {
	struct entry __arena *next;
	u64 value;
};

SEC("syscall")
int run(void *ctx)
{
	struct entry __arena *page, *head = NULL;
	u64 sum = 0, length = 0;

	page = bpf_arena_alloc_pages(&arena, NULL, 1, -1, 0);
	if (!page)
		return 1;
	out[0] = 1;
	for (int i = 0; i < 5; i++) {
		struct entry __arena *node = page + i;

		cast(node);
		node->value = i + 1;
		node->next = head;
		head = node;
	}
	for (struct entry __arena *node = head; node && can_loop; node = node->next) {
		cast(node);
		sum += node->value;
		length++;
	}
	out[1] = sum;
	out[2] = length;
	out[3] = 9;
	bpf_arena_free_pages(&arena, page, 1);
	return 0;
}
