// bpfrun: loads, attaches and runs BPF objects in the guest and says as JSON lines what happened.
//
//   bpfrun STEP...     steps run one after the other on the object that was opened last; the first that fails ends the run
//
//   open FILE          open an object; those opened before stay loaded and attached
//   only PROGRAM       load this program of the object and no other
//   target FUNCTION    tracing and replacing programs of this object concern FUNCTION of the first program of the object
//                      opened before
//   judge              what the verifier says of each program, loaded alone; the object itself is not loaded
//   load               load the object
//   attach             attach every program that loads by default; the links live until bpfrun ends
//   detach             remove the links of this object
//   run PROGRAM        BPF_PROG_TEST_RUN once (tracing programs: the kernel calls its bpf_fentry_test functions)
//   shell COMMAND      run a command; it has to succeed
//   self               variables named after a process id become ours, before the object is loaded
//   listen             take the records of perf buffers from now on, and let the kernel count runs
//   set NAME=VALUE     a variable gets a number, or the address of a function of ours (&NAME), before the object is loaded
//   also PROGRAM       load a program that does not load by default
//   without PROGRAM    do not load it
//   fill MAP           put entries into a map
//   try-attach         attach every program that can be, also to the root control group, and say which could not
//   try-run            run every program that BPF_PROG_TEST_RUN can run, on packets of both IP versions
//   redirect           wire maps of processors and devices, and run XDP programs on packets that really go there
//   act                do by ourselves what programs may see or change, and tell what came of it
//   mark WORD          a line to tell phases apart
//   counts             which programs have run
//   records            what came into perf buffers
//
//   globals            the variables of .data, .bss and .rodata by name
//   maps               keys and values of the other maps
//   rings              records waiting in ring buffers
//
// Values are bytes in memory order, as hexadecimal digits.
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_OBJECTS = 16, MAX_LINKS = 128, LOG_SIZE = 4 << 20, LOG_TAIL = 6000, STATS_SIZE = 4096, PACKET_SIZE = 64 };
enum { LONGEST_VALUE = 16 << 10 };

struct opened {
	const char *path;
	struct bpf_object *object;
	struct bpf_link *links[MAX_LINKS];
	int link_count;
};

static struct opened all[MAX_OBJECTS];
static int count;
static char said[64 << 10]; // what libbpf printed since the last step
static bool btf_refused; // the kernel did not take the types of an object, without which libbpf goes on as well as it can

static struct opened *current(void)
{
	if (!count) {
		fprintf(stderr, "bpfrun: open an object first\n");
		exit(2);
	}
	return &all[count - 1];
}

static int on_message(enum libbpf_print_level level, const char *format, va_list values)
{
	size_t used = strlen(said);
	int written;

	if (level == LIBBPF_DEBUG)
		return 0;
	written = vsnprintf(said + used, sizeof said - used, format, values);
	if (strstr(said + used, "Error loading .BTF"))
		btf_refused = true;
	return written;
}

static void print_text(const char *key, const char *text)
{
	printf(",\"%s\":\"", key);
	for (; *text; text++) {
		unsigned char c = *text;

		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < ' ' || c > '~')
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

static void print_bytes(const char *key, const void *bytes, size_t size)
{
	printf(",\"%s\":\"", key);
	for (size_t i = 0; i < size; i++)
		printf("%02x", ((const unsigned char *)bytes)[i]);
	putchar('"');
}

// In place of bytes too many to print: zero where all are, else a hash (FNV-1a) of them.
static void print_sum(const char *key, const unsigned char *bytes, size_t size)
{
	unsigned long long sum = 0xcbf29ce484222325ULL;
	unsigned char any = 0;

	for (size_t i = 0; i < size; i++) {
		any |= bytes[i];
		sum = (sum ^ bytes[i]) * 0x100000001b3ULL;
	}
	printf(",\"%s\":\"%016llx\"", key, any ? sum : 0);
}

static void print_types(void)
{
	if (btf_refused)
		printf(",\"btf\":\"refused\"");
}

static int report(const char *step, int error)
{
	printf("{\"step\":\"%s\",\"object\":\"%s\",\"error\":%d", step, count ? current()->path : "", error);
	print_types();
	if (error)
		print_text("said", strlen(said) > LOG_TAIL ? said + strlen(said) - LOG_TAIL : said);
	puts("}");
	fflush(stdout);
	return error;
}

static struct bpf_program *program_named(const char *name)
{
	struct bpf_program *program = bpf_object__find_program_by_name(current()->object, name);

	if (!program) {
		fprintf(stderr, "bpfrun: no program %s\n", name);
		exit(2);
	}
	return program;
}

static int do_open(const char *path)
{
	if (count == MAX_OBJECTS)
		return -E2BIG;
	btf_refused = false;
	all[count].path = path;
	all[count].object = bpf_object__open_file(path, NULL);
	if (!all[count].object)
		return -errno;
	count++;
	return 0;
}

static int do_only(const char *name)
{
	struct bpf_program *program, *chosen = program_named(name);

	bpf_object__for_each_program(program, current()->object)
		bpf_program__set_autoload(program, program == chosen);
	return 0;
}

static int do_target(const char *function)
{
	struct bpf_program *program, *traced;
	int failed = 0;

	if (count < 2)
		return -EINVAL;
	traced = bpf_object__next_program(all[count - 2].object, NULL);
	bpf_object__for_each_program(program, current()->object)
		if (!failed && (bpf_program__type(program) == BPF_PROG_TYPE_TRACING ||
				bpf_program__type(program) == BPF_PROG_TYPE_EXT))
			failed = bpf_program__set_attach_target(program, bpf_program__fd(traced), function);
	return failed;
}

static long last_number(const char *log, const char *word)
{
	long number = -1;

	for (; (log = strstr(log, word)); log++)
		number = atol(log + strlen(word));
	return number;
}

static void print_verdict(const char *path, const struct bpf_program *program, const char *verdict, int error,
			  const char *log)
{
	printf("{\"object\":\"%s\",\"program\":\"%s\"", path, bpf_program__name(program));
	print_text("section", bpf_program__section_name(program));
	printf(",\"verdict\":\"%s\",\"error\":%d,\"processed\":%ld,\"insns\":%zu", verdict, error,
	       last_number(log, "processed "), bpf_program__insn_cnt(program));
	print_types();
	if (error) {
		print_text("log", strlen(log) > LOG_TAIL ? log + strlen(log) - LOG_TAIL : log);
		print_text("said", said);
	}
	puts("}");
}

// All programs in one go, which is what most objects take; says nothing and returns an error where one is refused.
static int judge_together(const char *path)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct bpf_program *program;
	char *logs, *log;
	int error, programs = 0;

	if (!object)
		return -errno;
	bpf_object__for_each_program(program, object)
		programs++;
	log = logs = calloc(programs + 1, STATS_SIZE);
	bpf_object__for_each_program(program, object) {
		bpf_program__set_autoload(program, true);
		bpf_program__set_log_buf(program, log, STATS_SIZE);
		bpf_program__set_log_level(program, 4); // the statistics alone
		log += STATS_SIZE;
	}
	error = bpf_object__load(object);
	log = logs;
	if (!error)
		bpf_object__for_each_program(program, object) {
			print_verdict(path, program, "accepted", 0, log);
			log += STATS_SIZE;
		}
	bpf_object__close(object);
	free(logs);
	return error;
}

static void judge_one(const char *path, const char *name)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct bpf_program *program;
	char *log = calloc(1, LOG_SIZE);
	int error;

	said[0] = 0;
	bpf_object__for_each_program(program, object)
		bpf_program__set_autoload(program, !strcmp(bpf_program__name(program), name));
	program = bpf_object__find_program_by_name(object, name);
	bpf_program__set_log_buf(program, log, LOG_SIZE);
	bpf_program__set_log_level(program, 1 | 4); // the log, and the statistics
	error = bpf_object__load(object);
	// a log that ends in statistics was judged to its end; none at all means that something before it failed
	print_verdict(path, program, !error ? "accepted" : *log ? "rejected" : "not judged", error, log);
	bpf_object__close(object);
	free(log);
}

static int do_judge(void)
{
	struct bpf_program *program;

	btf_refused = false;
	if (!judge_together(current()->path))
		return 0;
	bpf_object__for_each_program(program, current()->object)
		judge_one(current()->path, bpf_program__name(program));
	return 0;
}

static int do_attach(void)
{
	struct opened *opened = current();
	struct bpf_program *program;

	bpf_object__for_each_program(program, opened->object) {
		if (!bpf_program__autoload(program) || opened->link_count == MAX_LINKS)
			continue;
		opened->links[opened->link_count] = bpf_program__attach(program);
		if (!opened->links[opened->link_count])
			return -errno;
		opened->link_count++;
	}
	return 0;
}

static void drop_attached(void);

static int do_detach(void)
{
	struct opened *opened = current();

	drop_attached();
	while (opened->link_count)
		bpf_link__destroy(opened->links[--opened->link_count]);
	return 0;
}

static int do_run(const char *name)
{
	struct bpf_program *program = program_named(name);
	char packet[PACKET_SIZE] = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, options);
	int error;

	if (bpf_program__type(program) != BPF_PROG_TYPE_TRACING && bpf_program__type(program) != BPF_PROG_TYPE_SYSCALL) {
		options.data_in = packet;
		options.data_size_in = sizeof packet;
	}
	error = bpf_prog_test_run_opts(bpf_program__fd(program), &options);
	printf("{\"ran\":\"%s\",\"error\":%d,\"retval\":%u}\n", name, error, options.retval);
	return error;
}

static int do_shell(const char *command)
{
	int status;

	fflush(stdout);
	status = system(command);
	return status ? -ECHILD : 0;
}

static void print_variables(const struct btf *btf, const struct btf_type *section, const unsigned char *value)
{
	const struct btf_var_secinfo *var = btf_var_secinfos(section);

	for (int i = 0; i < btf_vlen(section); i++, var++) {
		printf("{\"global\":\"%s\"", btf__name_by_offset(btf, btf__type_by_id(btf, var->type)->name_off));
		printf(",\"section\":\"%s\"", btf__name_by_offset(btf, section->name_off));
		if (btf_var(btf__type_by_id(btf, var->type))->linkage == BTF_VAR_STATIC)
			printf(",\"static\":true");
		if (var->size > LONGEST_VALUE)
			print_sum("value", value + var->offset, var->size);
		else
			print_bytes("value", value + var->offset, var->size);
		puts("}");
	}
}

static int is_data(const struct bpf_map *map)
{
	const char *name = bpf_map__name(map);

	// libbpf names them after the section, with a piece of the object's name before it
	return bpf_map__type(map) == BPF_MAP_TYPE_ARRAY &&
	       (strstr(name, ".data") || strstr(name, ".bss") || strstr(name, ".rodata"));
}

static int do_globals(void)
{
	struct bpf_object *object = current()->object;
	const struct btf *btf = bpf_object__btf(object);
	struct bpf_map *map;

	bpf_object__for_each_map(map, object) {
		const char *section = strchr(bpf_map__name(map), '.');
		unsigned char *value;
		int id, zero = 0;

		if (!is_data(map))
			continue;
		id = btf__find_by_name_kind(btf, section, BTF_KIND_DATASEC);
		value = calloc(1, bpf_map__value_size(map));
		if (id > 0 && !bpf_map_lookup_elem(bpf_map__fd(map), &zero, value))
			print_variables(btf, btf__type_by_id(btf, id), value);
		free(value);
	}
	return 0;
}

static void dump_map(const struct bpf_map *map)
{
	size_t key_size = bpf_map__key_size(map), value_size = bpf_map__value_size(map);
	unsigned char *key = calloc(1, key_size), *next = calloc(1, key_size), *value;
	int type = bpf_map__type(map), error;

	if (type == BPF_MAP_TYPE_PERCPU_ARRAY || type == BPF_MAP_TYPE_PERCPU_HASH || type == BPF_MAP_TYPE_LRU_PERCPU_HASH)
		value_size = (value_size + 7) / 8 * 8 * libbpf_num_possible_cpus();
	value = calloc(1, value_size);
	for (error = bpf_map_get_next_key(bpf_map__fd(map), NULL, next); !error;
	     error = bpf_map_get_next_key(bpf_map__fd(map), key, next)) {
		memcpy(key, next, key_size);
		if (bpf_map_lookup_elem(bpf_map__fd(map), key, value))
			continue;
		printf("{\"map\":\"%s\"", bpf_map__name(map));
		print_bytes("key", key, key_size);
		print_bytes("value", value, value_size);
		puts("}");
	}
	free(key), free(next), free(value);
}

static int do_maps(void)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, current()->object)
		if (!is_data(map) && bpf_map__type(map) != BPF_MAP_TYPE_RINGBUF)
			dump_map(map);
	return 0;
}

static int print_record(void *name, void *data, size_t size)
{
	printf("{\"ring\":\"%s\"", (const char *)name);
	print_bytes("record", data, size);
	puts("}");
	return 0;
}

static int do_rings(void)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, current()->object) {
		struct ring_buffer *ring;

		if (bpf_map__type(map) != BPF_MAP_TYPE_RINGBUF)
			continue;
		ring = ring_buffer__new(bpf_map__fd(map), print_record, (void *)bpf_map__name(map), NULL);
		if (!ring)
			return -errno;
		ring_buffer__consume(ring);
		ring_buffer__free(ring);
	}
	return 0;
}

static int do_load(void)
{
	return bpf_object__load(current()->object);
}

#include "routes.h"
#include "attach.h"
#include "functions.h"
#include "behaviour.h"
#include "runs.h"
#include "activity.h"
#include "newer.h"

static const struct {
	const char *name;
	int (*with_word)(const char *word);
	int (*alone)(void);
} steps[] = {
	{ "open", do_open, NULL },     { "only", do_only, NULL },	{ "target", do_target, NULL },
	{ "judge", NULL, do_judge },   { "load", NULL, do_load },	{ "attach", NULL, do_attach },
	{ "detach", NULL, do_detach }, { "run", do_run, NULL },		{ "shell", do_shell, NULL },
	{ "globals", NULL, do_globals }, { "maps", NULL, do_maps },	{ "rings", NULL, do_rings },
	{ "self", NULL, do_self },     { "listen", NULL, do_listen },	{ "try-attach", NULL, do_try_attach },
	{ "try-run", NULL, do_try_run }, { "counts", NULL, do_counts }, { "records", NULL, do_records },
	{ "set", do_set, NULL },       { "also", do_also, NULL },	{ "without", do_without, NULL },
	{ "fill", do_fill, NULL },     { "act", NULL, do_act },		{ "redirect", NULL, do_redirect },
	{ "mark", do_mark, NULL },
};

// Runs the step that words[0] names; returns how many words it took, or -1 after it failed.
static int take_step(char **words)
{
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		if (strcmp(steps[i].name, words[0]))
			continue;
		if (steps[i].with_word && !words[1])
			break;
		said[0] = 0;
		if (report(words[0], steps[i].with_word ? steps[i].with_word(words[1]) : steps[i].alone()))
			return -1;
		return steps[i].with_word ? 2 : 1;
	}
	fprintf(stderr, "bpfrun: cannot do %s\n", words[0]);
	exit(2);
}

int main(int argc, char **argv)
{
	int at = 1, taken;

	(void)argc;
	libbpf_set_print(on_message);
	if (know_newer_sections() < 0)
		return 2;
	while (argv[at]) {
		taken = take_step(argv + at);
		if (taken < 0)
			return 1;
		at += taken;
	}
	return 0;
}
