#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

SEC("fsession/icmp_rcv")
int BPF_PROG(fsession__icmp_rcv, struct sk_buff *skb)
{
    if (bpf_session_is_return(ctx))
        bpf_printk("fsession exit.\n");
    else
        bpf_printk("fsession entry.\n");
    return BPF_OK;
}
