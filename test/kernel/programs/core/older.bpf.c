// What kernels before 6.4 and 6.7 ask of code: no number goes to the context by itself, and a loop goes on by a jump.
const volatile unsigned char expected[16] = "bpfasm";
int same;

SEC("cgroup/connect4")
int to_loopback(struct bpf_sock_addr *ctx)
{
    if (ctx->user_port != bpf_htons(7))
        return 1;
    ctx->user_ip4 = bpf_htonl(0x7f000001);
    ctx->user_port = bpf_htons(4040);
    return 1;
}

static __noinline int mark(struct __sk_buff *skb, int shift)
{
    skb->cb[0] = 7;
    skb->priority = 1 << shift;
    return 0;
}

SEC("tc")
int marks(struct __sk_buff *skb)
{
    skb->mark = 5;
    return mark(skb, 2) + mark(skb, 3);
}

SEC("tracepoint/syscalls/sys_enter_getpgid")
int compares(void *ctx)
{
    char name[16];

    bpf_get_current_comm(name, sizeof(name));
    for (int i = 0; i < sizeof(name); i++) {
        if (name[i] != expected[i])
            return 0;
        if (!name[i])
            break;
    }
    same++;
    return 0;
}

SEC("tracepoint/syscalls/sys_enter_getppid")
int waits(void *ctx)
{
    int rounds = 0;

    while (rounds < 50 && bpf_get_prandom_u32() & 1)
        rounds++;
    same += rounds;
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
