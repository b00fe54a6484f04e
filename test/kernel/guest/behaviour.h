// The steps of bpfrun that prepare an unknown object, by its variables and maps, and tell which programs ran and what came
// into perf buffers. A part of bpfrun.c, which includes it once its own helpers are there.
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
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
		printf("{\"counted\":\"%s\",\"runs\":%llu,\"time\":%llu,\"section\":\"%s\"}\n", bpf_program__name(program),
		       (unsigned long long)info.run_cnt, (unsigned long long)info.run_time_ns,
		       bpf_program__section_name(program));
	}
	return 0;
}
