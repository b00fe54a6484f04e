// A record in a ring buffer for each call, dropped where it is of no interest.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

struct record {
	u64 at;
	u32 pid;
	u32 cpu;
	u16 kind;
	u16 length;
	u32 sum;
	char comm[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} records SEC(".maps");

u64 lost, wanted = 0xffff;

SEC("fentry/bpf_fentry_test1")
int BPF_PROG(ring_record, int a)
{
	u64 ids = bpf_get_current_pid_tgid();
	struct record *record = bpf_ringbuf_reserve(&records, sizeof(*record), 0);

	if (!record) {
		lost++;
		return 0;
	}
	*record = (struct record){ .at = bpf_ktime_get_ns(), .pid = ids >> 32, .cpu = bpf_get_smp_processor_id() };
	record->kind = a & 3;
	record->length = sizeof(*record);
	bpf_get_current_comm(record->comm, sizeof(record->comm));
	for (int i = 0; i < 16; i++)
		record->sum += record->comm[i];
	if (record->sum & 1 && record->kind != wanted)
		bpf_ringbuf_discard(record, 0);
	else
		bpf_ringbuf_submit(record, 0);
	return 0;
}
