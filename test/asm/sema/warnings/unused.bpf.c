// Things that nobody uses.
struct pair { int a, b; };
int sink(int);
int __attribute__((warn_unused_result)) must_look(int);
static int lonely(int x) { return x + 1; }
static int counter;
static const int limit = 4;
static inline int fine(int x) { return x; }
static int marked __attribute__((unused));
static int __attribute__((unused)) marked_fn(void) { return 0; }
static int recursive_user(int n) { return sink(n); }

int variables(int p, int q, int r __attribute__((unused)))
{
	int a;
	int b = 1;
	int c;
	int d = sink(p);
	int e __attribute__((unused));
	struct pair f = {};
	static int g;
	int h, i;
	typedef int local_name;
	int j = 0;
	int k = 0;
	int *l;
	c = 2;
	h = sink(p);
	i = 0;
	i += h;
	j++;
	k = k + 1;
	l = &h;
	q = 4;
	return 0;
}

int labels(int p)
{
	if (p)
		goto used;
out:
	p = 2;
used:
	return recursive_user(p);
}

int values(int *p, struct pair *s)
{
	int a = 1, b = 2;
	a;
	a + b;
	a == b;
	a < b;
	!a;
	*p;
	s->a;
	p[1];
	(void)a;
	(void)(a + b);
	-a;
	5;
	&a;
	(int)a;
	a ? b : a;
	a ? sink(1) : sink(2);
	sink(a), b;
	a, sink(b);
	must_look(a);
	(void)must_look(a);
	({ a; });
	({ sink(1); a + 1; });
	sizeof(int);
	a && sink(2);
	a || b;
	*p++;
	p++;
	a += 2;
	for (a; a < 3; a++)
		a * b;
	return sink(b);
}

int parameters(int x, int y)
{
	(void)x;
	return y;
}

int nothing(int x, int);
int nothing(int x, int y)
{
	return 0;
}

#define UNUSED_VALUE(x) (x)
#define STATEMENT(x) ({ int _v = (x); _v; })
int macros(int x)
{
	UNUSED_VALUE(x + 1);
	STATEMENT(x);
	return 0;
}
