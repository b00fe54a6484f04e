// Routes through programs: a packet to 10.8.0.1 or 10.8.0.2 goes through the object's program for what leaves, one to
// fd00:6::1, which comes in again by the other end of the pair of devices, through that for segments. A part of bpfrun.c.
#include <linux/lwtunnel.h>
#include <linux/rtnetlink.h>
#include <linux/seg6_local.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ROUTE_SIZE = 512 };

struct route {
	struct nlmsghdr header;
	struct rtmsg message;
	char attributes[ROUTE_SIZE];
};

static struct rtattr *add_attribute(struct route *route, int type, const void *data, size_t size)
{
	struct rtattr *attribute = (void *)((char *)route + NLMSG_ALIGN(route->header.nlmsg_len));

	attribute->rta_type = type;
	attribute->rta_len = RTA_LENGTH(size);
	if (size)
		memcpy(RTA_DATA(attribute), data, size);
	route->header.nlmsg_len = NLMSG_ALIGN(route->header.nlmsg_len) + RTA_ALIGN(attribute->rta_len);
	return attribute;
}

static void end_nested(const struct route *route, struct rtattr *nested)
{
	nested->rta_len = (char *)route + route->header.nlmsg_len - (char *)nested;
}

static void add_program(struct route *route, int type, const struct bpf_program *program)
{
	const char *name = bpf_program__name(program);
	int fd = bpf_program__fd(program);
	struct rtattr *nested = add_attribute(route, type | NLA_F_NESTED, NULL, 0);

	add_attribute(route, 1, &fd, sizeof fd); // LWT_BPF_PROG_FD, SEG6_LOCAL_BPF_PROG
	add_attribute(route, 2, name, strlen(name) + 1);
	end_nested(route, nested);
}

// What the netlink socket answers: 0 or a negative error.
static int ask(struct route *route)
{
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char rest[ROUTE_SIZE];
	} answer = { 0 };
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

	if (send(fd, route, route->header.nlmsg_len, 0) < 0 || recv(fd, &answer, sizeof answer, 0) < 0)
		answer.error.error = -errno;
	close(fd);
	return answer.error.error;
}

// A route to the address at which packets meet programs of this type.
static struct route route_for(enum bpf_prog_type type, int request, int flags)
{
	static const unsigned char segments[16] = { 0xfd, 0, 0, 6, [15] = 1 };
	const unsigned char leaving[4] = { 10, 8, 0, type == BPF_PROG_TYPE_LWT_OUT ? 1 : 2 };
	bool is_v6 = type == BPF_PROG_TYPE_LWT_SEG6LOCAL;
	int device = if_nametoindex("test_sock_addr1");
	struct route route = {
		.header = { NLMSG_LENGTH(sizeof(struct rtmsg)), request, NLM_F_REQUEST | NLM_F_ACK | flags, 0, 0 },
		.message = { .rtm_family = is_v6 ? AF_INET6 : AF_INET,
			     .rtm_dst_len = is_v6 ? 128 : 32,
			     .rtm_table = RT_TABLE_MAIN,
			     .rtm_protocol = RTPROT_BOOT,
			     .rtm_scope = is_v6 ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK,
			     .rtm_type = RTN_UNICAST },
	};

	add_attribute(&route, RTA_DST, is_v6 ? segments : leaving, is_v6 ? sizeof segments : sizeof leaving);
	add_attribute(&route, RTA_OIF, &device, sizeof device);
	return route;
}

static int attach_route(const struct bpf_program *program)
{
	enum bpf_prog_type type = bpf_program__type(program);
	bool is_v6 = type == BPF_PROG_TYPE_LWT_SEG6LOCAL;
	unsigned short encapsulation = is_v6 ? LWTUNNEL_ENCAP_SEG6_LOCAL : LWTUNNEL_ENCAP_BPF;
	struct route route = route_for(type, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE);
	unsigned action = SEG6_LOCAL_ACTION_END_BPF;
	struct rtattr *nested;

	add_attribute(&route, RTA_ENCAP_TYPE, &encapsulation, sizeof encapsulation);
	nested = add_attribute(&route, RTA_ENCAP | NLA_F_NESTED, NULL, 0);
	if (is_v6)
		add_attribute(&route, SEG6_LOCAL_ACTION, &action, sizeof action);
	add_program(&route, is_v6 ? SEG6_LOCAL_BPF : type == BPF_PROG_TYPE_LWT_OUT ? LWT_BPF_OUT : LWT_BPF_XMIT, program);
	end_nested(&route, nested);
	return ask(&route);
}

static bool is_routed(enum bpf_prog_type type)
{
	return type == BPF_PROG_TYPE_LWT_OUT || type == BPF_PROG_TYPE_LWT_XMIT || type == BPF_PROG_TYPE_LWT_SEG6LOCAL;
}

static void remove_routes(void)
{
	static const enum bpf_prog_type types[] = { BPF_PROG_TYPE_LWT_OUT, BPF_PROG_TYPE_LWT_XMIT,
						    BPF_PROG_TYPE_LWT_SEG6LOCAL };

	for (int i = 0; i < 3; i++) {
		struct route route = route_for(types[i], RTM_DELROUTE, 0);

		ask(&route);
	}
}
