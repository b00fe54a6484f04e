// The cleanup attribute: a variable's function is called on every way out of its scope, the last declared first.
u64 out[24];
static u64 trail;

static __noinline void note(int *which)
{
	trail = trail * 10 + *which;
}

#define TRACED __attribute__((cleanup(note)))

static __noinline u64 value_first(void)
{
	int a TRACED = 1;
	int b TRACED = 2;

	return trail * 100 + a + b;
}

static __noinline u64 from_loop(int way)
{
	int outer TRACED = 1;

	for (int i = 0; i < 3; i++) {
		int first TRACED = 2;

		if (way == 0)
			continue;
		int second TRACED = 3;

		if (way == 1)
			break;
		if (way == 2)
			return 7;
		if (way == 3)
			goto end;
		{
			int inner TRACED = 4;

			if (way == 4)
				goto again;
		}
again:
		way += 10;
	}
end:
	return 8;
}

static __noinline u64 from_switch(int way)
{
	switch (way) {
	case 0: {
		int a TRACED = 5;
		break;
	}
	case 1: {
		int b TRACED = 6;
	} // falls through
	default:
		for (int c TRACED = 7; c < 9; c++)
			trail = trail * 10;
	}
	return 9;
}

static __noinline u64 backwards(void)
{
	int rounds = 0;
again:;
	int each TRACED = ++rounds;

	if (rounds < 4)
		goto again;
	return rounds;
}

static __noinline u64 in_expression(int n)
{
	u64 sum = ({ int v TRACED = n; v * 2; }) + trail;

	if (({ int v TRACED = 3; v > n; }))
		sum += 1000;
	while (({ int v TRACED = n; v > 0; }) && n--)
		sum++;
	return sum;
}

#define KEEP(call) do { trail = 0; out[at++] = call; out[at++] = trail; } while (0)

static void work(void)
{
	int at = 0;

	KEEP(value_first());
	for (int way = 0; way < 5; way++)
		KEEP(from_loop(way));
	for (int way = 0; way < 3; way++)
		KEEP(from_switch(way));
	KEEP(backwards());
	KEEP(in_expression(2));
}
