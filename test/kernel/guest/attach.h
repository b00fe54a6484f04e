// Attaches the programs of an object: where their section names no target, to what bpfrun itself offers or to the root
// control group, the network name space, the loopback device and the object's own maps of sockets. A part of bpfrun.c.
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/perf_event.h>
#include <net/if.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LONGEST_TEXT = 16 << 10, SAMPLE_PERIOD = 100000, LOOPBACK = 1, TRACED = 10, MAX_RAW_LINKS = 16 };

static int raw_links[MAX_RAW_LINKS]; // links that libbpf here cannot make
static int raw_link_count;

static void tell(const char *word, const char *name, int error)
{
	printf("{\"%s\":\"%s\",\"error\":%d}\n", word, name, error);
}

static int begins(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

static struct bpf_link *attach_clock(const struct bpf_program *program)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE,
					.size = sizeof attr,
					.config = PERF_COUNT_SW_CPU_CLOCK,
					.sample_period = SAMPLE_PERIOD };
	int fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, 0);

	return fd < 0 ? NULL : bpf_program__attach_perf_event(program, fd);
}

static struct bpf_link *attach_hook(const struct bpf_program *program)
{
	LIBBPF_OPTS(bpf_netfilter_opts, options, .pf = 2, .hooknum = 1, .priority = -128);

	return bpf_program__attach_netfilter(program, &options);
}

static int of_cgroup(enum bpf_prog_type type)
{
	return type == BPF_PROG_TYPE_CGROUP_SKB || type == BPF_PROG_TYPE_CGROUP_SOCK ||
	       type == BPF_PROG_TYPE_CGROUP_DEVICE || type == BPF_PROG_TYPE_CGROUP_SOCK_ADDR ||
	       type == BPF_PROG_TYPE_CGROUP_SYSCTL || type == BPF_PROG_TYPE_CGROUP_SOCKOPT ||
	       type == BPF_PROG_TYPE_SOCK_OPS;
}

static int of_sockets(const struct bpf_map *map)
{
	return bpf_map__type(map) == BPF_MAP_TYPE_SOCKMAP || bpf_map__type(map) == BPF_MAP_TYPE_SOCKHASH;
}

// The first map of sockets by name takes all programs that there are for sockets in maps: each compiler has maps in an
// order of its own.
static const struct bpf_map *first_of_sockets(void)
{
	const struct bpf_map *first = NULL;
	struct bpf_map *map;

	bpf_object__for_each_map(map, current()->object)
		if (of_sockets(map) && (!first || strcmp(bpf_map__name(map), bpf_map__name(first)) < 0))
			first = map;
	return first;
}

static struct bpf_link *attach_sockets(const struct bpf_program *program)
{
	const struct bpf_map *map = first_of_sockets();

	if (map)
		return bpf_program__attach_sockmap(program, bpf_map__fd(map));
	errno = EOPNOTSUPP;
	return NULL;
}

// A verdict whose section does not say so has no link; it goes with the map.
static int attach_verdict(const struct bpf_program *program)
{
	const struct bpf_map *map = first_of_sockets();

	return map ? bpf_prog_attach(bpf_program__fd(program), bpf_map__fd(map), BPF_SK_SKB_VERDICT, 0) : -EOPNOTSUPP;
}

static struct bpf_link *attach_device(const struct bpf_program *program)
{
	switch (bpf_program__expected_attach_type(program)) {
	case BPF_TCX_INGRESS:
	case BPF_TCX_EGRESS:
		return bpf_program__attach_tcx(program, LOOPBACK, NULL);
	case BPF_NETKIT_PRIMARY:
	case BPF_NETKIT_PEER:
		return bpf_program__attach_netkit(program, if_nametoindex("test_sock_addr1"), NULL);
	default:
		errno = EOPNOTSUPP; // run on packets of ours instead
		return NULL;
	}
}

// The section names several maps' iterators; the first of the object's maps, by name, that the kernel takes is iterated.
static struct bpf_link *attach_iterator(const struct bpf_program *program, const char *section)
{
	union bpf_iter_link_info info = { 0 };
	LIBBPF_OPTS(bpf_iter_attach_opts, options, .link_info = &info, .link_info_len = sizeof info);
	struct bpf_link *link = NULL, *other;
	const char *first = NULL;
	struct bpf_map *map;

	if (strstr(section, "/cgroup")) {
		info.cgroup.cgroup_fd = open("/sys/fs/cgroup", O_RDONLY);
		info.cgroup.order = BPF_CGROUP_ITER_DESCENDANTS_PRE;
		return bpf_program__attach_iter(program, &options);
	}
	if (!strstr(section, "/bpf_map_elem") && !strstr(section, "_storage_map"))
		return bpf_program__attach_iter(program, NULL);
	bpf_object__for_each_map(map, current()->object) {
		info.map.map_fd = bpf_map__fd(map);
		if (is_data(map) || (first && strcmp(bpf_map__name(map), first) > 0) ||
		    !(other = bpf_program__attach_iter(program, &options)))
			continue;
		bpf_link__destroy(link);
		link = other;
		first = bpf_map__name(map);
	}
	return link;
}

// The functions of the kernel's tests, which a test run calls; where the program may sleep, a system call.
static int functions_of(const char *section, __u32 *ids)
{
	char name[32];
	int found = 0;

	if (strstr(section, ".multi.s")) {
		ids[0] = libbpf_find_vmlinux_btf_id("__x64_sys_setsockopt", BPF_TRACE_FENTRY);
		return 1;
	}
	for (; found < TRACED; found++) {
		snprintf(name, sizeof name, "bpf_fentry_test%d", found + 1);
		ids[found] = libbpf_find_vmlinux_btf_id(name, BPF_TRACE_FENTRY);
	}
	return found;
}

static int attach_many(const struct bpf_program *program)
{
	__u32 ids[TRACED];
	union bpf_attr attr = { 0 };
	int fd, many = functions_of(bpf_program__section_name(program), ids);

	attr.link_create.prog_fd = bpf_program__fd(program);
	attr.link_create.attach_type = bpf_program__expected_attach_type(program);
	attr.link_create.tracing_multi.ids = (__u64)(unsigned long)ids;
	attr.link_create.tracing_multi.cnt = many;
	fd = syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof attr);
	if (fd >= 0 && raw_link_count < MAX_RAW_LINKS)
		raw_links[raw_link_count++] = fd;
	return fd < 0 ? -errno : 0;
}

// Sections without a target, and those that libbpf here does not know.
static struct bpf_link *attach_untargeted(const struct bpf_program *program, const char *section)
{
	const char *target = strchr(section, '/');
	bool is_return = strstr(section, "ret") == section + 1;
	LIBBPF_OPTS(bpf_uprobe_opts, function, .func_name = "uprobe_multi_func_1", .retprobe = is_return);
	LIBBPF_OPTS(bpf_uprobe_multi_opts, functions, .retprobe = is_return,
		    .session = begins(section, "uprobe.session"));
	LIBBPF_OPTS(bpf_kprobe_multi_opts, kernels, .retprobe = is_return,
		    .session = begins(section, "kprobe.session"));
	LIBBPF_OPTS(bpf_ksyscall_opts, call, .retprobe = is_return);

	if (begins(section, "uprobe.") || begins(section, "uretprobe."))
		return bpf_program__attach_uprobe_multi(program, -1, "/proc/self/exe", "uprobe_multi_func_*", &functions);
	if (begins(section, "uprobe") || begins(section, "uretprobe"))
		return bpf_program__attach_uprobe_opts(program, -1, "/proc/self/exe", 0, &function);
	if (begins(section, "kprobe.") || begins(section, "kretprobe."))
		return bpf_program__attach_kprobe_multi_opts(program, "bpf_fentry_test*", &kernels);
	if (begins(section, "kprobe") || begins(section, "kretprobe"))
		return bpf_program__attach_ksyscall(program, "getpgid", &call);
	if (bpf_program__type(program) == BPF_PROG_TYPE_RAW_TRACEPOINT)
		return bpf_program__attach_raw_tracepoint(program, target ? target + 1 : "sys_enter");
	if (bpf_program__type(program) == BPF_PROG_TYPE_TRACING)
		return bpf_program__attach_trace(program);
	if (bpf_program__type(program) == BPF_PROG_TYPE_TRACEPOINT)
		return bpf_program__attach_tracepoint(program, "syscalls",
						      target ? strrchr(section, '/') + 1 : "sys_enter_getpgid");
	errno = EOPNOTSUPP;
	return NULL;
}

// libbpf here takes the section for one without a target
static struct bpf_link *attach_sleepable_probe(const struct bpf_program *program, const char *section)
{
	char path[64], provider[32], name[32];

	if (sscanf(section, "usdt.s/%63[^:]:%31[^:]:%31s", path, provider, name) != 3) {
		errno = EINVAL;
		return NULL;
	}
	return bpf_program__attach_usdt(program, -1, path, provider, name, NULL);
}

static struct bpf_link *attach_anywhere(const struct bpf_program *program)
{
	enum bpf_prog_type type = bpf_program__type(program);
	const char *section = bpf_program__section_name(program);
	struct bpf_link *link;
	int fd;

	if (of_cgroup(type) || bpf_program__expected_attach_type(program) == BPF_LSM_CGROUP) {
		fd = open("/sys/fs/cgroup", O_RDONLY);
		return fd < 0 ? NULL : bpf_program__attach_cgroup(program, fd);
	}
	if (type == BPF_PROG_TYPE_SK_LOOKUP || type == BPF_PROG_TYPE_FLOW_DISSECTOR) {
		fd = open("/proc/self/ns/net", O_RDONLY);
		return fd < 0 ? NULL : bpf_program__attach_netns(program, fd);
	}
	switch (type) {
	case BPF_PROG_TYPE_PERF_EVENT:
		return attach_clock(program);
	case BPF_PROG_TYPE_NETFILTER:
		return attach_hook(program);
	case BPF_PROG_TYPE_SK_MSG:
	case BPF_PROG_TYPE_SK_SKB:
		return attach_sockets(program);
	case BPF_PROG_TYPE_XDP:
	case BPF_PROG_TYPE_SCHED_CLS:
		return attach_device(program);
	default:
		if (bpf_program__expected_attach_type(program) == BPF_TRACE_ITER)
			return attach_iterator(program, section);
		if (begins(section, "usdt.s"))
			return attach_sleepable_probe(program, section);
		link = bpf_program__attach(program);
		return link || errno != EOPNOTSUPP ? link : attach_untargeted(program, section);
	}
}

static void keep(const char *name, struct bpf_link *link)
{
	struct opened *opened = current();

	tell("attached", name, link ? 0 : -errno);
	if (link && opened->link_count < MAX_LINKS)
		opened->links[opened->link_count++] = link;
}

// What an iterator prints.
static void read_iterator(const char *name, const struct bpf_link *link)
{
	int fd = bpf_iter_create(bpf_link__fd(link));
	char *text = calloc(1, LONGEST_TEXT);
	ssize_t got, used = 0;

	if (fd >= 0) {
		while ((got = read(fd, text + used, LONGEST_TEXT - 1 - used)) > 0)
			used += got;
		printf("{\"iterator\":\"%s\"", name);
		print_text("text", text);
		puts("}");
		close(fd);
	}
	free(text);
}

static void try_attach(struct bpf_program *program)
{
	enum bpf_prog_type type = bpf_program__type(program);
	bool many = type == BPF_PROG_TYPE_TRACING && strstr(bpf_program__section_name(program), ".multi");
	bool verdict = type == BPF_PROG_TYPE_SK_SKB && !bpf_program__expected_attach_type(program);
	const char *name = bpf_program__name(program);
	struct bpf_link *link;

	if (many || verdict || is_routed(type)) {
		tell("attached", name, many ? attach_many(program) : verdict ? attach_verdict(program) : attach_route(program));
		return;
	}
	errno = 0;
	link = attach_anywhere(program);
	keep(name, link);
	if (link && bpf_program__expected_attach_type(program) == BPF_TRACE_ITER)
		read_iterator(name, link);
}

static int do_try_attach(void)
{
	struct opened *opened = current();
	struct bpf_program *program;
	struct bpf_map *map;

	bpf_object__for_each_program(program, opened->object)
		if (bpf_program__fd(program) >= 0 && bpf_program__type(program) != BPF_PROG_TYPE_STRUCT_OPS &&
		    bpf_program__type(program) != BPF_PROG_TYPE_SYSCALL)
			try_attach(program);
	bpf_object__for_each_map(map, opened->object)
		if (bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS)
			keep(bpf_map__name(map), bpf_map__attach_struct_ops(map));
	return 0;
}

static void drop_attached(void)
{
	while (raw_link_count)
		close(raw_links[--raw_link_count]);
	remove_routes();
	bpf_xdp_detach(if_nametoindex("test_sock_addr2"), XDP_FLAGS_SKB_MODE, NULL);
}
