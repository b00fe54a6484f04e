// Sections of Linux 7.2 that libbpf here does not know: they load, and attach.h attaches them. A part of bpfrun.c.
static int prepare_newer(struct bpf_program *program, struct bpf_prog_load_opts *options, long cookie)
{
	const char *target = strchr(bpf_program__section_name(program), '/');

	if (cookie)
		options->prog_flags |= BPF_F_SLEEPABLE;
	if (bpf_program__expected_attach_type(program) == BPF_TRACE_RAW_TP && target) {
		int id = libbpf_find_vmlinux_btf_id(target + 1, BPF_TRACE_RAW_TP);

		if (id < 0)
			return id;
		options->attach_btf_id = id;
	}
	return 0;
}

static int know_newer_sections(void)
{
	static const struct {
		const char *section;
		enum bpf_prog_type type;
		int attach_type;
		bool sleepable;
	} newer[] = {
		{ "tracepoint.s+", BPF_PROG_TYPE_TRACEPOINT, 0, true },
		{ "tp.s+", BPF_PROG_TYPE_TRACEPOINT, 0, true },
		{ "raw_tracepoint.s+", BPF_PROG_TYPE_RAW_TRACEPOINT, 0, true },
		{ "raw_tp.s+", BPF_PROG_TYPE_RAW_TRACEPOINT, 0, true },
		{ "tp_btf.s+", BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, true },
		{ "fentry.multi+", BPF_PROG_TYPE_TRACING, 59, false },
		{ "fentry.multi.s+", BPF_PROG_TYPE_TRACING, 59, true },
		{ "fexit.multi+", BPF_PROG_TYPE_TRACING, 60, false },
		{ "fexit.multi.s+", BPF_PROG_TYPE_TRACING, 60, true },
		{ "fsession.multi+", BPF_PROG_TYPE_TRACING, 61, false },
		{ "fsession.multi.s+", BPF_PROG_TYPE_TRACING, 61, true },
	};

	for (size_t i = 0; i < sizeof newer / sizeof *newer; i++) {
		LIBBPF_OPTS(libbpf_prog_handler_opts, options, .cookie = newer[i].sleepable,
			    .prog_prepare_load_fn = prepare_newer);
		int error = libbpf_register_prog_handler(newer[i].section, newer[i].type, newer[i].attach_type, &options);

		if (error < 0)
			return error;
	}
	return 0;
}
