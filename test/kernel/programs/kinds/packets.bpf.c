// Programs of the network: packets, sockets, their messages and look-ups.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

char _license[] SEC("license") = "GPL";

u64 seen;

#define HEADER(name, section, verdict) \
	SEC(section) int name(struct __sk_buff *ctx) \
	{ \
		u8 *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end; \
		if (data + 14 <= end) \
			seen += data[13]; \
		seen += ctx->len + bpf_ntohs(ctx->protocol); \
		return verdict; \
	}
#define FRAME(name, section) \
	SEC(section) int name(struct xdp_md *ctx) \
	{ \
		struct ethhdr *eth = (void *)(long)ctx->data; \
		if ((void *)(eth + 1) <= (void *)(long)ctx->data_end) \
			seen += eth->h_proto; \
		seen += ctx->ingress_ifindex; \
		return XDP_PASS; \
	}

HEADER(tc_ingress, "tc/ingress", 0)
HEADER(tc_egress, "tc/egress", 0)
HEADER(tcx_ingress, "tcx/ingress", -1)
HEADER(tcx_egress, "tcx/egress", -1)
HEADER(tc_any, "tc", 0)
HEADER(classify, "classifier", 0)
HEADER(act, "action", 0)
HEADER(netkit_primary, "netkit/primary", -1)
HEADER(netkit_peer, "netkit/peer", -1)
HEADER(tunnel_in, "lwt_in", 0)
HEADER(tunnel_out, "lwt_out", 0)
HEADER(tunnel_xmit, "lwt_xmit", 0)
HEADER(tunnel_seg6local, "lwt_seg6local", 0)
HEADER(stream_any, "sk_skb", SK_PASS)
HEADER(sk_skb_verdict, "sk_skb/verdict", SK_PASS)
HEADER(stream_verdict, "sk_skb/stream_verdict", SK_PASS)
HEADER(stream_parser, "sk_skb/stream_parser", ctx->len)

FRAME(frame, "xdp")
FRAME(xdp_frags, "xdp.frags")
FRAME(xdp_devmap, "xdp/devmap")
FRAME(xdp_frags_devmap, "xdp.frags/devmap")
FRAME(xdp_cpumap, "xdp/cpumap")
FRAME(xdp_frags_cpumap, "xdp.frags/cpumap")

SEC("socket")
int filter(struct __sk_buff *ctx)
{
	u8 protocol = 0;

	bpf_skb_load_bytes(ctx, 9, &protocol, 1);
	seen += protocol + ctx->cb[0];
	return ctx->len;
}

SEC("sk_msg")
int message(struct sk_msg_md *ctx)
{
	u8 *data = ctx->data;

	if (data + 1 <= (u8 *)ctx->data_end)
		seen += *data;
	seen += ctx->size + ctx->remote_port;
	return SK_PASS;
}

SEC("sk_reuseport")
int reuseport(struct sk_reuseport_md *ctx)
{
	u8 *data = ctx->data;

	if (data + 1 <= (u8 *)ctx->data_end)
		seen += *data;
	seen += ctx->hash;
	return SK_PASS;
}

SEC("sk_reuseport/migrate")
int sk_reuseport_migrate(struct sk_reuseport_md *ctx)
{
	seen += ctx->migrating_sk ? ctx->migrating_sk->src_port : ctx->sk->family;
	return SK_PASS;
}

SEC("sk_lookup")
int lookup(struct bpf_sk_lookup *ctx)
{
	seen += ctx->local_port + ctx->remote_ip6[3];
	return SK_PASS;
}

SEC("flow_dissector")
int dissect(struct __sk_buff *ctx)
{
	struct bpf_flow_keys *keys = ctx->flow_keys;

	keys->ip_proto = 17;
	seen += keys->nhoff;
	return BPF_OK;
}

SEC("netfilter")
int hook(struct bpf_nf_ctx *ctx)
{
	seen += ctx->state->hook + ctx->skb->len;
	return 1;
}
