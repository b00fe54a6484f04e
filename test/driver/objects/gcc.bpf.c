// Compiled with Debian's gcc-bpf 12: bpf-gcc -O2 -gbtf -c gcc.bpf.c -o gcc.bpf.o
#define SEC(n) __attribute__((section(n), used))
#define __uint(name, val) int (*name)[val]
#define __type(name, val) typeof(val) *name
typedef unsigned int u32;
typedef unsigned long u64;
struct { __uint(type, 1); __uint(max_entries, 8); __type(key, u32); __type(value, u64); } counts SEC(".maps");
u64 total = 5;
char LICENSE[] SEC("license") = "GPL";
static void *(*lookup)(void *map, const void *key) = (void *)1;
SEC("fentry/icmp_rcv") int probe(u64 *ctx)
{
	u32 key = 1;
	u64 *value = lookup(&counts, &key);
	if (value)
		*value += total;
	return 0;
}
