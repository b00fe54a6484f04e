// The steps of bpfrun that make an unknown object run: its variables are set, whatever can be run is, and what came of it
// is told. A part of bpfrun.c, which includes it once its own helpers are there.
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_PERF = 8, PERF_PAGES = 64, OUT_SIZE = 4096, FILLED = 3 };

static struct perf_buffer *listened[MAX_PERF];
static int listened_count;

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

static long changed_bytes(const unsigned char *out, size_t out_size, const unsigned char *in, size_t in_size)
{
	long changed = out_size > in_size ? out_size - in_size : in_size - out_size;

	for (size_t i = 0; i < out_size && i < in_size; i++)
		changed += out[i] != in[i];
	return changed;
}

static int run_with(const struct bpf_program *program, const char *input, const void *data, size_t size)
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
	if (data && !error) {
		print_bytes("out", out, options.data_size_out);
		printf(",\"changed\":%ld", changed_bytes(out, options.data_size_out, data, size));
	}
	puts("}");
	fflush(stdout);
	return error;
}

// Programs that want a context of their own size: the first size that the kernel takes.
static void run_with_context(const struct bpf_program *program)
{
	unsigned char state[8] = { 0x21, 0x43, 0x65, 7 };
	unsigned long long context[8];
	LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = context);
	bool is_struct_ops = bpf_program__type(program) == BPF_PROG_TYPE_STRUCT_OPS;
	int error = -EINVAL;

	for (size_t words = 1; words <= 8 && error == -EINVAL; words++) {
		for (int i = 0; i < 8; i++)
			context[i] = 0x0101010101010101ULL * (i + 3);
		if (is_struct_ops)
			context[0] = (unsigned long)state; // its first argument is a state
		options.ctx_size_in = words * sizeof *context;
		error = bpf_prog_test_run_opts(bpf_program__fd(program), &options);
	}
	printf("{\"ran\":\"%s\",\"input\":\"context\",\"error\":%d,\"retval\":%u", bpf_program__name(program), error,
	       options.retval);
	print_bytes("out", is_struct_ops ? (void *)state : (void *)context, is_struct_ops ? sizeof state : sizeof context);
	puts("}");
	fflush(stdout);
}

static void run_program(const struct bpf_program *program)
{
	enum bpf_attach_type attach = bpf_program__expected_attach_type(program);

	switch (bpf_program__type(program)) {
	case BPF_PROG_TYPE_SOCKET_FILTER:
	case BPF_PROG_TYPE_SCHED_CLS:
	case BPF_PROG_TYPE_SCHED_ACT:
	case BPF_PROG_TYPE_XDP:
	case BPF_PROG_TYPE_CGROUP_SKB:
	case BPF_PROG_TYPE_LWT_IN:
	case BPF_PROG_TYPE_LWT_OUT:
	case BPF_PROG_TYPE_LWT_XMIT:
	case BPF_PROG_TYPE_LWT_SEG6LOCAL:
	case BPF_PROG_TYPE_FLOW_DISSECTOR:
	case BPF_PROG_TYPE_NETFILTER:
		run_with(program, "IPv4", packet_v4, sizeof packet_v4);
		run_with(program, "IPv6", packet_v6, sizeof packet_v6);
		break;
	case BPF_PROG_TYPE_STRUCT_OPS:
		run_with_context(program);
		break;
	case BPF_PROG_TYPE_TRACING:
		if (attach == BPF_TRACE_ITER || attach == BPF_TRACE_RAW_TP)
			break;
		__attribute__((fallthrough));
	case BPF_PROG_TYPE_RAW_TRACEPOINT:
	case BPF_PROG_TYPE_SYSCALL:
		if (run_with(program, "none", NULL, 0) == -EINVAL && bpf_program__type(program) != BPF_PROG_TYPE_TRACING)
			run_with_context(program);
		break;
	default:
		break;
	}
}

// Programs of all objects that are open: one may replace a function of another's.
static int do_try_run(void)
{
	struct bpf_program *program;

	for (int i = 0; i < count; i++)
		bpf_object__for_each_program(program, all[i].object)
			if (bpf_program__fd(program) >= 0)
				run_program(program);
	return 0;
}

static int attached_in_map(enum bpf_attach_type type)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, current()->object)
		if (bpf_program__expected_attach_type(program) == type && bpf_program__fd(program) >= 0)
			return bpf_program__fd(program);
	return 0;
}

static void run_live(const struct bpf_program *program)
{
	struct xdp_md context = { .data_end = sizeof packet_v4, .ingress_ifindex = LOOPBACK };
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = packet_v4, .data_size_in = sizeof packet_v4, .repeat = 1,
		    .ctx_in = &context, .ctx_size_in = sizeof context, .flags = BPF_F_TEST_XDP_LIVE_FRAMES);
	int error = bpf_prog_test_run_opts(bpf_program__fd(program), &options);

	printf("{\"ran\":\"%s\",\"input\":\"live\",\"error\":%d,\"retval\":%u}\n", bpf_program__name(program), error,
	       options.retval);
}

// Maps of processors and devices get an entry with the object's program for them; then packets really are redirected.
static int do_redirect(void)
{
	struct bpf_program *program, *last = NULL;
	struct bpf_map *map;
	int wired = 0, key = 0;

	bpf_object__for_each_map(map, current()->object) {
		enum bpf_map_type type = bpf_map__type(map);
		struct bpf_cpumap_val processor = { .qsize = 64, .bpf_prog.fd = attached_in_map(BPF_XDP_CPUMAP) };
		struct bpf_devmap_val device = { .ifindex = if_nametoindex("test_sock_addr1"),
						 .bpf_prog.fd = attached_in_map(BPF_XDP_DEVMAP) };

		if (type == BPF_MAP_TYPE_CPUMAP)
			wired |= !bpf_map_update_elem(bpf_map__fd(map), &key, &processor, 0);
		if (type == BPF_MAP_TYPE_DEVMAP || type == BPF_MAP_TYPE_DEVMAP_HASH)
			wired |= !bpf_map_update_elem(bpf_map__fd(map), &key, &device, 0);
	}
	bpf_object__for_each_program(program, current()->object)
		if (wired && bpf_program__expected_attach_type(program) == BPF_XDP && bpf_program__fd(program) >= 0) {
			run_live(program);
			last = program;
		}
	// what the act sends over the pair of devices passes it
	if (last)
		tell("attached", bpf_program__name(last),
		     bpf_xdp_attach(if_nametoindex("test_sock_addr2"), bpf_program__fd(last), XDP_FLAGS_SKB_MODE, NULL));
	return 0;
}

// NAME=VALUE, before the object is loaded
static int do_set(const char *word)
{
	const struct btf *btf = bpf_object__btf(current()->object);
	size_t length = strcspn(word, "="), size;
	unsigned long long number = value_of(word + length + 1);
	struct bpf_map *map;
	int set = 0;

	bpf_object__for_each_map(map, current()->object) {
		const char *section = strchr(bpf_map__name(map), '.');
		unsigned char *value = is_data(map) ? bpf_map__initial_value(map, &size) : NULL;
		int id = value ? btf__find_by_name_kind(btf, section, BTF_KIND_DATASEC) : -1;
		const struct btf_type *type = id > 0 ? btf__type_by_id(btf, id) : NULL;

		for (int i = 0; type && i < btf_vlen(type); i++) {
			const struct btf_var_secinfo *var = btf_var_secinfos(type) + i;
			const char *name = btf__name_by_offset(btf, btf__type_by_id(btf, var->type)->name_off);

			if (strlen(name) == length && !strncmp(name, word, length) && ++set)
				memcpy(value + var->offset, &number, var->size < sizeof number ? var->size : sizeof number);
		}
	}
	return set ? 0 : -ENOENT;
}

static int do_also(const char *name)
{
	return bpf_program__set_autoload(program_named(name), true);
}

static int do_without(const char *name)
{
	return bpf_program__set_autoload(program_named(name), false);
}

// Entries to look at; keys and values are bytes that count up.
static int do_fill(const char *name)
{
	struct bpf_map *map = bpf_object__find_map_by_name(current()->object, name);
	unsigned char key[256] = { 0 }, value[OUT_SIZE];
	bool is_array;

	if (!map || bpf_map__key_size(map) > sizeof key || bpf_map__value_size(map) * libbpf_num_possible_cpus() > sizeof value)
		return -ENOENT;
	is_array = bpf_map__type(map) == BPF_MAP_TYPE_ARRAY || bpf_map__type(map) == BPF_MAP_TYPE_PERCPU_ARRAY;
	for (int i = 0; i < FILLED; i++) {
		for (size_t at = 0; at < bpf_map__key_size(map); at++)
			key[at] = is_array ? (at ? 0 : i) : i * 17 + at + 1;
		for (size_t at = 0; at < sizeof value; at++)
			value[at] = i * 29 + at + 1;
		bpf_map_update_elem(bpf_map__fd(map), key, value, 0);
	}
	return 0;
}

static int do_mark(const char *word)
{
	printf("{\"mark\":\"%s\"}\n", word);
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
		printf("{\"counted\":\"%s\",\"runs\":%llu,\"section\":\"%s\"}\n", bpf_program__name(program),
		       (unsigned long long)info.run_cnt, bpf_program__section_name(program));
	}
	return 0;
}
