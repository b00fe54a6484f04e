// sweep: loads and runs every program of BPF objects in the guest and prints a JSON line for each: what it returned and
// a hash of what it left behind, so that objects made from one source by different compilers can be compared.
//
//   sweep FILE...
//
// What belongs to a program are the variables and maps whose names begin with its own name and "_g". Only the bits that
// a type names are hashed, so padding does not count; of a union, the first member does. A program that is refused along
// with the rest of its object is loaded once more alone.
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOG_SIZE = 8 << 20, LOG_TAIL = 600, STATS_SIZE = 4096, PACKET_SIZE = 64, MAX_PROGRAMS = 64 };

typedef unsigned long long hash_t;

static char said[64 << 10]; // what libbpf printed since the last object

static int listen(enum libbpf_print_level level, const char *format, va_list values)
{
	size_t used = strlen(said);

	return level == LIBBPF_DEBUG ? 0 : vsnprintf(said + used, sizeof said - used, format, values);
}

// FNV-1a, a step for each bit field or byte
static hash_t mixed(hash_t hash, unsigned long long value)
{
	return (hash ^ value) * 0x100000001b3ULL;
}

static hash_t hash_value(const struct btf *btf, unsigned id, const unsigned char *bytes, hash_t hash);

static hash_t hash_bits(const unsigned char *bytes, unsigned offset, unsigned size, hash_t hash)
{
	unsigned long long value = 0;

	for (unsigned bit = 0; bit < size; bit++)
		value |= (unsigned long long)(bytes[(offset + bit) / 8] >> (offset + bit) % 8 & 1) << bit;
	return mixed(hash, value);
}

static hash_t hash_members(const struct btf *btf, const struct btf_type *type, const unsigned char *bytes, hash_t hash)
{
	int count = btf_is_union(type) ? btf_vlen(type) > 0 : btf_vlen(type);

	for (int i = 0; i < count; i++) {
		unsigned offset = btf_member_bit_offset(type, i), size = btf_member_bitfield_size(type, i);

		hash = size ? hash_bits(bytes, offset, size, hash)
			    : hash_value(btf, btf_members(type)[i].type, bytes + offset / 8, hash);
	}
	return hash;
}

static hash_t hash_value(const struct btf *btf, unsigned id, const unsigned char *bytes, hash_t hash)
{
	const struct btf_type *type;

	id = btf__resolve_type(btf, id);
	type = btf__type_by_id(btf, id);
	if (btf_is_composite(type))
		return hash_members(btf, type, bytes, hash);
	if (btf_is_array(type)) {
		long long size = btf__resolve_size(btf, btf_array(type)->type);

		for (unsigned i = 0; i < btf_array(type)->nelems; i++)
			hash = hash_value(btf, btf_array(type)->type, bytes + i * size, hash);
		return hash;
	}
	for (unsigned i = 0; i < type->size && !btf_is_ptr(type); i++)
		hash = mixed(hash, bytes[i]);
	return hash;
}

// The basis of a name's hash, or 0 where it does not belong to the program.
static hash_t basis(const char *program, const char *name)
{
	size_t length = strlen(program);
	hash_t hash = 0xcbf29ce484222325ULL;

	if (strncmp(program, name, length) || name[length] != '_' || name[length + 1] != 'g')
		return 0;
	for (name += length; *name; name++)
		hash = mixed(hash, (unsigned char)*name);
	return hash;
}

static hash_t hash_section(const struct btf *btf, const struct bpf_map *map, const char *program)
{
	const struct btf_type *section = btf__type_by_id(btf, bpf_map__btf_value_type_id(map));
	unsigned char *value = calloc(1, bpf_map__value_size(map));
	hash_t sum = 0;
	int zero = 0;

	if (section && btf_is_datasec(section) && !bpf_map_lookup_elem(bpf_map__fd(map), &zero, value))
		for (int i = 0; i < btf_vlen(section); i++) {
			const struct btf_var_secinfo *var = btf_var_secinfos(section) + i;
			const struct btf_type *type = btf__type_by_id(btf, var->type);
			hash_t start = basis(program, btf__name_by_offset(btf, type->name_off));

			if (start)
				sum += hash_value(btf, var->type, value + var->offset, start);
		}
	free(value);
	return sum;
}

static hash_t hash_map(const struct btf *btf, const struct bpf_map *map, const char *program)
{
	hash_t hash = basis(program, bpf_map__name(map));
	unsigned char *value = calloc(1, bpf_map__value_size(map));

	if (hash)
		for (unsigned key = 0; key < bpf_map__max_entries(map); key++)
			if (!bpf_map_lookup_elem(bpf_map__fd(map), &key, value))
				hash = hash_value(btf, bpf_map__btf_value_type_id(map), value, hash);
	free(value);
	return hash;
}

static hash_t hash_of(struct bpf_object *object, const char *program)
{
	const struct btf *btf = bpf_object__btf(object);
	struct bpf_map *map;
	hash_t sum = 0;

	bpf_object__for_each_map(map, object)
		sum += bpf_map__is_internal(map) ? hash_section(btf, map, program) : hash_map(btf, map, program);
	return sum;
}

static void print_text(const char *key, const char *text)
{
	printf(",\"%s\":\"", key);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			printf("\\%c", *text);
		else if (*text < ' ' || *text > '~')
			printf("\\u%04x", (unsigned char)*text);
		else
			putchar(*text);
	}
	putchar('"');
}

static long processed(const char *log)
{
	const char *found = strstr(log, "processed ");

	return found ? atol(found + strlen("processed ")) : -1;
}

static void begin_line(const char *path, const char *name, int error)
{
	printf("{\"object\":\"%s\",\"program\":\"%s\",\"error\":%d", path, name, error);
}

static void run_program(const char *path, struct bpf_object *object, struct bpf_program *program, const char *log)
{
	const char *name = bpf_program__name(program);
	char packet[PACKET_SIZE] = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, options);
	int error;

	if (bpf_program__type(program) != BPF_PROG_TYPE_SYSCALL) {
		options.data_in = packet;
		options.data_size_in = sizeof packet;
	}
	error = bpf_prog_test_run_opts(bpf_program__fd(program), &options);
	begin_line(path, name, error);
	printf(",\"retval\":%u,\"hash\":\"%016llx\",\"processed\":%ld}\n", options.retval, hash_of(object, name),
	       processed(log));
}

// What the verifier said last before its statistics.
static const char *tail_of(char *log)
{
	char *end = strstr(log, "\nprocessed ");
	size_t length;

	if (end)
		*end = 0;
	length = strlen(log);
	return length > LOG_TAIL ? log + length - LOG_TAIL : log;
}

static void try_alone(const char *path, const char *name)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct bpf_program *program;
	char *log = calloc(1, LOG_SIZE), stats[STATS_SIZE] = { 0 };

	bpf_object__for_each_program(program, object)
		bpf_program__set_autoload(program, !strcmp(bpf_program__name(program), name));
	program = bpf_object__find_program_by_name(object, name);
	bpf_program__set_log_buf(program, stats, sizeof stats);
	bpf_program__set_log_level(program, 4);
	said[0] = 0;
	if (!bpf_object__load(object)) {
		run_program(path, object, program, stats);
	} else {
		struct bpf_object *again = bpf_object__open_file(path, NULL);
		int error;

		bpf_object__for_each_program(program, again)
			bpf_program__set_autoload(program, !strcmp(bpf_program__name(program), name));
		program = bpf_object__find_program_by_name(again, name);
		bpf_program__set_log_buf(program, log, LOG_SIZE);
		bpf_program__set_log_level(program, 1);
		error = bpf_object__load(again);
		begin_line(path, name, error);
		print_text("log", *log ? tail_of(log) : said);
		puts("}");
		bpf_object__close(again);
	}
	bpf_object__close(object);
	free(log);
}

static void sweep(const char *path)
{
	static char logs[MAX_PROGRAMS][STATS_SIZE];
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct bpf_program *program;
	int count = 0, failed;

	if (!object) {
		begin_line(path, "", -1);
		print_text("log", said);
		puts("}");
		return;
	}
	memset(logs, 0, sizeof logs);
	bpf_object__for_each_program(program, object) {
		if (count == MAX_PROGRAMS)
			break;
		bpf_program__set_log_buf(program, logs[count++], STATS_SIZE);
		bpf_program__set_log_level(program, 4); // the statistics alone
	}
	failed = bpf_object__load(object);
	count = 0;
	bpf_object__for_each_program(program, object) {
		if (failed)
			try_alone(path, bpf_program__name(program));
		else
			run_program(path, object, program, logs[count++]);
	}
	bpf_object__close(object);
}

int main(int argc, char **argv)
{
	libbpf_set_print(listen);
	for (int i = 1; i < argc; i++) {
		said[0] = 0;
		sweep(argv[i]);
		fflush(stdout);
	}
	return 0;
}
