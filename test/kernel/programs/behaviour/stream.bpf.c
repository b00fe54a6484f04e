// A verdict on what comes to a socket, without a parser before it.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "tally.h"

char _license[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_SOCKHASH);
	__uint(max_entries, 4);
	__type(key, u32);
	__type(value, u64);
} sockets SEC(".maps");

#define VERDICT(name, section) \
	TALLY(name); \
	SEC(section) int name(struct __sk_buff *ctx) \
	{ \
		u32 key = 0; \
		u8 byte = 0; \
		start(&name##_seen); \
		bpf_skb_load_bytes(ctx, 2, &byte, 1); \
		note(&name##_seen, (u64)ctx->len << 8 | byte); \
		return bpf_sk_redirect_hash(ctx, &sockets, &key, BPF_F_INGRESS); \
	}

VERDICT(verdict, "sk_skb/verdict")
