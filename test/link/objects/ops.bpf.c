/* clang-19 -O2 -g -target bpf -mcpu=v3 -fdebug-compilation-dir=. -c ops.bpf.c && llvm-strip -g ops.bpf.o: struct_ops programs, made by another compiler. */
#define SEC(name) __attribute__((section(name), used))

struct sock;

struct tcp_congestion_ops___mine {
	unsigned int (*ssthresh)(struct sock *sk);
	void (*init)(struct sock *sk);
	void (*no_such)(struct sock *sk);
	char name[16];
};

SEC("struct_ops") unsigned int threshold(unsigned long long *ctx)
{
	return 2;
}

SEC("struct_ops") void begin(unsigned long long *ctx)
{
}

SEC("struct_ops.s/whatever") void unused(unsigned long long *ctx)
{
}

SEC("struct_ops/later") void later(unsigned long long *ctx)
{
}

SEC(".struct_ops") struct tcp_congestion_ops___mine first = {
	.ssthresh = (void *)threshold,
	.name = "first",
};

SEC(".struct_ops.link") struct tcp_congestion_ops___mine second = {
	.init = (void *)begin,
	.ssthresh = (void *)threshold,
	.name = "second",
};

SEC("?.struct_ops.link") struct tcp_congestion_ops___mine third = {
	.no_such = (void *)later,
	.name = "third",
};

char _license[] SEC("license") = "GPL";
