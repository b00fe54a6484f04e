// Pointers of the wrong kind.
typedef unsigned int u32;
typedef unsigned char u8;
struct a { int x; };
struct b { int x; };
void take_a(struct a *);
void take_char(char *);
void take_const(const char *);
void take_void(void *);
void take_int(int *);
u32 global;

int assign(struct a *a, struct b *b, const char *c, char *d, void *v, const void *cv, volatile int *vi, int **pp)
{
	int n = 0;
	u32 u = 0;
	long l = 0;
	long long ll = 0;
	u8 bytes[4] = {};
	struct a *x = b;
	struct b *y = a;
	char *e = c;
	const char *f = d;
	int *g = &u;
	u32 *h = &n;
	u8 *i = d;
	char *j = bytes;
	long *k = &ll;
	int *m = v;
	void *o = cv;
	int *p = vi;
	const int **q = pp;
	int *r = &l;
	void **s = pp;
	const u8 *t = c;
	take_a(b);
	take_a((struct a *)b);
	take_char(c);
	take_const(c);
	take_void(v);
	take_void(cv);
	take_int(&u);
	take_char(bytes);
	n += x == (void *)y;
	n += a == b;
	n += c == d;
	n += g == h;
	n += (void *)k == v;
	n += v == a;
	n += v < a;
	n += (void *)a >= v;
	n += a + 1 > v;
	n += (n ? a : b) == v;
	return n + (e == f) + (i == bytes) + (j == d) + (m == p) + (o == q) + (r == s) + (t == v);
}
