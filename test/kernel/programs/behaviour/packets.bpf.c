// Packets on the way through devices, tunnels, filters: each program notes what it reads, and some change it.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>
#include "tally.h"

char _license[] SEC("license") = "GPL";

#define UDP 17

static __always_inline void look(struct __sk_buff *ctx, struct tally *tally, int start_of_ip)
{
	u8 protocol = 0, bytes[4] = { 0 };

	bpf_skb_load_bytes(ctx, start_of_ip + 9, &protocol, 1);
	if (start_of_ip >= 0 && protocol != UDP)
		return; // how many others there are is a matter of time
	start(tally);
	note(tally, (u64)ctx->len << 32 | bpf_ntohs(ctx->protocol));
	if (!bpf_skb_load_bytes(ctx, start_of_ip + 16, bytes, sizeof bytes))
		note(tally, bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3]);
}

#define PACKET(name, section, start_of_ip, verdict) \
	TALLY(name); \
	SEC(section) int name(struct __sk_buff *ctx) \
	{ \
		look(ctx, &name##_seen, start_of_ip); \
		return verdict; \
	}
#define RUN(name, section, verdict) PACKET(name, section, -4, verdict)

PACKET(tc_ingress, "tc/ingress", 14, TCX_NEXT)
PACKET(tc_egress, "tc/egress", 14, TCX_NEXT)
PACKET(tcx_ingress, "tcx/ingress", 14, TCX_NEXT)
PACKET(tcx_egress, "tcx/egress", 14, TCX_NEXT)
PACKET(netkit_primary, "netkit/primary", 14, NETKIT_NEXT)
PACKET(netkit_peer, "netkit/peer", 14, NETKIT_DROP)
PACKET(tunnel_out, "lwt_out", 0, BPF_DROP)
PACKET(tunnel_xmit, "lwt_xmit", 0, BPF_OK)
PACKET(tunnel_seg6local, "lwt_seg6local", -4, BPF_OK)
PACKET(ingress, "cgroup_skb/ingress", 0, 1)
PACKET(egress, "cgroup_skb/egress", 0, 1)
PACKET(both, "cgroup/skb", 0, 1)
RUN(tc_any, "tc", ctx->len & 3)
RUN(classify, "classifier", ctx->len % 5)
RUN(act, "action", 4)
RUN(tunnel_in, "lwt_in", BPF_OK)
RUN(filter, "socket", ctx->len / 2)

TALLY(dissector);

SEC("flow_dissector")
int dissector(struct __sk_buff *ctx)
{
	struct bpf_flow_keys *keys = ctx->flow_keys;
	u8 header[20];

	start(&dissector_seen);
	note(&dissector_seen, (u64)keys->nhoff << 32 | bpf_ntohs(keys->n_proto));
	if (bpf_skb_load_bytes(ctx, keys->nhoff, header, sizeof header))
		return BPF_DROP;
	note(&dissector_seen, header[9]);
	keys->ip_proto = header[9];
	keys->thoff = keys->nhoff + (header[0] & 15) * 4;
	keys->sport = bpf_htons(4242);
	return BPF_OK;
}

TALLY(hook);

SEC("netfilter")
int hook(struct bpf_nf_ctx *ctx)
{
	struct sk_buff *skb = ctx->skb;

	if (skb->len != 38) // the datagram over loopback
		return 1;
	start(&hook_seen);
	note(&hook_seen, (u64)ctx->state->hook << 32 | ctx->state->pf);
	return 0;
}
