// Builtins: memory, bits, byte order, overflow, constants and hints.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[18];
const volatile u64 want[18] = { 0x0403, 1, 0, 0xaa, 3, 0x3412, 0x78563412, 0x0807060504030201ull, 27, 4, 4, 1, 1, 0xffffffff, 1, 5, 12, 2 };

volatile u32 sixteen = 16, odd = 0x12345678;
volatile u64 wide = 0x0102030405060708ull;
u8 from[8] = { 1, 2, 3, 4, 5, 6, 7, 8 }, to[8];

SEC("syscall")
int run(void *ctx)
{
	u32 sum;
	s32 difference;

	__builtin_memcpy(to, from, sizeof to);
	out[0] = *(u16 *)&to[2];
	out[1] = __builtin_memcmp(to, from, 8) == 0;
	to[0] = 9;
	out[2] = __builtin_memcmp(to, from, 8) == 0;
	__builtin_memset(to, 0xaa, 4);
	out[3] = to[3];
	__builtin_memmove(to + 1, to + 4, 4);
	out[4] = to[1] - 2;
	out[5] = __builtin_bswap16((u16)(odd >> 16));
	out[6] = __builtin_bswap32(odd);
	out[7] = __builtin_bswap64(wide);
	out[8] = __builtin_clz(sixteen);
	out[9] = __builtin_ctz(sixteen);
	out[10] = __builtin_popcount(sixteen * 15);
	out[11] = __builtin_add_overflow(odd, 0xf0000000u, &sum);
	out[12] = sum == 0x02345678;
	out[13] = __builtin_sub_overflow((s32)sixteen, 17, &difference) ? 0 : (u32)difference;
	out[14] = __builtin_mul_overflow(odd, 16u, &sum);
	out[15] = __builtin_expect(sixteen > 3, 1) ? 5 : 6;
	out[16] = __builtin_choose_expr(__builtin_constant_p(3), 12, 13);
	out[17] = sixteen == 16 ? 2 : ({ __builtin_unreachable(); 0; });
	return 0;
}
