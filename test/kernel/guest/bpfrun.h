/* What the files of bpfrun share: the object at hand, and how its facts are printed. */
#ifndef BPFRUN_H
#define BPFRUN_H
#include <bpf/libbpf.h>
#include <stddef.h>

enum { MAX_LINKS = 128 };

struct opened {
	const char *path;
	struct bpf_object *object;
	struct bpf_link *links[MAX_LINKS];
	int link_count;
};

/** The object that was opened last. */
struct opened *current(void);
/** Whether a map holds the variables of a section. */
int is_data(const struct bpf_map *map);
/** A member of a JSON object, after others. */
void print_text(const char *key, const char *text);
void print_bytes(const char *key, const void *bytes, size_t size);

/* Steps of behaviour.c; each returns 0 or a negative error number. */
int do_self(void);
int do_listen(void);
int do_try_attach(void);
int do_try_run(void);
int do_counts(void);
int do_records(void);
#endif
