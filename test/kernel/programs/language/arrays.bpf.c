// Arrays of arrays, pointer arithmetic, differences and comparison, tables of strings and pointers.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[11];
const volatile u64 want[11] = { 23, 8, 5, 1, 'd', 'w', 4, 1, 12, 9, 20 };

u32 grid[4][5];
u8 cube[2][3][4];
char words[3][8] = { "abcd", "ef", "word" };
u32 numbers[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };

volatile u32 two = 2;

SEC("syscall")
int run(void *ctx)
{
	u32 local[3][2] = { { 1, 2 }, { 3 }, { [1] = 6 } };
	u32 *p, *end;
	u64 sum = 0;

	for (int i = 0; i < 4; i++)
		for (int j = 0; j < 5; j++)
			grid[i][j] = i * 10 + j;
	out[0] = grid[two & 3][3];
	p = &grid[1][1];
	p += two & 3;
	out[1] = *(p - 1) - 4;
	out[2] = &grid[2][0] - &grid[1][0];
	end = &grid[1][4];
	out[3] = p < end && p != end;
	out[4] = words[0][3];
	out[5] = words[two & 2][0];
	out[6] = *(&numbers[0] + 3);
	cube[1][2][3] = 1;
	out[7] = ((u8 *)cube)[23];
	for (int i = 0; i < 3; i++)
		sum += local[i][0] + local[i][1];
	out[8] = sum;
	out[9] = *(numbers + (two & 7)) + *(&numbers[7] - 2);
	out[10] = sizeof grid[0];
	return 0;
}
