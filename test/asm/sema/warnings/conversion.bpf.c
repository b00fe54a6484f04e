// Implicit conversions that lose bits or a sign.
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long s64;
typedef unsigned char u8;
typedef signed char s8;
typedef unsigned short u16;
enum color { RED, GREEN, BLUE };
enum shape { ROUND, SQUARE };
struct bits { u32 three : 3; int s4 : 4; u8 b; u16 h; u64 l; };
void take_u8(u8 x);
void take_u32(u32 x);
void take_int(int x);
void take_u64(u64 x);

u32 narrow(int s, u32 u, long l, u64 ul, u8 b, short h, struct bits *f)
{
	u8 a = s;
	u8 a1 = u & 0xff;
	u8 a2 = s & 0xff;
	u8 a3 = b + 1;
	u8 a4 = b;
	u16 a5 = b << 8;
	u32 a6 = ul;
	int a7 = l;
	int a8 = ul >> 32;
	u8 a9 = ul;
	u16 a10 = u >> 16;
	a = s;
	a += s;
	a = a + 1;
	a |= 4;
	b = 300;
	b = 255;
	b = -1;
	b = -129;
	s8 c = 200;
	s8 c1 = 127;
	u16 c2 = 70000;
	u32 c3 = 0x1ffffffffull;
	int c4 = 0x80000000;
	int c5 = 0xffffffffu;
	f->three = 8;
	f->three = 7;
	f->s4 = 8;
	f->s4 = 7;
	f->s4 = -8;
	f->three = u;
	f->b = s;
	f->h = u;
	f->l = s;
	f->l = u;
	take_u8(s);
	take_u8(256);
	take_u32(ul);
	take_u32(s);
	take_int(u);
	take_u64(s);
	take_u64(-1);
	take_u64(l);
	take_int(l);
	u = s;
	s = u;
	u = -1;
	u = l;
	ul = s;
	ul = l;
	l = ul;
	l = u;
	u = b;
	s = b;
	h = s;
	u += s;
	u = u + s;
	u = s * 2;
	u = s & 15;
	ul = u * s;
	s = sizeof(int);
	s = u ? 1 : 2;
	s = b ? u : 2;
	u = (u32)s;
	u8 d[2] = { s, 300 };
	struct bits e = { .b = s, .h = 70000, .three = 9 };
	s = ul ? l : s;
	h++;
	_Bool t = s;
	t = 2;
	s = ~0u;
	u = ~0;
	u = ~s;
	return ul;
}

u8 result(int x)
{
	if (x > 3)
		return 400;
	return x;
}

int enums(enum color c, enum shape s, int n)
{
	c = s;
	c = ROUND;
	c = n;
	n = c;
	c = 5;
	u32 u = c;
	u8 b = c;
	u8 b1 = BLUE;
	return s == 1 ? c : s;
}

int index_by(int *p, u32 u, int s, s64 l)
{
	return p[u] + p[s] + p[l] + *(p + s);
}

void casts(void *p, int *q, int s, u32 u, u64 l)
{
	u32 a = (u32)p;
	u64 b = (u64)p;
	void *c = (void *)s;
	void *d = (void *)l;
	u8 e = (u8)(long)p;
	int *f = (int *)u;
	int g = (int)q;
	int *h = (int *)5;
	_Bool i = (_Bool)p;
	a = a + b + e + g + i + (c == d) + (f == h);
}
