// What control groups run, each on real sockets, files and settings of the process that is watched.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>
#include "tally.h"

char _license[] SEC("license") = "GPL";

int pid;

static __always_inline int is_other(void)
{
	return bpf_get_current_pid_tgid() >> 32 != pid;
}

#define SOCKET(name, section) \
	TALLY(name); \
	SEC(section) int name(struct bpf_sock *ctx) \
	{ \
		if (is_other()) \
			return 1; \
		start(&name##_seen); \
		note(&name##_seen, ctx->family << 16 | ctx->type << 8 | ctx->protocol); \
		note(&name##_seen, ctx->bound_dev_if + ctx->priority); \
		return 1; \
	}
#define BOUND(name, section, address) \
	TALLY(name); \
	SEC(section) int name(struct bpf_sock *ctx) \
	{ \
		start(&name##_seen); \
		note(&name##_seen, (u64)ctx->address << 32 | ctx->src_port); \
		return ctx->src_port != 111; \
	}
#define ADDRESS(name, section, address) \
	TALLY(name); \
	SEC(section) int name(struct bpf_sock_addr *ctx) \
	{ \
		start(&name##_seen); \
		note(&name##_seen, (u64)ctx->address << 32 | ctx->user_family); \
		note(&name##_seen, bpf_ntohs(ctx->user_port)); \
		note(&name##_seen, ctx->type << 8 | ctx->protocol); \
		return 1; \
	}
#define RENAMED(name, section) \
	TALLY(name); \
	SEC(section) int name(struct bpf_sock_addr *ctx) \
	{ \
		start(&name##_seen); \
		note(&name##_seen, ctx->user_port); \
		ctx->user_port = bpf_htons(bpf_ntohs(ctx->user_port) / 3 + 7); \
		return 1; \
	}
#define UNIX(name, section) \
	TALLY(name); \
	SEC(section) int name(struct bpf_sock_addr *ctx) \
	{ \
		start(&name##_seen); \
		note(&name##_seen, ctx->user_family << 8 | ctx->type); \
		return 1; \
	}

SOCKET(created, "cgroup/sock_create")
SOCKET(released, "cgroup/sock_release")
SOCKET(made, "cgroup/sock")
BOUND(post_bind4, "cgroup/post_bind4", src_ip4)
BOUND(post_bind6, "cgroup/post_bind6", src_ip6[3])
ADDRESS(bind4, "cgroup/bind4", user_ip4)
ADDRESS(bind6, "cgroup/bind6", user_ip6[3])
ADDRESS(connect4, "cgroup/connect4", user_ip4)
ADDRESS(connect6, "cgroup/connect6", user_ip6[3])
ADDRESS(sendmsg4, "cgroup/sendmsg4", user_ip4)
ADDRESS(sendmsg6, "cgroup/sendmsg6", user_ip6[3])
RENAMED(recvmsg4, "cgroup/recvmsg4")
RENAMED(recvmsg6, "cgroup/recvmsg6")
RENAMED(getpeername4, "cgroup/getpeername4")
RENAMED(getpeername6, "cgroup/getpeername6")
RENAMED(getsockname4, "cgroup/getsockname4")
RENAMED(getsockname6, "cgroup/getsockname6")
UNIX(connect_unix, "cgroup/connect_unix")
UNIX(sendmsg_unix, "cgroup/sendmsg_unix")
UNIX(recvmsg_unix, "cgroup/recvmsg_unix")
UNIX(getpeername_unix, "cgroup/getpeername_unix")
UNIX(getsockname_unix, "cgroup/getsockname_unix")

TALLY(device);

SEC("cgroup/dev")
int device(struct bpf_cgroup_dev_ctx *ctx)
{
	if (is_other())
		return 1;
	start(&device_seen);
	note(&device_seen, (u64)ctx->access_type << 32 | ctx->major << 16 | ctx->minor);
	return !(ctx->major == 1 && ctx->minor == 5 && ctx->access_type >> 16 & 2 /* to write */);
}

TALLY(setting);

SEC("cgroup/sysctl")
int setting(struct bpf_sysctl *ctx)
{
	char name[32] = "", value[16] = "", wanted[] = "63";
	int length = bpf_sysctl_get_name(ctx, name, sizeof name, 0);

	start(&setting_seen);
	note(&setting_seen, length << 8 | ctx->write);
	for (int i = 0; i < sizeof name; i++)
		note(&setting_seen, name[i]);
	note(&setting_seen, bpf_sysctl_get_current_value(ctx, value, sizeof value));
	note(&setting_seen, value[0] << 8 | value[1]);
	if (ctx->write)
		bpf_sysctl_set_new_value(ctx, wanted, sizeof wanted - 1);
	return 1;
}

TALLY(got);

SEC("cgroup/getsockopt")
int got(struct bpf_sockopt *ctx)
{
	int *value = ctx->optval;

	start(&got_seen);
	note(&got_seen, (u64)ctx->level << 32 | ctx->optname);
	if (ctx->level == 0x5ead && (void *)(value + 1) <= ctx->optval_end) {
		*value = ctx->optname * 3 + ctx->sk->family;
		ctx->retval = 0;
	}
	return 1;
}

TALLY(set);

SEC("cgroup/setsockopt")
int set(struct bpf_sockopt *ctx)
{
	u8 *value = ctx->optval;

	start(&set_seen);
	note(&set_seen, (u64)ctx->level << 32 | ctx->optname << 8 | ctx->optlen);
	if (ctx->level == 0x5ead)
		ctx->optlen = -1;
	else if (ctx->level == 0 && value + 1 <= (u8 *)ctx->optval_end)
		*value = 0x28; // another type of service
	return 1;
}

TALLY(operations);

SEC("sockops")
int operations(struct bpf_sock_ops *ctx)
{
	start(&operations_seen);
	note(&operations_seen, (u64)ctx->op << 32 | ctx->local_port);
	note(&operations_seen, ctx->family << 8 | ctx->state);
	if (ctx->op == BPF_SOCK_OPS_TCP_CONNECT_CB)
		bpf_sock_ops_cb_flags_set(ctx, BPF_SOCK_OPS_STATE_CB_FLAG);
	return 1;
}
