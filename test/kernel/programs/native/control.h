// Statements: loops of every form, nested, left early and continued; conditions; short circuits.
u32 in_numbers[16] = { 3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3 };
s32 in_signs[4] = { -5, 0, 5, 17 };
u64 out[40];
u32 effects = 0;

static int effect(int result)
{
	effects++;
	return result;
}

static u64 sum_until(u32 stop)
{
	u64 sum = 0;

	for (u32 i = 0; i < 16; i++) {
		if (in_numbers[i] == stop)
			break;
		if (in_numbers[i] & 1)
			continue;
		sum += in_numbers[i];
	}
	return sum;
}

static __noinline u64 significant_bits(u64 n)
{
	u64 bits = 0;

	while (n != 0 && bits < 64) {
		n = n & 1 ? (n - 1) / 2 : n / 2;
		bits++;
	}
	return bits;
}

static u64 count_pairs(void)
{
	u64 pairs = 0;

	for (u32 i = 0; i < 16; i += 3) {
		for (u32 j = i + 1; j < 16; j += 5) {
			if (in_numbers[i] <= in_numbers[j])
				continue;
			pairs++;
			if (pairs > 100)
				return 0;
		}
	}
	return pairs;
}

static u32 first_above(u32 limit)
{
	u32 i = 0;

	do {
		if (in_numbers[i] > limit)
			return i;
	} while (++i < 16);
	return 99;
}

static s32 sign(s32 value)
{
	if (value < 0)
		return -1;
	else if (value == 0)
		return 0;
	else
		return 1;
}

static __noinline u32 reversed_bits(u32 value)
{
	u32 result = 0;

	for (int i = 32; i--;) {
		result = result << 1 | (value & 1);
		value >>= 1;
	}
	return result;
}

static __noinline u64 fibonacci(u32 n)
{
	u64 a = 0, b = 1;

	for (u32 i = 0; i < 90; i++) {
		u64 next = a + b;

		if (i == n)
			break;
		a = b;
		b = next;
	}
	return a;
}

static int work(void)
{
	u64 *at = out;
	s32 i;

	*at++ = sum_until(7);
	*at++ = sum_until(1000);
	*at++ = significant_bits(in_numbers[5]);
	*at++ = significant_bits(in_signs[0]);
	*at++ = count_pairs();
	*at++ = first_above(8);
	*at++ = first_above(50);
	for (i = 0; i < 4; i++)
		*at++ = sign(in_signs[i]);
	*at++ = reversed_bits(in_numbers[3] + in_numbers[4] * 256);
	*at++ = fibonacci(80);
	*at++ = fibonacci(in_numbers[0]);

	*at++ = effect(0) && effect(1);
	*at++ = effect(1) || effect(1);
	*at++ = effect(1) && effect(0) || effect(3);
	*at++ = effect(0) ? effect(10) : effect(20) ? effect(30) : effect(40);
	*at++ = (effect(1), effect(2));
	*at++ = effects;

	{
		int effects = 1000; // another one, of this block

		effects++;
		*at++ = effects;
	}
	for (;;) {
		*at++ = 4711;
		break;
	}
	while (0)
		*at++ = 1;
	do
		*at++ = 2;
	while (0);
	if (in_signs[1])
		;
	else
		*at++ = 3;
	*at++ = in_signs[0] < 0 ? in_signs[3] > 0 ? 11 : 12 : 13;
	return 0;
}
