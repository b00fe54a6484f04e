// Every operator on every integer type. Compiled for BPF and natively; the results have to be the same.
#define COUNT 5
#define RESULTS 48

#define TYPES(X) X(u8, 8) X(s8, 8) X(u16, 16) X(s16, 16) X(u32, 32) X(s32, 32) X(u64, 64) X(s64, 64)

u8 in_u8[COUNT] = { 0, 1, 0x7f, 0x80, 0xff };
s8 in_s8[COUNT] = { 0, 1, 0x7f, -128, -3 };
u16 in_u16[COUNT] = { 0, 7, 0x7fff, 0x8000, 0xffff };
s16 in_s16[COUNT] = { 0, -1, 0x7fff, -32768, 300 };
u32 in_u32[COUNT] = { 0, 5, 0x7fffffff, 0x80000000, 0xffffffff };
s32 in_s32[COUNT] = { 0, -1, 0x7fffffff, -2147483647 - 1, 100000 };
u64 in_u64[COUNT] = { 0, 3, 0x7fffffffffffffff, 0x8000000000000000, 0xfffffffffffffff0 };
s64 in_s64[COUNT] = { 0, -1, 0x7fffffffffffffff, -9223372036854775807 - 1, -4294967296 };

#define OUTPUT(T, BITS) u64 out_##T[COUNT][RESULTS];
TYPES(OUTPUT)

#define PUT(expression) *out++ = (u64)(expression)

#define ASSIGN(T, operation) \
	do {                 \
		T value = a; \
		operation;   \
		PUT(value);  \
	} while (0)

#define OPERATORS(T, BITS)                                     \
	static __noinline int operators_##T(u32 at)            \
	{                                                      \
		u32 row = at % COUNT, other = (at + 1) % COUNT;\
		u64 *out = out_##T[row];                       \
		T a = in_##T[row], b = in_##T[other];          \
		u32 by = b & (BITS - 1);                       \
                                                               \
		PUT(a + b);                                    \
		PUT(a - b);                                    \
		PUT(a * b);                                    \
		PUT(a & b);                                    \
		PUT(a | b);                                    \
		PUT(a ^ b);                                    \
		PUT(~a);                                       \
		PUT(-a);                                       \
		PUT(+a);                                       \
		PUT(!a);                                       \
		PUT(a << by);                                  \
		PUT(a >> by);                                  \
		PUT((T)(a + b));                               \
		PUT((T)(a << by));                             \
		PUT(a == b);                                   \
		PUT(a != b);                                   \
		PUT(a < b);                                    \
		PUT(a <= b);                                   \
		PUT(a > b);                                    \
		PUT(a >= b);                                   \
		PUT(a && b);                                   \
		PUT(a || b);                                   \
		PUT(a ? b : 9);                                \
		PUT((a, b));                                   \
		PUT(sizeof(a + b));                            \
		ASSIGN(T, value += b);                         \
		ASSIGN(T, value -= b);                         \
		ASSIGN(T, value *= b);                         \
		ASSIGN(T, value &= b);                         \
		ASSIGN(T, value |= b);                         \
		ASSIGN(T, value ^= b);                         \
		ASSIGN(T, value <<= by);                       \
		ASSIGN(T, value >>= by);                       \
		ASSIGN(T, PUT(value++));                       \
		ASSIGN(T, PUT(++value));                       \
		ASSIGN(T, PUT(value--));                       \
		ASSIGN(T, PUT(--value));                       \
		PUT(a < 0);                                    \
		PUT(a == 0x80);                                \
		PUT((u64)a + 1 > b - 1ULL);                           \
		PUT(7 - a);                                    \
		return 0;                                      \
	}
TYPES(OPERATORS)

static int work(void)
{
	u32 i;

	for (i = 0; i < COUNT; i++) {
		operators_u8(i);
		operators_s8(i);
		operators_u16(i);
		operators_s16(i);
		operators_u32(i);
		operators_s32(i);
		operators_u64(i);
		operators_s64(i);
	}
	return 0;
}
