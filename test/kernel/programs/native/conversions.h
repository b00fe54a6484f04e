// Casts between all integer types, and the usual arithmetic conversions between unlike operands.
#define TYPES(X, ...)                                                                              \
	X(u8, __VA_ARGS__) X(s8, __VA_ARGS__) X(u16, __VA_ARGS__) X(s16, __VA_ARGS__) X(u32, __VA_ARGS__) \
		X(s32, __VA_ARGS__) X(u64, __VA_ARGS__) X(s64, __VA_ARGS__) X(bool, __VA_ARGS__)

u64 patterns[4] = { 0x8081828384858687, 0x7f, 0xffffffffffffff00, 0x0000000180000000 };
u64 out_casts[4][9][9];
u64 out_mixed[4][64];
u64 out_constants[24];

// one cast of the row, and one to bring the result to 64 bits as that type converts
#define TO(T, value) *out++ = (u64)(T)(value);

#define FROM_u8 TYPES(TO, (u8)pattern)
#define FROM_s8 TYPES(TO, (s8)pattern)
#define FROM_u16 TYPES(TO, (u16)pattern)
#define FROM_s16 TYPES(TO, (s16)pattern)
#define FROM_u32 TYPES(TO, (u32)pattern)
#define FROM_s32 TYPES(TO, (s32)pattern)
#define FROM_u64 TYPES(TO, (u64)pattern)
#define FROM_s64 TYPES(TO, (s64)pattern)
#define FROM_bool TYPES(TO, (bool)pattern)

static __noinline int casts(u32 at)
{
	u64 pattern = patterns[at & 3];
	u64 *out = out_casts[at & 3][0];

	FROM_u8 FROM_s8 FROM_u16 FROM_s16 FROM_u32 FROM_s32 FROM_u64 FROM_s64 FROM_bool;
	return 0;
}

#define PUT(expression) *out++ = (u64)(expression)

static __noinline int mixed(u32 at)
{
	u64 pattern = patterns[at & 3], *out = out_mixed[at & 3];
	s8 c = pattern;
	u8 uc = pattern;
	s16 h = pattern >> 4;
	u16 uh = pattern >> 4;
	s32 i = pattern;
	u32 u = pattern >> 8;
	s64 l = pattern;
	u64 ul = pattern >> 12;

	PUT(c + uc);
	PUT(c * u);
	PUT(i + u);
	PUT(i - l);
	PUT(u - l);
	PUT(u + ul);
	PUT(c < u);
	PUT(i < u);
	PUT(i < ul);
	PUT(h < uh);
	PUT(u < l);
	PUT(l < ul);
	PUT(c == uc);
	PUT(i == (s32)u);
	PUT(-1 < u);
	PUT(-1 < (s64)u);
	PUT(uc << 24);
	PUT((u64)uc << 40);
	PUT(c >> 1);
	PUT((u32)uh * uh);
	PUT(u * 3 / 2);
	PUT(ul % 10);
	PUT(u % 7 + ul / 1000);
	PUT(c ? u : l);
	PUT(sizeof(c + c));
	PUT(sizeof(i + ul));
	PUT(~uc);
	PUT((u8)~uc);
	PUT(-u);
	PUT(-c);
	PUT(!ul);
	PUT((bool)(u & 0x100));
	PUT((s8)(u + 1));
	PUT((u16)(c * h));
	uc += i;
	PUT(uc);
	h -= ul;
	PUT(h);
	u *= c;
	PUT(u);
	l += u;
	PUT(l);
	c = uh;
	PUT(c);
	uh = c;
	PUT(uh);
	l = i;
	PUT(l);
	ul = u;
	PUT(ul);
	ul = c;
	PUT(ul);
	return 0;
}

static int constants(void)
{
	u64 *out = out_constants;

	PUT(-1);
	PUT(0xffffffff);
	PUT(2147483648);
	PUT(4294967295U + 1);
	PUT(1U - 2);
	PUT(1UL - 2);
	PUT(-1 > 0U);
	PUT('a' + '\n' + '\x7f' + '\0' + '\\');
	PUT('\377');
	PUT(010 + 0x10 + 0b10);
	PUT(1 << 31);
	PUT(1UL << 63);
	PUT(-7 / 2);
	PUT(-7 % 3);
	PUT(7 / -2);
	PUT(1 ? -1 : 0U);
	PUT(sizeof(int) + sizeof(long) * 10 + sizeof(char) * 100 + sizeof(short) * 1000);
	PUT(sizeof(u64[3]));
	PUT(-2147483647 - 1);
	PUT(0x7fffffffffffffffLL);
	PUT(3 > 2 > 1);
	PUT(1 + 2 * 3 - 4 / 2 % 3 << 1 & 0xff ^ 5 | 64);
	return 0;
}

static int work(void)
{
	for (u32 i = 0; i < 4; i++) {
		casts(i);
		mixed(i);
	}
	return constants();
}
