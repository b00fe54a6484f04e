// patchload: loads a program of an object, then copies of it with a few instructions changed, and says of each what the
// verifier makes of it.
//
//   patchload [-v] OBJECT PROGRAM PATCHES
//
// PATCHES has a line for each copy: a name, then SLOT:CODE:REGS:OFF:IMM for every changed instruction; IMM `-` keeps what is
// there (the descriptor of a map). A line comes out for each: the name, `accepted`, `rejected` or `late` (over the time that
// one may take) and the error; with -v the end of the verifier's log, too. The first line tells how many slots there are.
// What libbpf hands to the kernel is caught on its way: everything but the instructions stays as it made it.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

enum { LOG_SIZE = 1 << 20, LOG_TAIL = 700, LINE = 4096, SECONDS = 8, NAME_LENGTH = 15 };

static const char *program_name, *patches;
static int verbose;

// The C library's, which libbpf calls for everything that it wants of the kernel.
static long raw_call(long number, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

static void on_alarm(int signal)
{
	(void)signal; // the kernel's verifier ends with EAGAIN
}

static int patched(struct bpf_insn *insns, unsigned count, char *words)
{
	for (char *word = strtok(words, " \n"); word; word = strtok(NULL, " \n")) {
		unsigned slot, code, regs;
		int off, imm, read = sscanf(word, "%u:%x:%x:%d:%d", &slot, &code, &regs, &off, &imm);

		if (read < 4 || slot >= count)
			return -1;
		insns[slot].code = code;
		insns[slot].dst_reg = regs & 15;
		insns[slot].src_reg = regs >> 4;
		insns[slot].off = off;
		if (read == 5)
			insns[slot].imm = imm;
	}
	return 0;
}

static void print_tail(const char *log)
{
	char *end = strstr(log, "\nverification time");

	if (end)
		*end = 0;
	log += strlen(log) > LOG_TAIL ? strlen(log) - LOG_TAIL : 0;
	for (; *log; log++)
		putchar(*log == '\n' ? '|' : *log);
}

static void load_one(const union bpf_attr *original, unsigned size, char *line)
{
	struct itimerval limit = { .it_value.tv_sec = SECONDS }, none = { 0 };
	size_t bytes = original->insn_cnt * sizeof(struct bpf_insn);
	struct bpf_insn *insns = malloc(bytes);
	union bpf_attr attr = *original;
	static char log[LOG_SIZE];
	char *rest = strchr(line, ' ');
	long fd;

	memcpy(insns, (void *)(long)original->insns, bytes);
	if (rest)
		*rest++ = 0;
	if (rest && patched(insns, original->insn_cnt, rest)) {
		printf("%s bad\n", line);
		free(insns);
		return;
	}
	log[0] = 0;
	attr.insns = (long)insns;
	attr.log_level = verbose ? 1 : 0;
	attr.log_buf = verbose ? (long)log : 0;
	attr.log_size = verbose ? LOG_SIZE : 0;
	attr.line_info_cnt = 0;
	setitimer(ITIMER_REAL, &limit, NULL);
	fd = raw_call(SYS_bpf, BPF_PROG_LOAD, (long)&attr, size, 0, 0, 0);
	setitimer(ITIMER_REAL, &none, NULL);
	printf("%s %s %ld ", line, fd >= 0 ? "accepted" : fd == -EAGAIN ? "late" : "rejected", fd >= 0 ? 0 : fd);
	if (verbose && fd < 0)
		print_tail(log);
	putchar('\n');
	if (fd >= 0)
		close(fd);
	free(insns);
}

static void load_all(const union bpf_attr *attr, unsigned size)
{
	FILE *file = fopen(patches, "r");
	char line[LINE];

	printf("slots %u\n", attr->insn_cnt);
	while (file && fgets(line, sizeof line, file)) {
		line[strcspn(line, "\n")] = 0;
		load_one(attr, size, line);
	}
	if (file)
		fclose(file);
}

long syscall(long number, ...)
{
	long a[6], result;
	va_list list;

	va_start(list, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(list, long);
	va_end(list);
	result = raw_call(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	if (number == SYS_bpf && a[0] == BPF_PROG_LOAD && result >= 0) {
		const union bpf_attr *attr = (void *)a[1];

		if (!strncmp(attr->prog_name, program_name, NAME_LENGTH))
			load_all(attr, a[2]);
	}
	if (result >= 0 || result < -4095)
		return result;
	errno = -result;
	return -1;
}

static int quiet(enum libbpf_print_level level, const char *format, va_list values)
{
	return level == LIBBPF_WARN && verbose ? vfprintf(stderr, format, values) : 0;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct bpf_object *object;
	struct bpf_program *program;

	if (argc > 1 && !strcmp(argv[1], "-v"))
		verbose = 1, argv++, argc--;
	if (argc != 4)
		return 2;
	program_name = argv[2];
	patches = argv[3];
	sigaction(SIGALRM, &action, NULL);
	libbpf_set_print(quiet);
	object = bpf_object__open_file(argv[1], NULL);
	if (!object)
		return 1;
	bpf_object__for_each_program(program, object)
		bpf_program__set_autoload(program, !strcmp(bpf_program__name(program), program_name));
	return bpf_object__load(object) ? 1 : 0;
}
