// Sockets that programs look up, choose among, and move data between.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>
#include "tally.h"

char _license[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 4);
	__type(key, u32);
	__type(value, u64);
} sockets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_REUSEPORT_SOCKARRAY);
	__uint(max_entries, 4);
	__type(key, u32);
	__type(value, u64);
} group SEC(".maps");

TALLY(lookup);

SEC("sk_lookup")
int lookup(struct bpf_sk_lookup *ctx)
{
	start(&lookup_seen);
	note(&lookup_seen, (u64)ctx->family << 32 | ctx->protocol);
	note(&lookup_seen, (u64)ctx->local_port << 32 | bpf_ntohs(ctx->remote_port));
	note(&lookup_seen, ctx->local_ip4);
	note(&lookup_seen, ctx->local_ip6[3]);
	return ctx->local_port == 7777 ? SK_DROP : SK_PASS;
}

TALLY(choose);

SEC("sk_reuseport")
int choose(struct sk_reuseport_md *ctx)
{
	u32 second = 1;
	u8 *data = ctx->data;

	start(&choose_seen);
	note(&choose_seen, (u64)ctx->len << 32 | ctx->ip_protocol);
	if (data + 9 <= (u8 *)ctx->data_end)
		note(&choose_seen, data[8]);
	return bpf_sk_select_reuseport(ctx, &group, &second, 0) ? SK_DROP : SK_PASS;
}

TALLY(migrate);

SEC("sk_reuseport/migrate")
int migrate(struct sk_reuseport_md *ctx)
{
	struct bpf_sock *old = ctx->migrating_sk, *sk = ctx->sk;
	u32 key = old ? 1 : 0;

	start(&migrate_seen);
	note(&migrate_seen, old ? old->state : 99);
	note(&migrate_seen, sk ? sk->family : 98);
	return bpf_sk_select_reuseport(ctx, &group, &key, 0) ? SK_DROP : SK_PASS;
}

TALLY(parser);

SEC("sk_skb/stream_parser")
int parser(struct __sk_buff *ctx)
{
	start(&parser_seen);
	note(&parser_seen, ctx->len);
	return ctx->len > 4 ? 4 : ctx->len;
}

TALLY(verdict);

SEC("sk_skb/stream_verdict")
int verdict(struct __sk_buff *ctx)
{
	u8 byte = 0;

	start(&verdict_seen);
	bpf_skb_load_bytes(ctx, 0, &byte, 1);
	note(&verdict_seen, (u64)ctx->len << 8 | byte);
	return byte == 't' ? bpf_sk_redirect_map(ctx, &sockets, 0, 0) : SK_PASS;
}

TALLY(message);

SEC("sk_msg")
int message(struct sk_msg_md *ctx)
{
	u8 *data;

	start(&message_seen);
	note(&message_seen, (u64)ctx->size << 32 | ctx->local_port);
	bpf_msg_pull_data(ctx, 0, 4, 0);
	data = ctx->data;
	if (data + 4 <= (u8 *)ctx->data_end) {
		note(&message_seen, data[0] << 8 | data[3]);
		data[0] = 'X';
	}
	return SK_PASS;
}
