// Memory functions over objects that overlap and with lengths that inlining makes known; loops that are unrolled; locals
// of scopes that follow each other, whose addresses are handed on.
u64 out[40];
static u64 words[8] = { 0x0102030405060708, 0x1112131415161718, 0x2122232425262728, 0x3132333435363738,
			0x4142434445464748, 0x5152535455565758, 0x6162636465666768, 0x7172737475767778 };

static __always_inline void move(void *to, const void *from, u64 length)
{
	__builtin_memmove(to, from, length);
}

static __always_inline int order(const void *a, const void *b, u64 length)
{
	int found = __builtin_memcmp(a, b, length);

	return found < 0 ? -1 : found > 0;
}

static __noinline u64 sum_of(const u64 *at, u32 count)
{
	u64 sum = 0;

	for (u32 i = 0; i < count && i < 8; i++)
		sum = sum * 31 + at[i];
	return sum;
}

static __noinline u64 scopes(u64 seed)
{
	u64 sum = 0;

	for (u32 i = 0; i < 3; i++) {
		u64 first[4] = { seed, i };

		sum += sum_of(first, 4);
		if (sum & 1) {
			u64 second[6] = { sum, seed };

			sum ^= sum_of(second, 6);
			if (i == 1)
				continue;
		} else {
			u64 third[8] = { [7] = sum };

			sum += sum_of(third, 8);
			if (i == 2)
				break;
		}
		u64 last[3] = { sum, sum, i };

		sum -= sum_of(last, 3);
	}
	return sum + ({ u64 inner[2] = { sum, 5 }; sum_of(inner, 2); }) * ({ u64 inner[3] = { 7, sum }; sum_of(inner, 3); });
}

static __always_inline u64 unrolled(u32 rounds, u64 seed)
{
	u64 kept[4] = {};

#pragma GCC unroll 8
	for (u32 i = 0; i < rounds; i++) {
		if (seed >> i & 8)
			continue;
		kept[i & 3] += seed * i;
		if (kept[3] > 1000)
			break;
	}
	return sum_of(kept, 4);
}

static __noinline u64 in_parts(u32 rounds)
{
	u64 sum = 0;
	u32 i = 0;

#pragma GCC unroll 3
	for (; i < rounds && i < 20; i++)
		sum = sum * 5 + words[i & 7];
	return sum + i;
}

static int work(void)
{
	u8 *bytes = (u8 *)words;
	u64 *at = out;
	u64 copy[8];

	*at++ = order(words, words + 1, 8);
	*at++ = order(bytes + 9, bytes + 1, 5);
	*at++ = order(words, words, 64);
	__builtin_memcpy(copy, words, sizeof(copy));
	move(bytes + 3, bytes, 16);
	*at++ = words[0];
	*at++ = words[1];
	*at++ = words[2];
	move(words + 2, words + 3, 24);
	*at++ = words[2];
	*at++ = words[4];
	move(words + 4, copy, 16);
	*at++ = words[5];
	*at++ = order(copy, words, 24);
	for (u32 i = 0; i < 4; i++)
		*at++ = scopes(copy[i] >> i);
	*at++ = unrolled(5, copy[0]);
	*at++ = unrolled(8, copy[1]);
	*at++ = unrolled(0, copy[1]);
	*at++ = in_parts(0);
	*at++ = in_parts(1);
	*at++ = in_parts(7);
	*at++ = in_parts(19);
	return 0;
}
