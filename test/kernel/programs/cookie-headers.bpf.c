#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

SEC("fsession/icmp_rcv")
int BPF_PROG(fsession__icmp_rcv, struct sk_buff *skb)
{
    u64 *cookie = bpf_session_cookie(ctx);

    if (!bpf_session_is_return(ctx))
        *cookie = 0xDEADBEEF;
    else
        bpf_printk("fsession cookie: 0x%llx\n", *cookie);
    return BPF_OK;
}
