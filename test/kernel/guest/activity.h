// What bpfrun does itself while programs are attached: system calls, sockets of every family, options, devices, sysctls,
// sockets in maps. Each act tells what came of it, as programs may change that. A part of bpfrun.c.
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <time.h>

enum { TCP_PORT = 5100, UDP_PORT = 7777, GROUP_PORT = 5300, CLIENT_PORT = 6100, RECEIVE_MS = 300, LEVEL_OF_NONE = 0x5ead };

static void did(const char *what, const void *bytes, long size)
{
	printf("{\"did\":\"%s\"", what);
	if (size < 0)
		printf(",\"value\":\"error %ld\"", size);
	else
		print_bytes("value", bytes, size);
	puts("}");
}

static void came(const char *what, long result)
{
	printf("{\"did\":\"%s\",\"value\":\"%ld\"}\n", what, result < 0 ? -(long)errno : result);
}

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
		struct sockaddr_un local;
	};
	socklen_t size;
};

static struct address local_address(int family, int port)
{
	struct address a = { .size = family == AF_INET ? sizeof a.v4 : sizeof a.v6 };

	a.any.sa_family = family;
	if (family == AF_INET) {
		a.v4.sin_port = htons(port);
		a.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	} else {
		a.v6.sin6_port = htons(port);
		a.v6.sin6_addr = in6addr_loopback;
	}
	return a;
}

static struct address path_address(const char *path)
{
	struct address a = { .size = offsetof(struct sockaddr_un, sun_path) + strlen(path) + 1 };

	a.local.sun_family = AF_UNIX;
	strcpy(a.local.sun_path, path);
	return a;
}

// A socket whose port can be taken again at once and whose reads end.
static int new_socket(int family, int type)
{
	struct timeval limit = { .tv_usec = RECEIVE_MS * 1000 };
	struct linger at_once = { .l_onoff = 1 };
	int fd = socket(family, type, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	if (type == SOCK_STREAM && family != AF_UNIX)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	return fd;
}

static void tell_names(const char *what, int fd)
{
	struct address a = { .size = sizeof a - sizeof a.size };
	char text[64];
	int error;

	snprintf(text, sizeof text, "%s sockname", what);
	error = getsockname(fd, &a.any, &a.size);
	did(text, &a.any, error ? -errno : (long)a.size);
	a.size = sizeof a - sizeof a.size;
	snprintf(text, sizeof text, "%s peername", what);
	error = getpeername(fd, &a.any, &a.size);
	did(text, &a.any, error ? -errno : (long)a.size);
}

static void tell_received(const char *what, int fd)
{
	char text[64] = "";
	struct address from = { .size = sizeof from - sizeof from.size };
	char named[64];
	long got = recvfrom(fd, text, sizeof text, 0, &from.any, &from.size);

	did(what, text, got < 0 ? -errno : got);
	snprintf(named, sizeof named, "%s from", what);
	did(named, &from.any, got < 0 ? -errno : (long)from.size);
}

struct pair {
	int listener, client, server;
};

// A connection of our own; -1 for what there is not.
static struct pair connection(struct address to, struct address from, int type)
{
	struct pair p = { new_socket(to.any.sa_family, type), new_socket(to.any.sa_family, type), -1 };

	if (!bind(p.listener, &to.any, to.size) && !listen(p.listener, 4) && !bind(p.client, &from.any, from.size) &&
	    !connect(p.client, &to.any, to.size))
		p.server = accept(p.listener, NULL, NULL);
	return p;
}

static void hang_up(struct pair p)
{
	close(p.client), close(p.server), close(p.listener);
}

static void act_stream(const char *what, struct address to, struct address from)
{
	char named[64];
	struct pair p = connection(to, from, SOCK_STREAM);

	came(what, p.server < 0 ? -1 : 0);
	tell_names(what, p.client);
	if (p.server >= 0) {
		snprintf(named, sizeof named, "%s sent", what);
		came(named, send(p.client, "a message", 9, 0));
		snprintf(named, sizeof named, "%s received", what);
		tell_received(named, p.server);
	}
	hang_up(p);
}

static void act_datagrams(const char *what, struct address to, struct address from)
{
	int server = new_socket(to.any.sa_family, SOCK_DGRAM), client = new_socket(to.any.sa_family, SOCK_DGRAM);
	char named[64];

	came(what, bind(server, &to.any, to.size) || bind(client, &from.any, from.size) ? -1 : 0);
	snprintf(named, sizeof named, "%s sent", what);
	came(named, sendto(client, "a datagram", 10, 0, &to.any, to.size));
	snprintf(named, sizeof named, "%s received", what);
	tell_received(named, server);
	snprintf(named, sizeof named, "%s connected", what);
	came(named, connect(client, &to.any, to.size));
	tell_names(what, client);
	close(server), close(client);
}

static void act_paths(void)
{
	static const char *const paths[] = { "/tmp/to", "/tmp/from" };

	for (int i = 0; i < 2; i++) {
		unlink(paths[0]), unlink(paths[1]);
		if (i)
			act_datagrams("unix datagrams", path_address(paths[0]), path_address(paths[1]));
		else
			act_stream("unix stream", path_address(paths[0]), path_address(paths[1]));
	}
}

// Addresses that only a program can make right: none here is 192.168.1.254.
static void act_binds(void)
{
	struct address strange = local_address(AF_INET, 4040), low = local_address(AF_INET6, 111);
	int v4 = new_socket(AF_INET, SOCK_STREAM), v6 = new_socket(AF_INET6, SOCK_STREAM);

	strange.v4.sin_addr.s_addr = htonl(0xc0a801fe);
	came("bind elsewhere", bind(v4, &strange.any, strange.size));
	tell_names("bound elsewhere", v4);
	came("bind low", bind(v6, &low.any, low.size));
	tell_names("bound low", v6);
	close(v4), close(v6);
}

static void act_options(void)
{
	static const struct {
		int level, name, value;
	} options[] = {
		{ SOL_IP, IP_TOS, 0x10 },	   { SOL_SOCKET, SO_SNDBUF, 0x01010101 },
		{ SOL_SOCKET, SO_PRIORITY, 5 },	   { SOL_IPV6, IPV6_TCLASS, 0x2d },
		{ IPPROTO_TCP, TCP_NODELAY, 1 },   { (int)0xdeadbeef, 0, 1 },
		{ LEVEL_OF_NONE, 3, 4 },
	};
	char text[64], name[16];
	socklen_t size = sizeof name;

	for (int family = AF_INET; family <= AF_INET6; family += AF_INET6 - AF_INET) {
		int fd = new_socket(family, SOCK_STREAM);

		for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
			int value = options[i].value;

			snprintf(text, sizeof text, "set option %d %zu", family, i);
			came(text, setsockopt(fd, options[i].level, options[i].name, &value, sizeof value));
			size = sizeof value;
			snprintf(text, sizeof text, "get option %d %zu", family, i);
			value = getsockopt(fd, options[i].level, options[i].name, &value, &size) ? -errno : value;
			did(text, &value, sizeof value);
		}
		size = sizeof name;
		memset(name, 0, sizeof name);
		snprintf(text, sizeof text, "congestion control %d", family);
		did(text, name, getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &size) ? -errno : (long)size);
		close(fd);
	}
}

// A connection under each congestion control that is not the kernel's own.
static void act_congestion(void)
{
	char text[256] = "", *name, *rest = text;
	int fd = open("/proc/sys/net/ipv4/tcp_available_congestion_control", O_RDONLY);

	if (read(fd, text, sizeof text - 1) < 0)
		text[0] = 0;
	close(fd);
	while ((name = strsep(&rest, " \n"))) {
		struct pair p;

		if (!begins(name, "bpf"))
			continue;
		p = connection(local_address(AF_INET, TCP_PORT), local_address(AF_INET, CLIENT_PORT), SOCK_STREAM);
		came("congestion control", setsockopt(p.client, IPPROTO_TCP, TCP_CONGESTION, name, strlen(name)));
		for (int i = 0; i < 3; i++)
			came("sent under it", send(p.client, "some more", 9, 0));
		tell_received("received under it", p.server);
		hang_up(p);
	}
}

static void act_files(void)
{
	char text[64] = "";
	int fd = open("/proc/sys/net/ipv4/tcp_mem", O_RDONLY);
	long got = read(fd, text, sizeof text);

	came("read a sysctl", got < 0 ? -1 : got > 0);
	close(fd);
	fd = open("/proc/sys/net/ipv4/ip_default_ttl", O_RDWR);
	came("write a sysctl", write(fd, "64", 2));
	got = read(fd, text, sizeof text);
	did("the sysctl", text, got < 0 ? -errno : got);
	close(fd);
	unlink("/tmp/device");
	came("make a device", mknod("/tmp/device", S_IFCHR | 0600, makedev(1, 5)));
	came("open a device", (fd = open("/tmp/device", O_RDWR)) < 0 ? -1 : 0);
	close(fd);
	came("open a file", (fd = open("/tmp/a file", O_RDWR | O_CREAT, 0600)) < 0 ? -1 : 0);
	close(fd);
}

static void act_calls(void)
{
	struct timespec moment = { .tv_nsec = 1000000 };
	char text[64];

	syscall(SYS_getpid), syscall(SYS_getppid), syscall(SYS_gettid), syscall(SYS_getpgid, 0);
	syscall(SYS_getuid), syscall(SYS_geteuid), syscall(SYS_getgid), syscall(SYS_getegid);
	syscall(SYS_getcwd, text, sizeof text);
	syscall(SYS_nanosleep, &moment, NULL);
	prctl(PR_SET_NAME, "activity");
	prctl(PR_SET_NAME, "bpfrun");
	call_probed_functions();
}

#include "sockets.h"

static int do_act(void)
{
	act_calls();
	act_files();
	act_options();
	act_stream("TCP", local_address(AF_INET, TCP_PORT), local_address(AF_INET, CLIENT_PORT));
	act_stream("TCP over IPv6", local_address(AF_INET6, TCP_PORT), local_address(AF_INET6, CLIENT_PORT));
	act_datagrams("UDP", local_address(AF_INET, UDP_PORT), local_address(AF_INET, CLIENT_PORT));
	act_datagrams("UDP over IPv6", local_address(AF_INET6, UDP_PORT), local_address(AF_INET6, CLIENT_PORT));
	act_paths();
	act_binds();
	act_congestion();
	act_reuseport();
	act_migration();
	act_sockets_in_maps();
	act_device();
	return 0;
}
