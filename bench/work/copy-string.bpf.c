// The name of the task copied, compared, and cut at a separator.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

#define SIZE 16

char wanted[SIZE] = "bpfrun";
char name[SIZE];
u64 same, other, letters;

static bool same_text(const char *a, const char *b)
{
	for (int i = 0; i < SIZE; i++) {
		if (a[i] != b[i])
			return false;
		if (!a[i])
			break;
	}
	return true;
}

SEC("fentry/bpf_fentry_test5")
int BPF_PROG(copy_string)
{
	char comm[SIZE];
	int length = 0;

	bpf_get_current_comm(comm, sizeof(comm));
	if (same_text(comm, wanted))
		same++;
	else
		other++;
	for (; length < SIZE - 1 && comm[length] && comm[length] != '/'; length++)
		name[length] = comm[length] >= 'a' && comm[length] <= 'z' ? comm[length] - 32 : comm[length];
	name[length] = 0;
	letters += length;
	return 0;
}
