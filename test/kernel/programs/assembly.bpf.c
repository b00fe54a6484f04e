// Assembly in C: operands, clobbers, asm goto, naked functions with maps, helpers and instructions as data.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, int);
	__type(value, u64);
} cells SEC(".maps");

struct raw_insn { u8 code; u8 regs; s16 off; s32 imm; };

u64 out[24] = {};
u64 shared = 40;

static __always_inline u64 times(u64 value, const int factor)
{
	u64 result = value;

	if (!__builtin_constant_p(factor))
		__builtin_trap();
	asm volatile("%[result] *= %[factor]" : [result]"+r"(result) : [factor]"i"(factor));
	return result;
}

// Stores 77 in cells[1] and reads it back by its own lookup.
static __attribute__((naked, noinline, used)) u64 through_map(void)
{
	asm volatile("r1 = 1; *(u32 *)(r10 - 4) = r1;"
		     "*(u64 *)(r10 - 16) = %[value];"
		     "r1 = %[cells] ll; r2 = r10; r2 += -4; r3 = r10; r3 += -16; r4 = 0;"
		     "call %[bpf_map_update_elem];"
		     "r1 = %[cells] ll; r2 = r10; r2 += -4;"
		     "call %[bpf_map_lookup_elem];"
		     "if r0 == 0 goto l0_%=;"
		     "r0 = *(u64 *)(r0 + 0);"
		     ".8byte %[add];"
		     "l0_%=: exit;"
		     :: [value]"i"(77), [cells]"i"(&cells), [bpf_map_update_elem]"i"(bpf_map_update_elem),
			[bpf_map_lookup_elem]"i"(bpf_map_lookup_elem),
			[add]"i"(*(long *)&((struct raw_insn){ .code = 0x07, .regs = 0, .imm = 3 }))
		     : "r0", "r1", "r2", "r3", "r4", "r5", "memory");
}

// Adds its arguments and the global variable.
static __attribute__((naked, noinline, used)) u64 with_global(u64 a, u64 b)
{
	asm volatile("r3 = %[shared] ll; r0 = *(u64 *)(r3 + 0); r0 += r1; r0 += r2; exit;"
		     :: [shared]"i"(&shared) : "r0", "r3");
}

static __noinline u64 which(u64 value)
{
	u64 seen = 1;

	asm volatile goto("if %[v] == 5 goto %l[five]; if %[v] s> %[most] goto %l[large]"
			  :: [v]"r"(value), [most]"i"(100) :: five, large);
	return seen;
large:
	seen += 10;
five:
	return seen + 1;
}

static __noinline u64 counted(u32 rounds)
{
	u64 sum = 0;
	u32 i = 0;

	while (i < rounds) {
		asm volatile goto("may_goto %l[done]" :::: done);
		sum += i++;
	}
done:
	return sum;
}

static void note(u64 **cell)
{
	**cell += 1000;
}

static __noinline u64 cleaned(u64 value, u64 *cell)
{
	__attribute__((cleanup(note))) u64 *noted = cell;

	asm volatile goto("if %0 & 1 goto %l[odd]" :: "r"(value) :: odd);
	return *cell;
odd:
	return *cell + 1;
}

SEC("fentry/bpf_fentry_test1")
int BPF_PROG(work, int a)
{
	u64 x = a + 10, y = 7, z, kept = bpf_get_smp_processor_id() * 0 + 123;
	u32 half = 0xfffffff0;
	s32 negative = -3;
	s64 wide;
	u8 small = 200;

	asm volatile("%[z] = %[x]; %[z] += %[y]" : [z]"=&r"(z) : [x]"r"(x), [y]"r"(y));
	out[0] = z;
	asm volatile("%0 = 5; %1 += %0; %2 -= 1" : "=&r"(z), "+r"(x), "+r"(y) : : "r6", "r7", "r8", "r9");
	out[1] = z * 10000 + x * 100 + y;
	asm volatile("%0 <<= 2" : "=r"(z) : "0"(x));
	out[2] = z;
	asm volatile("%0 += 32" : "+w"(half));
	out[3] = half;
	asm volatile("%0 = %1" : "=r"(wide) : "r"((s64)negative));
	out[4] = wide;
	asm volatile("%0 += 100" : "+r"(small));
	out[5] = small;
	asm volatile("r1 = 1; r2 = 2; r3 = 3; r4 = 4; r5 = 5; call %[now]"
		     :: [now]"i"(bpf_ktime_get_ns) : "r0", "r1", "r2", "r3", "r4", "r5");
	out[6] = kept;
	asm volatile("%0 = *(u64 *)%1" : "=r"(z) : "m"(shared));
	out[7] = z;
	asm volatile("*(u64 *)%0 = %1" : "=m"(out[8]) : "r"(times(6, 7)) : "memory");
	out[9] = times(a + 4, -2);
	out[10] = through_map();
	out[11] = with_global(1, 2);
	out[12] = which(5) * 10000 + which(101) * 100 + which(7);
	out[13] = counted(10);
	out[14] = 1;
	out[15] = cleaned(2, &out[14]) * 100000;
	out[15] += cleaned(3, &out[14]);
	asm volatile("r1 = %[big] ll; %[z] = r1" : [z]"=r"(z) : [big]"i"(0x1122334455667788) : "r1");
	out[16] = z;
	asm volatile("%[z] = 0; 1: %[z] += 3; if %[z] < 10 goto 1b; if %[z] == 12 goto 1f; %[z] = 0; 1:" : [z]"=r"(z));
	out[17] = z;
	asm volatile(".8byte 0x2a000000b7; %0 = r0" : "=r"(z) : : "r0");
	out[18] = z;
	asm volatile("r1 = 5; r0 = r1; call with_sum; %0 = r0" : "=r"(z) : : "r0", "r1", "r2", "r3", "r4", "r5");
	out[19] = z;
	z = 9;
	asm volatile(".ifc %[z], r99; %[z] = 1; .else; %[z] += 2; .endif" : [z]"+r"(z));
	out[20] = z;
	return 0;
}

// Called by its name in the text of `work`.
static __noinline __attribute__((used)) u64 with_sum(u64 value)
{
	return value + shared;
}
