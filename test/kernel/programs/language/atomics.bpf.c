// Atomic builtins on 4 and 8 bytes, fetching and not.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[16];
const volatile u64 want[16] = { 5, 15, 12, 8, 9, 14, 9, 21, 21, 30, 1, 0, 40, 50, 51, 0xfffffffe };

u64 wide = 5;
u32 narrow = 21;
u32 wrapping = 1;

SEC("syscall")
int run(void *ctx)
{
	out[0] = __sync_fetch_and_add(&wide, 10);
	out[1] = wide;
	out[2] = __sync_sub_and_fetch(&wide, 3);
	out[3] = __sync_and_and_fetch(&wide, 0xb);
	out[4] = __sync_or_and_fetch(&wide, 1);
	out[5] = __sync_xor_and_fetch(&wide, 7);
	__sync_fetch_and_xor(&wide, 7);
	out[6] = wide;
	out[7] = __sync_lock_test_and_set(&narrow, 30);
	out[8] = __sync_val_compare_and_swap(&narrow, 7, 8) - 9;
	out[9] = narrow;
	out[10] = __sync_bool_compare_and_swap(&narrow, 30, 40);
	out[11] = __sync_bool_compare_and_swap(&narrow, 30, 41);
	out[12] = __atomic_fetch_add(&narrow, 10, __ATOMIC_RELAXED);
	out[13] = narrow;
	narrow = 51;
	out[14] = __atomic_exchange_n(&narrow, 1, __ATOMIC_RELAXED);
	__sync_fetch_and_sub(&wrapping, 3);
	out[15] = wrapping;
	return 0;
}
