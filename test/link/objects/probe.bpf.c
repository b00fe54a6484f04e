/* clang-19 -O2 -g -target bpf -mcpu=v3 -fdebug-compilation-dir=. -c probe.bpf.c && llvm-strip -g probe.bpf.o: an object that bpfasm did not make. */
typedef unsigned int u32;
typedef unsigned long long u64;
#define SEC(name) __attribute__((section(name), used))
#define CORE __attribute__((preserve_access_index))

struct net_device {
	int ifindex;
} CORE;
struct sk_buff {
	u32 len;
	struct net_device *dev;
	u64 stamp;
} CORE;
struct sk_buff___later {
	u32 gone;
} CORE;
enum kind { FIRST, SECOND };
struct task_struct;

static void *(*lookup)(void *, const void *) = (void *)1;
static long (*loop)(u32, void *, void *, u64) = (void *)181;

char _license[] SEC("license") = "Dual MIT/GPL";

struct {
	int (*type)[2];
	int (*max_entries)[16];
	u32 *key;
	u64 *value;
} counts SEC(".maps");
struct {
	int (*type)[27];
	int (*max_entries)[5000];
} events SEC(".maps");
struct inner {
	int (*type)[2];
	int (*max_entries)[1];
	u32 *key;
	u32 *value;
} first SEC(".maps");
struct {
	int (*type)[12];
	int (*max_entries)[2];
	u32 *key;
	struct inner *values[];
} outer SEC(".maps") = { .values = { &first } };

extern u32 LINUX_KERNEL_VERSION __attribute__((section(".kconfig")));
extern _Bool CONFIG_WIDE __attribute__((section(".kconfig"), weak));
extern int per_boot __attribute__((section(".ksyms")));
extern const void untyped __attribute__((section(".ksyms"), weak));
_Bool bpf_session_is_return(void *ctx) __attribute__((section(".ksyms")));
int bpf_absent(void *ctx) __attribute__((section(".ksyms"), weak));
int bpf_changed___v2(u64 n) __attribute__((section(".ksyms"), weak));

u64 calls;
static u64 hidden;
u64 initial = 42;
const volatile u32 limit = 7;

static __attribute__((noinline)) int twice(int n)
{
	hidden++;
	return n * 2 + limit;
}

__attribute__((noinline)) int thrice(int n)
{
	calls += twice(n);
	return n * 3;
}

static int step(u64 i, void *data)
{
	calls++;
	return 0;
}

SEC("fsession/icmp_rcv")
int on_icmp(u64 *ctx)
{
	struct sk_buff *skb = (void *)ctx[0];
	u32 key = skb->len;
	u64 *count = lookup(&counts, &key);

	if (count)
		*count += thrice(key);
	if (!bpf_session_is_return(ctx))
		initial += skb->dev->ifindex + LINUX_KERNEL_VERSION + skb->stamp + per_boot;
	if (__builtin_preserve_field_info(((struct sk_buff___later *)skb)->gone, 2))
		calls += ((struct sk_buff___later *)skb)->gone;
	if (bpf_absent)
		calls += bpf_absent(ctx);
	if (bpf_changed___v2)
		calls += bpf_changed___v2(1);
	if (CONFIG_WIDE || &untyped)
		calls++;
	loop(3, step, &events, 0);
	return __builtin_preserve_enum_value(*(enum kind *)SECOND, 1);
}

SEC("fentry/icmp_rcv")
int second(u64 *ctx)
{
	calls += twice(1) + (unsigned long)&outer % 2;
	return 0;
}
