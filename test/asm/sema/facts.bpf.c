// What C says of types, conversions, constants and layout, as assertions that any C compiler for BPF can check.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define SAME(a, b) _Static_assert(__builtin_types_compatible_p(a, b), #a " is " #b)
#define IS(expr, type) SAME(typeof(expr), type)

// sizes of the target
_Static_assert(sizeof(char) == 1 && sizeof(short) == 2 && sizeof(int) == 4, "small integers");
_Static_assert(sizeof(long) == 8 && sizeof(long long) == 8 && sizeof(void *) == 8, "large integers");
_Static_assert(sizeof(_Bool) == 1 && sizeof(enum { A1 }) == 4, "bool and enums");
_Static_assert(sizeof(u8) == 1 && sizeof(__u16) == 2 && sizeof(s32) == 4 && sizeof(u64) == 8, "kernel names");

// plain char is signed
_Static_assert((char)200 == -56, "char");
_Static_assert((unsigned char)-1 == 255, "unsigned char");
_Static_assert('\xff' == -1, "character constants are signed");

// integer promotion and the usual conversions
IS((char)1 + (char)1, int);
IS((unsigned short)1 * (unsigned short)1, int);
IS(1 + 1u, unsigned int);
IS(1u + 1l, long);
IS(1l + 1ul, unsigned long);
IS(1ll + 1l, long long);
IS((_Bool)1 + (_Bool)1, int);
IS((char)1 << 1l, int);
IS(1 == 1l, int);
IS(!1ul, int);
IS(1 ? (char)1 : (short)1, int);
IS(1 ? 1 : 1u, unsigned int);
IS(~(unsigned char)0, int);
IS(-(short)1, int);
_Static_assert(-1 > 1u, "a signed operand becomes unsigned");
_Static_assert(!(-1l > 1u), "unless the signed type holds all values");
_Static_assert((unsigned char)255 + 1 == 256, "no wrapping below int");
_Static_assert(~0u == 4294967295u && ~0 == -1, "complement");
_Static_assert(-7 / 2 == -3 && -7 % 2 == -1, "division goes towards zero");
_Static_assert(-1 >> 1 == -1 && (unsigned int)-1 >> 31 == 1, "shifts keep or fill");
_Static_assert((int)0x80000000 == -2147483647 - 1, "conversion to a narrower signed type wraps");
_Static_assert((u32)0x123456789abcdefULL == 0x89abcdef, "narrowing keeps the low bits");

// types of constants
IS(1, int);
IS(2147483648, long);
IS(0x80000000, unsigned int);
IS(0xffffffffffffffff, unsigned long);
IS(1u, unsigned int);
IS(1ull, unsigned long long);
IS('a', int);
IS(sizeof(int), unsigned long);
IS("abc", char[4]);
IS(0b101, int);

// enumerators
enum small { S0, S1 = 5, S2 };
enum wide { W0 = 1, W1 = 0x100000000 };
enum negative { N0 = -1 };
_Static_assert(S2 == 6 && sizeof(enum small) == 4, "enumerators count on");
_Static_assert(sizeof(enum wide) == 8 && W1 == 1ull << 32, "64-bit enumerators");
_Static_assert(N0 < 0, "negative enumerators");
_Static_assert(BPF_MAP_TYPE_HASH == 1 && BPF_ANY == 0, "enumerators of the kernel");

// layout
struct holes {
	char a;
	u64 b;
	short c;
};
struct packed {
	char a;
	u64 b;
	short c;
} __attribute__((packed));
struct aligned {
	char a;
} __attribute__((aligned(16)));
union both {
	char bytes[5];
	u32 word;
};
struct bits {
	unsigned int a : 3, b : 5;
	unsigned int : 0;
	unsigned int c : 20;
	u8 d : 4;
};
struct nested {
	int x;
	union {
		struct {
			char p, q;
		};
		long r;
	};
	struct holes inner[2];
	int tail[];
};
_Static_assert(sizeof(struct holes) == 24 && __builtin_offsetof(struct holes, b) == 8, "holes");
_Static_assert(sizeof(struct packed) == 11 && offsetof(struct packed, c) == 9, "packed");
_Static_assert(sizeof(struct aligned) == 16 && _Alignof(struct aligned) == 16, "aligned");
_Static_assert(sizeof(union both) == 8, "union");
_Static_assert(sizeof(struct bits) == 8, "bit-fields");
_Static_assert(offsetof(struct nested, q) == 9 && offsetof(struct nested, r) == 8, "anonymous members");
_Static_assert(offsetof(struct nested, inner[1].b) == 16 + 24 + 8, "paths");
_Static_assert(sizeof(struct nested) == 64, "flexible members take no room");
_Static_assert(_Alignof(u64) == 8 && _Alignof(char) == 1, "alignment");

// arrays, pointers, typeof
typedef int triple[3];
static triple rows[2] = { { 1, 2, 3 }, { 4 } };
_Static_assert(sizeof(rows) == 24 && sizeof(rows[0]) == 12 && sizeof(*rows[0]) == 4, "arrays of arrays");
IS(&rows[0], triple *);
IS(rows[0] + 1, int *);
IS(&rows[0][1] - &rows[0][0], long);
static char text[] = "four";
static int counted[] = { [3] = 1, 2 };
_Static_assert(sizeof(text) == 5 && sizeof(counted) == 20, "lengths from initialisers");
IS((void *)0 == 0, int);
IS(1 ? (int *)0 : (void *)0, int *);

// constant folding in all its forms
_Static_assert((1 ? 2 : 1 / 0) == 2, "the arm not taken is not evaluated");
_Static_assert((0 && 1 / 0) == 0 && (1 || 1 / 0) == 1, "nor is a decided operand");
_Static_assert(__builtin_constant_p(1 + 2) && !__builtin_constant_p(rows[0][0]), "constant_p");
_Static_assert(__builtin_bswap32(0x01020304) == 0x04030201 && __builtin_bswap16(0x0102) == 0x0201, "bswap");
_Static_assert(__builtin_popcount(0xf0) == 4 && __builtin_ctz(8) == 3 && __builtin_clzll(1) == 63, "bit counts");
_Static_assert(_Generic(1u, int: 1, unsigned int: 2, default: 3) == 2, "generic");
_Static_assert(__builtin_choose_expr(1, 5, (void)0) == 5, "choose_expr");

SEC("socket") int uses(void *ctx)
{
	return rows[1][0] + text[0] + counted[3];
}

char _license[] SEC("license") = "GPL";

// floating constants have values where C computes them
_Static_assert((int)3.99 == 3 && (int)-2.7 == -2 && (unsigned long)10E9 == 10000000000ul, "cut to integers");
_Static_assert((long)(1e3 * 5) == 5000 && (int)(0x1.8p3) == 12 && (_Bool)0.5 == 1, "arithmetic");
_Static_assert(1.0 < 2.0 && 0.1f != 0.1 && !0.0 && (1.0 ? 1 : 0), "comparison");
_Static_assert((float)0.1 == 0.1f && sizeof(1.0) == 8 && sizeof(1.0f) == 4, "types");
IS(1 + 1.0, double);
IS(1.0f * 2, float);
_Static_assert(_Generic(1.0, double : 1, default : 0) && _Generic(1.0f, float : 1, default : 0), "generic");

// constant variables
static const int known = 4;
static const unsigned int derived = (known * 10) | 1;
_Static_assert(known == 4 && derived == 41, "as clang folds them");
int sized[known + 1];
_Static_assert(sizeof(sized) == 20, "array length");
int elements[4];
long apart = &elements[3] - &elements[1];

// enums
enum narrow : unsigned char { N1 = 1, N200 = 200 };
_Static_assert(sizeof(enum narrow) == 1 && sizeof(N1) == 1 && N200 == 200, "underlying type");
enum over_int { V1 = 0x100000000, V2 };
_Static_assert(sizeof(enum over_int) == 8 && V2 == 0x100000001, "64 bits");

// layout
#pragma pack(push, 1)
struct packed_1 { char a; int b; };
#pragma pack(2)
struct packed_2 { char a; long b; };
#pragma pack(pop)
struct unpacked { char a; int b; };
_Static_assert(sizeof(struct packed_1) == 5 && sizeof(struct packed_2) == 10 && sizeof(struct unpacked) == 8, "pack");
typedef int aligned_int __attribute__((aligned(16)));
struct holds_aligned { char a; aligned_int b; };
_Static_assert(sizeof(struct holds_aligned) == 32 && _Alignof(aligned_int) == 16 && sizeof(aligned_int) == 4, "more");
typedef unsigned long less_aligned __attribute__((aligned(4)));
struct holds_less { int a; less_aligned b; };
_Static_assert(sizeof(struct holds_less) == 12 && _Alignof(less_aligned) == 4, "less");
struct greatest { int a; } __attribute__((aligned));
_Static_assert(sizeof(struct greatest) == 16, "without a number");
struct aligned_bits { char a; unsigned int b : 4 __attribute__((aligned(8))); };
_Static_assert(sizeof(struct aligned_bits) == 16, "bit-field");
_Alignas(16) int aligned_variable;
_Static_assert(_Alignof(aligned_variable) == 16, "variable");

// builtins
_Static_assert(__builtin_ffs(0) == 0 && __builtin_ffs(8) == 4 && __builtin_ffsll(1L << 40) == 41, "ffs");
_Static_assert(__builtin_parity(7) == 1 && __builtin_parityl(3) == 0, "parity");
_Static_assert(__builtin_clrsb(1) == 30 && __builtin_clrsbl(-1) == 63, "clrsb");
