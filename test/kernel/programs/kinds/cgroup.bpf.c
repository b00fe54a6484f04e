// Programs that control groups run: on packets, sockets, addresses, options, devices, sysctls.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char _license[] SEC("license") = "GPL";

u64 seen;

#define PACKET(name, section) SEC(section) int name(struct __sk_buff *ctx) { seen += ctx->len + ctx->ifindex; return 1; }
#define SOCKET(name, section, field) SEC(section) int name(struct bpf_sock *ctx) { seen += ctx->family + ctx->field; return 1; }
#define ADDRESS(name, section, field) \
	SEC(section) int name(struct bpf_sock_addr *ctx) { seen += ctx->family + ctx->field; return 1; }
#define UNIX(name, section) SEC(section) int name(struct bpf_sock_addr *ctx) { seen += ctx->sk ? ctx->type : 0; return 1; }

PACKET(ingress, "cgroup_skb/ingress")
PACKET(egress, "cgroup_skb/egress")
PACKET(skb, "cgroup/skb")
SOCKET(sock_create, "cgroup/sock_create", mark)
SOCKET(sock_release, "cgroup/sock_release", protocol)
SOCKET(sock, "cgroup/sock", priority)
SOCKET(post_bind4, "cgroup/post_bind4", src_ip4)
SOCKET(post_bind6, "cgroup/post_bind6", src_ip6[3])
ADDRESS(bind4, "cgroup/bind4", user_ip4)
ADDRESS(bind6, "cgroup/bind6", user_ip6[0])
ADDRESS(connect4, "cgroup/connect4", user_port)
ADDRESS(connect6, "cgroup/connect6", user_ip6[1])
UNIX(connect_unix, "cgroup/connect_unix")
ADDRESS(sendmsg4, "cgroup/sendmsg4", msg_src_ip4)
ADDRESS(sendmsg6, "cgroup/sendmsg6", msg_src_ip6[0])
UNIX(sendmsg_unix, "cgroup/sendmsg_unix")
ADDRESS(recvmsg4, "cgroup/recvmsg4", user_ip4)
ADDRESS(recvmsg6, "cgroup/recvmsg6", user_ip6[2])
UNIX(recvmsg_unix, "cgroup/recvmsg_unix")
ADDRESS(getpeername4, "cgroup/getpeername4", user_ip4)
ADDRESS(getpeername6, "cgroup/getpeername6", user_ip6[3])
UNIX(getpeername_unix, "cgroup/getpeername_unix")
ADDRESS(getsockname4, "cgroup/getsockname4", user_port)
ADDRESS(getsockname6, "cgroup/getsockname6", user_ip6[0])
UNIX(getsockname_unix, "cgroup/getsockname_unix")

SEC("cgroup/dev")
int dev(struct bpf_cgroup_dev_ctx *ctx)
{
	seen += ctx->major + (ctx->access_type >> 16);
	return 1;
}

SEC("cgroup/sysctl")
int sysctl(struct bpf_sysctl *ctx)
{
	char name[16];

	if (bpf_sysctl_get_name(ctx, name, sizeof name, 0) > 0)
		seen += name[0] + ctx->write + ctx->file_pos;
	return 1;
}

SEC("cgroup/getsockopt")
int getsockopt(struct bpf_sockopt *ctx)
{
	u8 *value = ctx->optval;

	if (value + 1 <= (u8 *)ctx->optval_end)
		seen += *value;
	seen += ctx->level + ctx->sk->family;
	ctx->retval = 0;
	return 1;
}

SEC("cgroup/setsockopt")
int setsockopt(struct bpf_sockopt *ctx)
{
	seen += ctx->optname;
	ctx->optlen = -1;
	return 1;
}

SEC("sockops")
int operations(struct bpf_sock_ops *ctx)
{
	seen += ctx->op + ctx->args[0] + ctx->local_port;
	ctx->reply = -1;
	return 1;
}
