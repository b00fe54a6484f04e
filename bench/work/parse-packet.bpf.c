// A packet's protocol and ports, counted; both IP versions, VLAN tags, options.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>

char _license[] SEC("license") = "GPL";

#define ETH_P_IP 0x0800
#define ETH_P_IPV6 0x86DD
#define ETH_P_8021Q 0x8100
#define ETH_P_8021AD 0x88A8

struct packet_count {
	u64 packets;
	u64 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 256);
	__type(key, u32);
	__type(value, struct packet_count);
} protocols SEC(".maps");

struct vlan_tag {
	__be16 tci;
	__be16 next;
};

u64 short_ones, to_low_ports;

SEC("xdp")
int parse_packet(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct packet_count *count;
	__be16 *ports;
	void *at = eth + 1;
	__be16 type;
	u32 protocol;

	if (at > end)
		goto cut;
	type = eth->h_proto;
	for (int i = 0; i < 2 && (type == bpf_htons(ETH_P_8021Q) || type == bpf_htons(ETH_P_8021AD)); i++) {
		struct vlan_tag *tag = at;

		if ((void *)(tag + 1) > end)
			goto cut;
		type = tag->next;
		at = tag + 1;
	}
	if (type == bpf_htons(ETH_P_IP)) {
		struct iphdr *ip = at;

		if ((void *)(ip + 1) > end)
			goto cut;
		protocol = ip->protocol;
		at += ip->ihl * 4;
	} else if (type == bpf_htons(ETH_P_IPV6)) {
		struct ipv6hdr *ip = at;

		if ((void *)(ip + 1) > end)
			goto cut;
		protocol = ip->nexthdr;
		at = ip + 1;
	} else {
		return XDP_PASS;
	}
	count = bpf_map_lookup_elem(&protocols, &protocol);
	if (!count)
		return XDP_ABORTED;
	count->packets++;
	count->bytes += end - data;
	if (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP)
		return XDP_PASS;
	ports = at;
	if ((void *)(ports + 2) > end)
		goto cut;
	if (bpf_ntohs(ports[1]) < 1024)
		to_low_ports++;
	return XDP_PASS;
cut:
	short_ones++;
	return XDP_DROP;
}
