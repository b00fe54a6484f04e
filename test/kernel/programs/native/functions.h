// Functions: inlined and called, with parameters and results of every width, and more live values than registers.
#ifndef CLOBBER
#define CLOBBER() // natively nothing has to be lost
#endif

u64 seeds[8] = { 0x123456789abcdef0, 7, 0xffffffff00000000, 0x8000000000000001, 99, 0xfedcba9876543210, 1000003, 5 };
u64 out[40];

static __noinline s8 to_s8(u64 value)
{
	return value;
}

static __noinline u16 to_u16(u64 value)
{
	return value;
}

static __noinline bool to_bool(u64 value)
{
	return value;
}

static __noinline s32 to_s32(u64 value)
{
	return value;
}

static __noinline u64 five(u8 a, s16 b, u32 c, s64 d, bool e)
{
	return a + b * 3 + c * 5 + d * 7 + e * 11;
}

static __noinline s64 narrow(s8 a, s16 b, s32 c)
{
	return (s64)a * b + c;
}

static __noinline void store(u64 *to, u64 value)
{
	*to = value * 2;
}

static __noinline u64 swap_and_sum(u64 *a, u64 *b)
{
	u64 kept = *a;

	*a = *b;
	*b = kept;
	return *a * 3 + *b;
}

static u64 inlined(u64 a, u32 b)
{
	if (a > b)
		return a - b;
	return b - (u32)a;
}

static __noinline u64 level3(u64 a) { return a * 3 + 1; }
static __noinline u64 level2(u64 a) { return level3(a) ^ level3(a + 1); }
static __noinline u64 level1(u64 a) { return level2(a) - level2(a + 2); }

// every value is needed after the calls in between
static __noinline u64 pressure(u64 a, u64 b)
{
	u64 c = a + b, d = a - b, e = a * b, f = a ^ b, g = a | b, h = a & b, i = a << 3, j = b >> 5;
	u64 k, l, m, n;

	CLOBBER();
	k = c * d + e;
	l = f * g + h;
	m = i * j + a;
	n = to_u16(k + l + m) + b;
	CLOBBER();
	return a * 2 + b * 3 + c * 5 + d * 7 + e * 11 + f * 13 + g * 17 + h * 19 + i * 23 + j * 29 + k * 31 + l * 37 +
	       m * 41 + n * 43;
}

static __noinline u64 rotating(u32 rounds)
{
	u64 a = seeds[0], b = seeds[1], c = seeds[2], d = seeds[3], e = seeds[4], f = seeds[5], g = seeds[6], h = seeds[7];

	for (u32 i = 0; i < rounds && i < 40; i++) {
		u64 first = a;

		CLOBBER();
		a = b + i, b = c ^ a, c = d - b, d = e * 3, e = f + (c >> 7), f = g ^ (d << 9), g = h + e, h = first + f;
	}
	return a ^ b ^ c ^ d ^ e ^ f ^ g ^ h;
}

static int work(void)
{
	u64 *at = out;
	u64 left = seeds[0], right = seeds[5];

	for (u32 i = 0; i < 4; i++) {
		*at++ = to_s8(seeds[i]);
		*at++ = to_u16(seeds[i]);
		*at++ = to_bool(seeds[i]);
		*at++ = to_s32(seeds[i]);
	}
	*at++ = five(seeds[0], seeds[0], seeds[0], seeds[0], seeds[0]);
	*at++ = five(-1, -1, -1, -1, -1);
	*at++ = narrow(seeds[5], seeds[5] >> 3, seeds[3]);
	*at++ = narrow(-128, -32768, -1);
	store(at++, seeds[6]);
	*at++ = swap_and_sum(&left, &right);
	*at++ = left;
	*at++ = right;
	*at++ = inlined(seeds[1], 3);
	*at++ = inlined(seeds[1], 30);
	*at++ = level1(seeds[4]);
	*at++ = pressure(seeds[0], seeds[6]);
	*at++ = pressure(seeds[3], seeds[2]);
	*at++ = rotating(seeds[4]);
	return 0;
}
