// XDP on frames of several fragments, of every kind.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>
#include "tally.h"

char _license[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_CPUMAP);
	__uint(max_entries, 2);
	__type(key, u32);
	__type(value, struct bpf_cpumap_val);
} processors SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 2);
	__type(key, u32);
	__type(value, struct bpf_devmap_val);
} devices SEC(".maps");

#define FRAME(name, section, verdict) \
	TALLY(name); \
	SEC(section) int name(struct xdp_md *ctx) \
	{ \
		struct ethhdr *eth = (void *)(long)ctx->data; \
		start(&name##_seen); \
		if ((void *)(eth + 1) > (void *)(long)ctx->data_end) \
			return XDP_ABORTED; \
		note(&name##_seen, bpf_ntohs(eth->h_proto)); \
		note(&name##_seen, ctx->data_end - ctx->data); \
		eth->h_source[1] ^= 0x55; \
		return verdict; \
	}

FRAME(look, "xdp.frags", XDP_TX)
FRAME(move, "xdp.frags", bpf_redirect_map(&processors, 0, 0))
FRAME(send, "xdp.frags", bpf_redirect_map(&devices, 0, 0))
FRAME(on_processor, "xdp.frags/cpumap", XDP_DROP)
FRAME(on_device, "xdp.frags/devmap", XDP_DROP)
