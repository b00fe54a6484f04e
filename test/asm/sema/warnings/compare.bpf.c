// Comparisons that mean something else, or nothing.
typedef unsigned int u32;
typedef unsigned long long u64;
typedef unsigned char u8;
typedef unsigned short u16;
enum color { RED, GREEN, BLUE };
enum shape { ROUND, SQUARE };
struct bits { u32 three : 3; int s4 : 4; u32 full; };
extern u8 bytes[8];
int sink(int);

int signs(int s, u32 u, long l, u64 ul, u8 b, short h, struct bits *f, enum color c, enum shape sh)
{
	int n = 0;
	n += s == u;
	n += s < u;
	n += u > s;
	n += s < 4u;
	n += -1 == u;
	n += u < 4;
	n += u == -1;
	n += b < s;
	n += h < u;
	n += b < u;
	n += l < u;
	n += l < ul;
	n += ul == s;
	n += s < sizeof(int);
	n += f->three < s;
	n += f->three < u;
	n += f->s4 < u;
	n += c < s;
	n += c == s;
	n += c < 3;
	n += (s & 7) < u;
	n += (b + 1) < u;
	n += (b << 2) == u;
	n += s / 2 < u;
	n += (s > 3 ? 4 : 5) < u;
	n += (s > 3 ? s : 5) < u;
	n += !s == u;
	n += (u8)s < u;
	n += s % 3 < u;
	n += ~b == u;
	n += (h & 0xff) < u;
	n += (s >> 31) == u;
	n += 'a' < u;
	n += (u < 3) == u;
	n += -b < u;
	n += RED < u;
	n += c == sh;
	n += c == ROUND;
	for (int i = 0; i < u; i++)
		n++;
	n += s != u ? 1 : 0;
	return n + (s ? s : u);
}

int ranges(int s, u32 u, u8 b, u16 h, u64 l, struct bits *f, enum color c)
{
	int n = 0;
	n += b == 256;
	n += b < 256;
	n += b > 255;
	n += b >= 0;
	n += u < 0;
	n += u >= 0;
	n += 0 > u;
	n += 0 <= l;
	n += u == 0x100000000ull;
	n += u < 0x100000000ull;
	n += h == 70000;
	n += h == -1;
	n += s == 0x100000000;
	n += s > 2147483647;
	n += s >= -2147483648;
	n += f->three == 8;
	n += f->three < 8;
	n += f->three > 7;
	n += f->s4 == 8;
	n += l > 0xffffffffffffffff;
	n += u > 0xffffffff;
	n += u <= 4294967295u;
	n += c < 0;
	n += c == 7;
	n += !s == 2;
	n += (s > 1) > 1;
	n += (u & 3) == 8;
	n += (u & 3) > 3;
	n += (b & 0xf0) == 1;
	n += (s | 4) == 0;
	n += (_Bool)s == 2;
	n += h < 65536;
	n += s < 3000000000u;
	return n;
}

int selves(int a, int b, int *p, struct bits *f)
{
	int n = 0;
	n += a == a;
	n += a < a;
	n += a != a;
	n += p[1] == p[1];
	n += f->full == f->full;
	n += a == b;
	n += sink(a) == sink(a);
	if (a > 5 && a < 2)
		n++;
	if (a != 1 || a != 2)
		n++;
	n += p == p;
	n += "a" == "b";
	n += (char *)p == "abc";
	n += bytes == 0;
	n += bytes != (void *)0;
	n += &a == 0;
	if (bytes)
		n++;
	if (&a)
		n++;
	if (sink)
		n++;
	if (!bytes)
		n++;
	n += sink == 0;
	n += 1 < a < 3;
	n += (a == b) == b;
	n += !a == b;
	n += !a < b;
	n += (!a) == b;
	n += !(a & b) == b;
	n += a && 4;
	n += a || 8;
	n += a && 1;
	n += a & (b == 1);
	n += a & b == 1;
	n += a | b << 1;
	n += a || b && n;
	n += a << b + 1;
	n += a && b || n;
	n += (a && b) || n;
	n += a & b | n;
	n += a ^ b | n;
	n += a > 1 | b > 2;
	n += a + b ? 1 : 2;
	n += a & 1 ? 1 : 2;
	n += a + (b ? 1 : 2);
	if (a = b)
		n++;
	if ((a = b))
		n++;
	if ((a == b))
		n++;
	while (a = n)
		n--;
	n += (a |= b) ? 1 : 2;
	if (a |= b)
		n++;
	if (n = sink(a))
		n++;
	if (a == b)
		n++;
	n += 2 ^ 8;
	n += 10 ^ a;
	return n;
}
