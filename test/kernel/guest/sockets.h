// The acts of activity.h with sockets that the object's own programs and maps choose among, and with a device pair. A part
// of bpfrun.c.
#include <arpa/inet.h>

enum { GROUP = 2, CONNECTIONS = 4, SETTLE_US = 200000, PAIR_PORT = 7500 };

static struct bpf_program *program_of(enum bpf_prog_type type, int attach_type)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, current()->object)
		if (bpf_program__type(program) == type && bpf_program__fd(program) >= 0 &&
		    (int)bpf_program__expected_attach_type(program) == attach_type)
			return program;
	return NULL;
}

// Puts a socket into maps of the object, as far as they take it.
static void put(int socket, unsigned key, int only_arrays_of_groups)
{
	unsigned char name[256] = { key };
	unsigned long long value = socket;
	struct bpf_map *map;

	bpf_object__for_each_map(map, current()->object) {
		bool of_group = bpf_map__type(map) == BPF_MAP_TYPE_REUSEPORT_SOCKARRAY;

		if ((of_group || (of_sockets(map) && !only_arrays_of_groups)) && bpf_map__key_size(map) <= sizeof name)
			bpf_map_update_elem(bpf_map__fd(map), name, &value, BPF_ANY);
	}
}

static int in_group(int type, int port, const struct bpf_program *chooser)
{
	struct address to = local_address(AF_INET, port);
	int fd = new_socket(AF_INET, type), one = 1, program = bpf_program__fd(chooser);

	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
	if (bind(fd, &to.any, to.size) || (type == SOCK_STREAM && listen(fd, CONNECTIONS)))
		came("join a group", -1);
	setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF, &program, sizeof program);
	return fd;
}

// Which of a group of sockets gets a datagram is the program's choice.
static void act_reuseport(void)
{
	const struct bpf_program *chooser = program_of(BPF_PROG_TYPE_SK_REUSEPORT, BPF_SK_REUSEPORT_SELECT);
	struct address to = local_address(AF_INET, GROUP_PORT), from = local_address(AF_INET, CLIENT_PORT);
	int client, group[GROUP];

	if (!chooser)
		return;
	for (int i = 0; i < GROUP; i++)
		put(group[i] = in_group(SOCK_DGRAM, GROUP_PORT, chooser), i, 0);
	client = new_socket(AF_INET, SOCK_DGRAM);
	bind(client, &from.any, from.size);
	came("send to a group", sendto(client, "chosen", 6, 0, &to.any, to.size));
	for (int i = 0; i < GROUP; i++) {
		tell_received(i ? "second of the group" : "first of the group", group[i]);
		close(group[i]);
	}
	close(client);
}

// Connections that one listener of a group leaves behind go to another, if a program says so.
static void act_migration(void)
{
	const struct bpf_program *chooser = program_of(BPF_PROG_TYPE_SK_REUSEPORT, BPF_SK_REUSEPORT_SELECT_OR_MIGRATE);
	struct address to = local_address(AF_INET, GROUP_PORT + 1);
	int clients[CONNECTIONS], group[GROUP], taken = 0;

	if (!chooser)
		return;
	for (int i = 0; i < GROUP; i++)
		put(group[i] = in_group(SOCK_STREAM, GROUP_PORT + 1, chooser), i, 1);
	for (int i = 0; i < CONNECTIONS; i++) {
		struct address from = local_address(AF_INET, CLIENT_PORT + i);

		clients[i] = new_socket(AF_INET, SOCK_STREAM);
		bind(clients[i], &from.any, from.size);
		came("connect to a group", connect(clients[i], &to.any, to.size));
	}
	close(group[0]);
	fcntl(group[1], F_SETFL, O_NONBLOCK);
	for (int fd; (fd = accept(group[1], NULL, NULL)) >= 0; taken++)
		close(fd);
	came("taken over", taken);
	for (int i = 0; i < CONNECTIONS; i++)
		close(clients[i]);
	close(group[1]);
}

static void tell_waiting(const char *what, int fd)
{
	char text[64];
	long got = recv(fd, text, sizeof text, MSG_DONTWAIT);

	did(what, text, got < 0 ? -errno : got);
}

static void tell_all(const char *when, const struct pair *first, const struct pair *second)
{
	const int fds[] = { first->client, first->server, second->client, second->server };
	static const char *const names[] = { "the sender", "the receiver", "the other sender", "the other receiver" };
	char text[64];

	usleep(SETTLE_US);
	for (int i = 0; i < 4; i++) {
		snprintf(text, sizeof text, "%s at %s", when, names[i]);
		tell_waiting(text, fds[i]);
	}
}

// The first map, which programs are attached to, has key 1 for the first connection; where it is of one entry, key 0.
static void put_first(int socket)
{
	const struct bpf_map *map = first_of_sockets();
	unsigned long long value = socket;
	unsigned char key[256] = { bpf_map__max_entries(map) > 1 };

	bpf_map_update_elem(bpf_map__fd(map), key, &value, BPF_ANY);
}

// Two connections; the receiving end of the second lies in the maps under key 0, where programs may send on to, and that
// of the first in the map that programs are attached to.
static void act_sockets_in_maps(void)
{
	struct pair first, second;
	struct bpf_map *map;
	int maps = 0;

	bpf_object__for_each_map(map, current()->object)
		maps += of_sockets(map);
	if (!maps)
		return;
	first = connection(local_address(AF_INET, PAIR_PORT), local_address(AF_INET, CLIENT_PORT + 8), SOCK_STREAM);
	second = connection(local_address(AF_INET, PAIR_PORT + 1), local_address(AF_INET, CLIENT_PORT + 9), SOCK_STREAM);
	put(second.server, 0, 0);
	put_first(first.server);
	came("send to a socket in a map", send(first.client, "through a map", 13, 0));
	tell_all("received", &first, &second);
	came("send from a socket in a map", send(first.server, "out of a map", 12, 0));
	tell_all("answered", &first, &second);
	hang_up(first), hang_up(second);
}

static void send_to(const char *what, int fd, const char *address)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };

	inet_pton(AF_INET, address, &to.sin_addr);
	came(what, sendto(fd, "over a device", 13, 0, (struct sockaddr *)&to, sizeof to));
	close(fd);
}

// A packet on its way through segments: it is at the first, fd00:6::1, and to go on to the loopback address.
static void send_segments(void)
{
	static const unsigned char packet[] = {
		0x60, 0, 0, 0, 0, 48, 43, 64, // a routing header follows
		0xfd, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0xfd, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
		17, 4, 4, 1, 1, 0, 0x12, 0x34, // of segments, one of them left; UDP follows
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xfd, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
		0x30, 0x39, 0, 80, 0, 8, 0, 0,
	};
	struct sockaddr_in6 to = { .sin6_family = AF_INET6 };
	int fd = socket(AF_INET6, SOCK_RAW, IPPROTO_RAW);

	memcpy(&to.sin6_addr, packet + 24, sizeof to.sin6_addr);
	came("send segments", sendto(fd, packet, sizeof packet, 0, (struct sockaddr *)&to, sizeof to));
	close(fd);
	usleep(SETTLE_US / 10);
}

// Packets over a pair of devices, from either end, and along routes; the shell has made them.
static void act_device(void)
{
	for (int end = 1; end <= 2; end++) {
		char device[IFNAMSIZ];
		int fd = new_socket(AF_INET, SOCK_DGRAM);

		snprintf(device, sizeof device, "test_sock_addr%d", end);
		if (if_nametoindex(device) && !setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, strlen(device)))
			send_to(device, fd, "10.9.0.2");
		else
			close(fd);
	}
	send_to("along the first route", new_socket(AF_INET, SOCK_DGRAM), "10.8.0.1");
	send_to("along the second route", new_socket(AF_INET, SOCK_DGRAM), "10.8.0.2");
	send_segments();
}
