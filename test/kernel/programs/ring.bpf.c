// Records over a ring buffer: reserved and submitted, discarded, and put out whole.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

struct event {
	u64 number;
	char name[8];
	u16 tail;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

long out_result = 1;
u32 reserved = 0;

SEC("fsession/bpf_fentry_test1")
int BPF_PROG(send, int a)
{
	struct event whole = { .number = 99, .name = "whole", .tail = 0xabcd }, *event;

	if (bpf_session_is_return(ctx))
		return 0;
	for (u32 i = 0; i < 4; i++) {
		event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
		if (!event)
			continue;
		reserved++;
		event->number = i;
		__builtin_memset(event->name, 0, sizeof(event->name));
		event->name[0] = 'a' + i;
		event->tail = i << 8;
		if (i == 2)
			bpf_ringbuf_discard(event, 0);
		else
			bpf_ringbuf_submit(event, 0);
	}
	out_result = bpf_ringbuf_output(&events, &whole, sizeof(whole), 0);
	return 0;
}
