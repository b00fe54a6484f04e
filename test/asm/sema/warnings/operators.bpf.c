// Operators with operands that make no sense.
typedef unsigned int u32;
typedef unsigned long long u64;
typedef unsigned char u8;
struct big { int a[10]; int n; };
void *memset(void *, int, unsigned long);
void *memcpy(void *, const void *, unsigned long);
int sink(int);

int shifts(int s, u32 u, u64 l, int n)
{
	int r = 0;
	r += s << 32;
	r += s >> 40;
	r += s << -1;
	r += u << 31;
	r += 1 << 31;
	r += 1 << 32;
	r += 3 << 31;
	r += -1 << 2;
	r += l << 64;
	r += l << 63;
	r += 1 << n;
	s <<= 32;
	s >>= -3;
	r += (u8)s << 24;
	r += (u8)s << 32;
	return r;
}

int divisions(int s, u32 u)
{
	int r = s / 0;
	r += s % 0;
	u /= 0;
	r += s / (2 - 2);
	r += 5 / 0;
	return r + u;
}

int overflows(int s)
{
	int r = 2147483647 + 1;
	long l = 1024 * 1024 * 1024 * 4;
	u64 u = 1000000 * 1000000;
	r = -2147483648 - 1;
	u32 v = 4294967295u + 1;
	u64 w = 1u << 31;
	r = s + 2147483647;
	r = 65536 * 65536;
	r += sink(0x7fffffff * 2);
	return r + l + u + v + w;
}

int selves(struct big *b, int x, int *p)
{
	x = x;
	b->n = b->n;
	p[0] = p[0];
	x += x;
	x &= x;
	x |= x;
	x = (int)x;
	return x;
}

int sizes(struct big *b, int array[4], char *text)
{
	struct big other;
	int own[4];
	memset(b, 0, sizeof(b));
	memset(b, 0, sizeof(*b));
	memset(&other, 0, sizeof(&other));
	memset(own, 0, sizeof(own));
	memcpy(&other, b, sizeof(b));
	memcpy(b, &other, sizeof(struct big));
	memset(text, 0, sizeof(text));
	memset(own, sizeof(own), 0);
	int n = sizeof(array);
	n += sizeof(own) / sizeof(own[0]);
	n += sizeof(text) / sizeof(text[0]);
	n += sizeof(array) / sizeof(array[0]);
	n += sizeof(own) / sizeof(char);
	return n + other.n + own[0];
}

int bounds(int i)
{
	int a[4] = {};
	struct big b = {};
	a[4] = 1;
	a[3] = 2;
	a[-1] = 3;
	i += a[5];
	i += b.a[10];
	i += *(a + 4);
	int *end = &a[4];
	int *past = &a[5];
	return i + *end + *past;
}
