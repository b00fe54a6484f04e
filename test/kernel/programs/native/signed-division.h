// Division and remainder of signed numbers: instructions of cpu v4.
s64 dividends[6] = { 0, 7, -7, 1000000007, -9000000000000000000, 0x7fffffffffffffff };
s64 divisors[4] = { 2, -2, 1000, -65537 };
u64 out[6][4][10];

static __noinline int divide(u32 row, u32 column)
{
	s64 a = dividends[row % 6], b = divisors[column & 3];
	u64 *at = out[row % 6][column & 3];
	s32 c = a, d = b;
	s16 e = a;
	s8 f = a;

	*at++ = a / b;
	*at++ = a % b;
	*at++ = c / d;
	*at++ = c % d;
	*at++ = e / d;
	*at++ = f % d;
	*at++ = a / 8;
	*at++ = c / -3;
	*at++ = a % 16;
	a /= 5;
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
