// A ring buffer that user space fills; nobody has, so nothing is drained.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[2];
const volatile u64 want[2] = { 0, 0 };

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

static long on_sample(struct bpf_dynptr *sample, void *data)
{
	u64 value = 0;

	bpf_dynptr_read(&value, sizeof value, sample, 0, 0);
	*(u64 *)data += value;
	return 0;
}

SEC("syscall")
int run(void *ctx)
{
	u64 sum = 0;

	out[0] = bpf_user_ringbuf_drain(&ring, on_sample, &sum, 0);
	out[1] = sum;
	return 0;
}
