// C11's _Atomic objects: operators, the __c11_atomic_* builtins, and the forms that take their values by pointer.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[24];
const volatile u64 want[24] = { 5, 12, 11, 12, 12, 6, 7, 1,  3, 1, 40, 41, 1, 9, 0x1008, 20,
				20, 1, 33, 0, 44, 7, 12, 0xffffffff };

_Atomic u64 wide = 5;
_Atomic(u32) narrow = 12;
struct counter {
	_Atomic int hits;
	u32 *_Atomic last;
} counter = { .hits = 7 };
_Atomic enum { IDLE, SOME = 3 } state = SOME;
u32 plain = 20;

#define READ(object) __c11_atomic_fetch_add(&(object), 0, __ATOMIC_SEQ_CST)

SEC("syscall")
int run(void *ctx)
{
	out[0] = READ(wide);
	out[1] = wide += 7;
	out[2] = --narrow;
	out[3] = ++narrow;
	out[4] = narrow--;
	narrow &= 7;
	narrow ^= 5;
	out[5] = READ(narrow);
	out[6] = counter.hits--;
	counter.hits -= 5;
	out[7] = READ(counter.hits);
	out[8] = __c11_atomic_exchange(&state, IDLE, __ATOMIC_ACQ_REL);
	state |= SOME;

	u32 expected = 6;
	out[9] = __c11_atomic_compare_exchange_strong(&narrow, &expected, 40, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
	out[10] = READ(narrow);
	out[11] = __c11_atomic_fetch_or(&narrow, 1, __ATOMIC_RELAXED) + 1;
	expected = 9;
	out[12] = !__c11_atomic_compare_exchange_weak(&narrow, &expected, 50, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
	out[13] = expected == 41 ? 9 : expected;

	__c11_atomic_exchange(&counter.last, (u32 *)0x1000, __ATOMIC_SEQ_CST);
	__c11_atomic_fetch_add(&counter.last, 2, __ATOMIC_SEQ_CST);
	out[14] = (u64)__c11_atomic_exchange(&counter.last, NULL, __ATOMIC_SEQ_CST);

	u32 given = 33, old = 0;
	__atomic_exchange(&plain, &given, &old, __ATOMIC_SEQ_CST);
	out[15] = old;
	expected = 33;
	given = 44;
	out[16] = old;
	out[17] = __atomic_compare_exchange(&plain, &expected, &given, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	out[18] = expected;
	out[19] = __atomic_compare_exchange(&plain, &expected, &given, 1, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	out[20] = expected;

	_Atomic int local = 3;
	out[21] = local += 4;
	out[22] = __atomic_always_lock_free(4, 0) * 4 + __c11_atomic_is_lock_free(8) * 8;
	__c11_atomic_exchange(&narrow, 0, __ATOMIC_SEQ_CST);
	narrow -= 1;
	out[23] = READ(narrow);
	return 0;
}
