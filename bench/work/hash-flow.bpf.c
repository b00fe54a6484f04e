// A flow's place in a table, by a hash of its addresses and ports.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

#define PLACES 128

struct flow {
	u32 from, to;
	u16 source, target;
	u32 protocol;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, PLACES);
	__type(key, u32);
	__type(value, struct flow);
} places SEC(".maps");

u64 taken, stolen;

#define rotated(word, by) ((word) << (by) | (word) >> (32 - (by)))
#define mixed(a, b, c) \
	do { \
		a -= c, a ^= rotated(c, 4), c += b; \
		b -= a, b ^= rotated(a, 6), a += c; \
		c -= b, c ^= rotated(b, 8), b += a; \
	} while (0)

static u32 hash(const struct flow *flow)
{
	u32 a = flow->from, b = flow->to, c = (u32)flow->source << 16 | flow->target;

	mixed(a, b, c);
	a += flow->protocol;
	mixed(a, b, c);
	return c;
}

SEC("socket")
int hash_flow(struct __sk_buff *skb)
{
	struct flow flow = { .protocol = skb->protocol }, *old;
	u32 place;

	if (bpf_skb_load_bytes(skb, 26, &flow.from, 8) || bpf_skb_load_bytes(skb, 34, &flow.source, 4))
		return 0;
	place = hash(&flow) % PLACES;
	old = bpf_map_lookup_elem(&places, &place);
	if (!old)
		return 0;
	if (!old->protocol)
		taken++;
	else if (old->from != flow.from || old->to != flow.to || old->source != flow.source ||
		 old->target != flow.target)
		stolen++;
	*old = flow;
	return place;
}
