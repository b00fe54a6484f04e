// The steps of bpfrun that make an unknown object run: whatever can be attached or run is, and what came of it is told.
// A part of bpfrun.c, which includes it once its own helpers are there.
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAX_PERF = 8, PERF_PAGES = 64, LONGEST_TEXT = 16 << 10, OUT_SIZE = 4096, SAMPLE_PERIOD = 100000 };

static struct perf_buffer *listened[MAX_PERF];
static int listened_count;

static void tell(const char *word, const char *name, int error)
{
	printf("{\"%s\":\"%s\",\"error\":%d}\n", word, name, error);
}

// pid, my_pid, target_tgid and the like
static int names_process(const char *name)
{
	size_t length = strlen(name);

	return (length >= 3 && !strcmp(name + length - 3, "pid")) || (length >= 4 && !strcmp(name + length - 4, "tgid")) ||
	       (length >= 3 && !strcmp(name + length - 3, "tid"));
}

static void set_process(const struct btf *btf, const struct btf_var_secinfo *var, unsigned char *value)
{
	const struct btf_type *type = btf__type_by_id(btf, var->type);
	int pid = getpid();

	if (names_process(btf__name_by_offset(btf, type->name_off)) && var->size == sizeof pid)
		memcpy(value + var->offset, &pid, sizeof pid);
}

static int do_self(void)
{
	const struct btf *btf = bpf_object__btf(current()->object);
	struct bpf_map *map;

	bpf_object__for_each_map(map, current()->object) {
		const char *section = strchr(bpf_map__name(map), '.');
		const struct btf_type *type;
		unsigned char *value;
		size_t size;
		int id;

		if (!is_data(map) || !(value = bpf_map__initial_value(map, &size)))
			continue;
		id = btf__find_by_name_kind(btf, section, BTF_KIND_DATASEC);
		type = id > 0 ? btf__type_by_id(btf, id) : NULL;
		for (int i = 0; type && i < btf_vlen(type); i++)
			set_process(btf, btf_var_secinfos(type) + i, value);
	}
	return 0;
}

static void on_sample(void *name, int cpu, void *data, __u32 size)
{
	(void)cpu;
	printf("{\"perf\":\"%s\"", (const char *)name);
	print_bytes("record", data, size);
	puts("}");
}

static int do_listen(void)
{
	struct bpf_map *map;

	bpf_enable_stats(BPF_STATS_RUN_TIME);
	bpf_object__for_each_map(map, current()->object) {
		if (bpf_map__type(map) != BPF_MAP_TYPE_PERF_EVENT_ARRAY || listened_count == MAX_PERF)
			continue;
		listened[listened_count] =
			perf_buffer__new(bpf_map__fd(map), PERF_PAGES, on_sample, NULL, (void *)bpf_map__name(map), NULL);
		if (listened[listened_count])
			listened_count++;
	}
	return 0;
}

static int do_records(void)
{
	for (int i = 0; i < listened_count; i++)
		perf_buffer__consume(listened[i]);
	return 0;
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

static struct bpf_link *attach_anywhere(const struct bpf_program *program)
{
	enum bpf_prog_type type = bpf_program__type(program);
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
	case BPF_PROG_TYPE_XDP:
	case BPF_PROG_TYPE_SCHED_CLS:
		errno = EOPNOTSUPP; // run on packets of ours instead
		return NULL;
	default:
		return bpf_program__attach(program);
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

static int do_try_attach(void)
{
	struct opened *opened = current();
	struct bpf_program *program;
	struct bpf_map *map;

	bpf_object__for_each_program(program, opened->object) {
		if (bpf_program__fd(program) < 0 || bpf_program__type(program) == BPF_PROG_TYPE_STRUCT_OPS ||
		    bpf_program__type(program) == BPF_PROG_TYPE_SYSCALL)
			continue;
		errno = 0;
		keep(bpf_program__name(program), attach_anywhere(program));
		if (bpf_program__expected_attach_type(program) == BPF_TRACE_ITER && opened->link_count)
			read_iterator(bpf_program__name(program), opened->links[opened->link_count - 1]);
	}
	bpf_object__for_each_map(map, opened->object)
		if (bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS)
			keep(bpf_map__name(map), bpf_map__attach_struct_ops(map));
	return 0;
}

static const unsigned char packet_v4[] = {
	0x02, 0, 0, 0, 0, 1, 0x02, 0, 0, 0, 0, 2, 0x08, 0x00,			     // Ethernet
	0x45, 0, 0, 50, 0, 1, 0, 0, 64, 6, 0x66, 0xc3, 10, 0, 0, 1, 10, 0, 0, 2,	     // IPv4, TCP
	0x30, 0x39, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 0x02, 0x20, 0, 0, 0, 0, 0, // a SYN
	'b', 'p', 'f', 'a', 's', 'm', '.', '.', '.', '.',
};
static const unsigned char packet_v6[] = {
	0x02, 0, 0, 0, 0, 1, 0x02, 0, 0, 0, 0, 2, 0x86, 0xdd,			     // Ethernet
	0x60, 0, 0, 0, 0, 30, 6, 64,						     // IPv6, TCP
	0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
	0x30, 0x39, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 0x02, 0x20, 0, 0, 0, 0, 0, // a SYN
	'b', 'p', 'f', 'a', 's', 'm', '.', '.', '.', '.',
};

static void run_with(const struct bpf_program *program, const char *input, const void *data, size_t size)
{
	unsigned char out[OUT_SIZE];
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = data, .data_size_in = size);
	int error;

	if (data) {
		options.data_out = out;
		options.data_size_out = sizeof out;
	}
	error = bpf_prog_test_run_opts(bpf_program__fd(program), &options);
	printf("{\"ran\":\"%s\",\"input\":\"%s\",\"error\":%d,\"retval\":%u", bpf_program__name(program), input, error,
	       options.retval);
	if (data && !error)
		print_bytes("out", out, options.data_size_out);
	puts("}");
	fflush(stdout);
}

static int do_try_run(void)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, current()->object) {
		enum bpf_attach_type attach = bpf_program__expected_attach_type(program);

		if (bpf_program__fd(program) < 0)
			continue;
		switch (bpf_program__type(program)) {
		case BPF_PROG_TYPE_SOCKET_FILTER:
		case BPF_PROG_TYPE_SCHED_CLS:
		case BPF_PROG_TYPE_SCHED_ACT:
		case BPF_PROG_TYPE_XDP:
		case BPF_PROG_TYPE_CGROUP_SKB:
		case BPF_PROG_TYPE_LWT_IN:
		case BPF_PROG_TYPE_LWT_OUT:
		case BPF_PROG_TYPE_LWT_XMIT:
		case BPF_PROG_TYPE_FLOW_DISSECTOR:
		case BPF_PROG_TYPE_NETFILTER:
			run_with(program, "IPv4", packet_v4, sizeof packet_v4);
			run_with(program, "IPv6", packet_v6, sizeof packet_v6);
			break;
		case BPF_PROG_TYPE_TRACING:
			if (attach == BPF_TRACE_ITER || attach == BPF_TRACE_RAW_TP)
				break;
			__attribute__((fallthrough));
		case BPF_PROG_TYPE_RAW_TRACEPOINT:
		case BPF_PROG_TYPE_SYSCALL:
			run_with(program, "none", NULL, 0);
			break;
		default:
			break;
		}
	}
	return 0;
}

static int do_counts(void)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, current()->object) {
		struct bpf_prog_info info = { 0 };
		__u32 size = sizeof info;

		if (bpf_program__fd(program) < 0 || bpf_prog_get_info_by_fd(bpf_program__fd(program), &info, &size))
			continue;
		printf("{\"counted\":\"%s\",\"runs\":%llu,\"time\":%llu,\"type\":\"%s\"}\n", bpf_program__name(program),
		       (unsigned long long)info.run_cnt, (unsigned long long)info.run_time_ns,
		       libbpf_bpf_prog_type_str(info.type));
	}
	return 0;
}
