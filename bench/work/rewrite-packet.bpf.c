// A packet answered: addresses exchanged, the hop count lowered, the header's checksum computed anew.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>

char _license[] SEC("license") = "GPL";

#define TC_ACT_OK 0
#define TC_ACT_SHOT 2

u64 rewritten;

static u16 folded(u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

SEC("tc")
int rewrite_packet(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct ethhdr *eth = data;
	struct iphdr *ip = (void *)(eth + 1);
	unsigned char mac[6];
	u16 *word = (void *)ip;
	u32 sum = 0;
	__be32 from;

	if ((void *)(ip + 1) > end || eth->h_proto != bpf_htons(0x0800) || ip->ihl != 5)
		return TC_ACT_OK;
	__builtin_memcpy(mac, eth->h_dest, sizeof(mac));
	__builtin_memcpy(eth->h_dest, eth->h_source, sizeof(mac));
	__builtin_memcpy(eth->h_source, mac, sizeof(mac));
	from = ip->saddr;
	ip->saddr = ip->daddr;
	ip->daddr = from;
	if (ip->ttl <= 1)
		return TC_ACT_SHOT;
	ip->ttl--;
	ip->check = 0;
	for (int i = 0; i < (int)sizeof(*ip) / 2; i++)
		sum += word[i];
	ip->check = folded(sum);
	rewritten++;
	return TC_ACT_OK;
}
