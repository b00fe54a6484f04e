// One memory under several types: what C lets meet (characters, unions, copies, may_alias) is seen, at -O2 as well.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char _license[] SEC("license") = "GPL";

u64 out[12];
const volatile u64 want[12] = { 0x11223377, 0x3f80, 9, 0x1122aa44, 5, 6, 2, 8, 3, 0x700000001, 12, 40 };

typedef u32 __attribute__((may_alias)) any_u32;
typedef u16 __attribute__((__may_alias__)) any_u16;
struct __attribute__((may_alias)) any_pair { u32 low, high; };

union number { u32 whole; u16 half[2]; u8 byte[4]; };
struct tagged { u16 kind; union { u32 whole; u16 half[2]; struct { u16 low, high; } part; }; };

u32 word = 0x11223344;
u64 wide = 1;
union number number;
struct tagged tagged;
volatile int two = 2;

/** Pointers that may be the same, behind a door that no compiler looks through. */
static __noinline u64 by_char(u32 *p, u8 *q) { u32 a = *p; *q = 0x77; return a == *p ? 0 : *p; }
static __noinline u64 by_union(union number *p, union number *q)
{
	p->whole = 0x12345678;
	q->half[0] = 0x3f80;
	return p->whole & 0xffff;
}
static __noinline u64 by_copy(u32 *p, u64 *q) { u64 seen; *p = 4; __builtin_memcpy(q, &(u64){ 9 }, 4); __builtin_memcpy(&seen, p, 4); return (u32)seen; }
static __noinline u64 by_alias(u32 *p, any_u16 *q) { u32 a = *p; *q = 0xaa44; return a == *p ? 0 : *p; }
static __noinline u64 by_pair(u64 *p, struct any_pair *q) { *p = 1; q->high = 7; return *p; }
static __noinline u64 by_part(struct tagged *p, struct tagged *q) { p->whole = 1; q->part.low = 5; return p->whole; }
static __noinline u64 by_element(struct tagged *p, struct tagged *q, int i) { p->whole = 1; q->half[i & 1] = 6; return p->whole; }
static __noinline u64 by_enum(u32 *p, enum bpf_cmd *q) { *p = 1; *q = (enum bpf_cmd)2; return *p; }
static __noinline u64 by_sign(u32 *p, int *q) { *p = 1; *q = 8; return *p; }
static __noinline u64 changed_later(u64 *p, u64 *q, int n)
{
	u64 sum = 0;

	for (int i = 0; i < 3 && i < n; i++) {
		sum += *p;
		*q += 1;
	}
	return sum;
}
static __noinline u64 one_way(u64 *p, int n)
{
	u64 a = *p;

	if (n > 1)
		*p = a + 10;
	return *p;
}

SEC("syscall")
int run(void *ctx)
{
	u64 room = 4;

	out[0] = by_char(&word, (u8 *)&word);
	out[1] = by_union(&number, &number);
	out[2] = by_copy((u32 *)&room, &room);
	word = 0x11220000;
	out[3] = by_alias(&word, (any_u16 *)&word);
	out[4] = by_part(&tagged, &tagged);
	out[5] = by_element(&tagged, &tagged, two);
	out[6] = by_enum(&word, (enum bpf_cmd *)&word);
	out[7] = by_sign(&word, (int *)&word);
	wide = 0;
	out[8] = changed_later(&wide, &wide, two + 1);
	out[9] = by_pair(&wide, (struct any_pair *)&wide);
	wide = 2;
	out[10] = one_way(&wide, two);
	*(any_u32 *)&wide = 40;
	out[11] = wide;
	return 0;
}
