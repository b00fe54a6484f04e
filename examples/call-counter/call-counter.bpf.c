// Counts the calls of vfs_read and those of them that fail.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 calls = 0;
u64 failed = 0;
s64 last_error = 0;

SEC("fsession/vfs_read")
int BPF_PROG(count_reads, struct file *file, char *buf, size_t count, loff_t *pos, ssize_t ret)
{
	if (!bpf_session_is_return(ctx)) {
		__sync_fetch_and_add(&calls, 1);
		return 0;
	}
	if (ret < 0) {
		__sync_fetch_and_add(&failed, 1);
		last_error = ret;
	}
	return 0;
}
