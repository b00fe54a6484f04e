// GNU expressions: statement expressions, typeof, __auto_type, _Generic, container_of, omitted middles.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[12];
const volatile u64 want[12] = { 9, 7, 1, 2, 3, 6, 42, 4, 8, 5, 3, 1 };

#define max(a, b) ({ typeof(a) _a = (a); __auto_type _b = (b); _a > _b ? _a : _b; })
#define kind_of(x) _Generic((x), u32: 1, u64: 2, char *: 3, struct holder *: 6, default: 4)

struct holder {
	u32 first;
	u64 second;
};
_Static_assert(sizeof(struct holder) == 16, "padded");
_Static_assert(__builtin_offsetof(struct holder, second) == 8, "");

volatile u32 seven = 7;
struct holder held = { 42, 8 };

SEC("syscall")
int run(void *ctx)
{
	u64 *inner = &held.second;
	u32 n = seven;
	char text[] = "abc";

	out[0] = max(seven, 9u);
	out[1] = max(seven, 3u);
	out[2] = kind_of(n);
	out[3] = kind_of(held.second);
	out[4] = kind_of(&text[0]);
	out[5] = kind_of(&held);
	out[6] = container_of(inner, struct holder, second)->first;
	out[7] = sizeof text;
	out[8] = _Alignof(u64);
	out[9] = (n++, n - 3);
	out[10] = (n & 0) ?: 3;
	out[11] = ({ goto skip; 0; }), 0;
skip:
	out[11] = __builtin_types_compatible_p(typeof(held.first), u32);
	return 0;
}
