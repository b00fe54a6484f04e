// A small machine: a byte of program chooses what is done with two registers.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

#define LENGTH 32

u8 program[LENGTH] = { 1, 3, 2, 0, 4, 1, 5, 2, 6, 7, 1, 3, 3, 4, 2, 6, 1, 5, 0, 7, 2, 2, 3, 4, 1, 6, 5, 3, 1, 2, 4, 7 };
u64 memory[8];
u64 result;

SEC("syscall")
int interpret(void *ctx)
{
	u64 a = 1, b = 2;

	for (u32 at = 0; at < LENGTH; at++) {
		switch (program[at]) {
		case 0:
			a = b;
			break;
		case 1:
			a += b;
			break;
		case 2:
			b ^= a << 3;
			break;
		case 3:
			b = memory[a & 7];
			break;
		case 4:
			memory[b & 7] = a;
			break;
		case 5:
			a = a / 3 + b % 5;
			break;
		case 6:
			if (a > b)
				b++;
			else
				a--;
			break;
		default:
			result += a ^ b;
		}
	}
	return 0;
}
