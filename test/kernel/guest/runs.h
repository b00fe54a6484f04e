// Runs the programs of the open objects on input of ours: packets of both IP versions, contexts, frames that are really
// redirected. A part of bpfrun.c.
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/if_link.h>

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
