// Builtins that count bits, the typed overflow forms, the compare-exchange with a place for the old value, calls through
// pointers that become known, and layouts that attributes and pragmas change.
u64 out[160];
static int at;
static volatile u64 inputs[] = { 0, 1, 2, 8, 0x80, 0xffffffff, 0x80000000, 0x100000000, 0x8000000000000000, 0xf0f0f0f0f0f0f0f0, ~0ull };

static __noinline void count(u64 v)
{
	out[at++ & 127] = __builtin_ffs(v) + 100 * __builtin_ffsll(v);
	out[at++ & 127] = __builtin_parity(v) + 10 * __builtin_parityl(v);
	out[at++ & 127] = __builtin_clrsb(v) + 100 * __builtin_clrsbll(v);
	out[at++ & 127] = __builtin_popcountll(v) + (v ? __builtin_clzll(v) * 100 + __builtin_ctzll(v) * 10000 : 0);
}

static __noinline u64 overflows(s64 a, s64 b)
{
	int i = 0;
	unsigned int u = 0;
	long l = 0;
	u64 flags = __builtin_sadd_overflow(a, b, &i);

	flags |= __builtin_usub_overflow(a, b, &u) << 1;
	flags |= __builtin_saddl_overflow(a, b, &l) << 2;
	flags |= __builtin_smul_overflow(a, b, &i) << 3;
	return flags + (u64)(unsigned int)i * 16 + u + l;
}

static int cell = 5;

static __noinline u64 exchange(int expected, int wanted)
{
	u64 done = __atomic_compare_exchange_n(&cell, &expected, wanted, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);

	return done * 10000 + (u64)(unsigned int)expected * 100 + (unsigned int)cell;
}

typedef int (*step)(int);
static __noinline int twice(int x) { return x * 2; }
static __noinline int thrice(int x) { return x * 3; }
static inline __attribute__((always_inline)) int apply(step f, int x) { return f(x) + (*f)(x + 1); }
static const struct { int id; step run; } table[] = { { 1, twice }, { 2, thrice } };
static step unchanged = thrice;

static __noinline u64 pointers(int x)
{
	step local = x == x ? twice : thrice;

	return apply(twice, x) + 100 * apply(thrice, x) + 10000 * table[1].run(x) + 1000000 * unchanged(x) + local(x);
}

#pragma pack(push, 2)
struct pairs { u8 a; u64 b; u16 c : 5; u32 d : 20; u8 e; };
#pragma pack(pop)
typedef u32 wide_u32 __attribute__((aligned(16)));
typedef u64 loose_u64 __attribute__((aligned(4)));
struct mixed { u8 a; wide_u32 b; loose_u64 c; u8 d : 3 __attribute__((aligned(4))); };
static struct pairs some_pairs = { 1, 0x1122334455667788, 9, 0x54321, 0xee };
static struct mixed some_mixed = { 1, 2, 0x99aabbccddeeff00, 5 };

static __noinline u64 layouts(struct pairs *p, struct mixed *m)
{
	p->d += 3;
	m->c += 7;
	m->d ^= 6;
	return p->b + p->c + p->d * 3 + p->e + m->b + m->c + m->d + sizeof(*p) * 1000 + sizeof(*m) * 100000;
}

static void work(void)
{
	const int first = 2;
	const unsigned long later = 10E9;

	for (int i = 0; i < (int)(sizeof(inputs) / sizeof(inputs[0])); i++)
		count(inputs[i]);
	out[128] = overflows(0x7fffffff, 1);
	out[129] = overflows(-5, 7);
	out[130] = overflows(0x12345678, 0x1000);
	out[131] = exchange(4, 6);
	out[132] = exchange(5, 7);
	out[133] = pointers(11);
	out[134] = layouts(&some_pairs, &some_mixed);
	for (unsigned int i = 0; i < sizeof(some_pairs); i++)
		out[144] = out[144] * 31 + ((u8 *)&some_pairs)[i];
	out[145] = later / first + (u64)(2.5 * 4);
}
