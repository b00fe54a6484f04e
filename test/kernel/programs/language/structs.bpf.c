// Structs and unions: nested, anonymous, packed, aligned, assigned, by value, flexible.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[14];
const volatile u64 want[14] = { 7, 30, 0x0403, 9, 13, 20, 64, 11, 33, 5, 6, 24, 0x11223344, 3 };

struct pair {
	u32 a, b;
};
struct wide {
	u64 x, y;
};
struct outer {
	u8 kind;
	union {
		struct {
			u16 low, high;
		};
		u32 whole;
		u8 bytes[4];
	};
	struct pair pairs[3];
};
struct __attribute__((packed)) tight {
	u8 a;
	u64 b;
	u32 c;
};
struct cache_line {
	u8 first;
	u8 second __attribute__((aligned(8)));
} __attribute__((aligned(64)));
struct list {
	u32 count;
	u16 items[];
};

volatile u32 four = 4;
struct outer global = { .kind = 1, .whole = 0x04030201, .pairs[1] = { 5, 6 } };
union {
	u64 whole;
	u32 halves[2];
} both;

static __always_inline struct pair swap(struct pair p)
{
	return (struct pair){ p.b, p.a };
}

static struct wide widen(struct wide w, struct pair p)
{
	w.x += p.a;
	w.y += p.b;
	return w;
}

SEC("syscall")
int run(void *ctx)
{
	struct pair p = { 3, four }, q;
	struct outer copy;
	struct tight tight = { 1, 2, four };
	struct wide w = { 1, 2 };
	u64 buffer[2] = { 3, 0 };
	struct list *list = (void *)buffer;

	out[0] = p.a + p.b;
	q = swap(p);
	out[1] = q.a * 10 - q.b * 3 + -1;
	copy = global;
	copy.pairs[2] = copy.pairs[1];
	out[2] = copy.high;
	out[3] = copy.bytes[3] + copy.pairs[2].a;
	out[4] = sizeof(struct tight);
	out[5] = __builtin_offsetof(struct outer, pairs[1].b) ;
	out[6] = sizeof(struct cache_line);
	w = widen(widen(w, p), p);
	out[7] = w.x + four;
	out[8] = w.y * 3 + 3;
	out[9] = global.pairs[1].a;
	out[10] = tight.b + tight.c;
	out[11] = sizeof copy + sizeof(struct pair) * 0 - 8;
	both.halves[0] = 0x11223344;
	out[12] = both.whole & 0xffffffff;
	out[13] = list->count + list->items[0];
	return 0;
}
