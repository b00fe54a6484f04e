// Variables that are read before anything was stored in them.
int sink(int);
void fill(int *);
struct pair { int a, b; };

int plain(void)
{
	int x;
	return x;
}

int by_address(void)
{
	int x;
	fill(&x);
	return x;
}

int one_branch(int c)
{
	int x;
	if (c)
		x = 1;
	return x;
}

int both_branches(int c)
{
	int x;
	if (c)
		x = 1;
	else
		x = 2;
	return x;
}

int else_branch(int c)
{
	int x;
	if (c > 3)
		sink(c);
	else
		x = 2;
	return x;
}

int in_loop(int n)
{
	int x;
	for (int i = 0; i < n; i++)
		x = i;
	return x;
}

int while_loop(int n)
{
	int x;
	while (n--) {
		x = n;
		if (x == 3)
			break;
	}
	return x;
}

int by_switch(int n)
{
	int x;
	switch (n) {
	case 1:
		x = 1;
		break;
	case 2:
		x = 2;
		break;
	}
	return x;
}

int switch_default(int n)
{
	int x;
	switch (n) {
	case 1:
		x = 1;
		break;
	default:
		x = 3;
	}
	return x;
}

int correlated(int c, int d)
{
	int x;
	if (c)
		x = 1;
	if (d)
		sink(1);
	if (c)
		return x;
	return 0;
}

int after_goto(int c)
{
	int x;
	if (c)
		goto out;
	x = 3;
out:
	return x;
}

int logical(int c)
{
	int x;
	if (c && (x = sink(c)))
		return x;
	return x;
}

int logical_or(int c)
{
	int x;
	if (c || (x = sink(c)))
		return 1;
	return x;
}

int self(void)
{
	int x = x;
	return x;
}

int self_used(void)
{
	int x = x + 1;
	return x;
}

int compound(void)
{
	int x;
	x += 1;
	return x;
}

int increment(void)
{
	int x;
	x++;
	return x;
}

int in_condition(int n)
{
	int x;
	if (x > n)
		return 1;
	return 0;
}

int record(void)
{
	struct pair p;
	return p.a;
}

int array(void)
{
	int a[4];
	return a[1];
}

int pointer(void)
{
	int *p;
	*p = 3;
	return *p;
}

int never(int c)
{
	int x;
	if (0)
		return x;
	x = c;
	return x;
}

int unevaluated(void)
{
	int x;
	return sizeof(x);
}

int cast_to_void(void)
{
	int x;
	(void)x;
	return 0;
}

int ternary(int c)
{
	int x, y;
	y = c ? (x = 1) : 2;
	return x + y;
}

int do_loop(int n)
{
	int x;
	do {
		if (n == 3)
			continue;
		x = n;
	} while (--n);
	return x;
}

int forever(int n)
{
	int x;
	for (;;) {
		if (n++ > 5) {
			x = n;
			break;
		}
	}
	return x;
}

int nested(int a, int b)
{
	int x;
	if (a) {
		if (b)
			x = 1;
		else
			return 0;
	} else {
		x = 2;
	}
	return x;
}

int assembly(void)
{
	int x;
	asm volatile("%0 = 1" : "=r"(x));
	return x;
}

int twice(int c)
{
	int x;
	sink(x);
	sink(x);
	return c;
}

int vol(void)
{
	volatile int x;
	return x;
}
