// Division and remainder of unsigned numbers, which every BPF machine has.
u64 dividends[6] = { 0, 1, 100, 0xffffffff, 0x123456789abcdef0, 0xffffffffffffffff };
u64 divisors[4] = { 1, 3, 0x10000, 0xfffffffffffffff1 };
u64 out[6][4][10];

static __noinline int divide(u32 row, u32 column)
{
	u64 a = dividends[row % 6], b = divisors[column & 3], *at = out[row % 6][column & 3];
	u32 c = a, d = b;
	u16 e = a, f = b;
	u8 g = a;

	*at++ = a / b;
	*at++ = a % b;
	*at++ = d ? c / d : 1;
	*at++ = d ? c % d : 2;
	*at++ = f ? e / f : 3;
	*at++ = f ? e % f : 4;
	*at++ = g / 7;
	*at++ = a / 10;
	*at++ = c % 1000;
	a /= 8;
	a %= 1024;
	*at++ = a;
	return 0;
}

static int work(void)
{
	for (u32 i = 0; i < 6; i++)
		for (u32 j = 0; j < 4; j++)
			divide(i, j);
	return 0;
}
