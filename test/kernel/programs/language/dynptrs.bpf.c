// Dynamic pointers: to memory of a map, of a packet (the last is of IPv6), reserved in a ring buffer.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[6];
const volatile u64 want[6] = { 0x55, 16, 0xdd86, 8, 0, 2 };

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u8[16]);
} memory SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

SEC("tc")
int run(struct __sk_buff *skb)
{
	struct bpf_dynptr local, packet, record;
	u8 byte = 0x55, buffer[2];
	u32 zero = 0;
	u16 *type;
	u8 *slice, *value = bpf_map_lookup_elem(&memory, &zero);

	if (!value)
		return 1;
	bpf_dynptr_from_mem(value, 16, 0, &local);
	bpf_dynptr_write(&local, 3, &byte, 1, 0);
	byte = 0;
	bpf_dynptr_read(&byte, 1, &local, 3, 0);
	out[0] = byte;
	out[1] = bpf_dynptr_size(&local);
	bpf_dynptr_from_skb((void *)skb, 0, &packet);
	type = bpf_dynptr_slice(&packet, 12, buffer, 2);
	if (type)
		out[2] = *type;
	if (bpf_ringbuf_reserve_dynptr(&ring, 8, 0, &record)) {
		bpf_ringbuf_discard_dynptr(&record, 0);
		return 2;
	}
	slice = bpf_dynptr_data(&record, 0, 8);
	if (slice)
		slice[0] = 1;
	out[3] = bpf_dynptr_size(&record);
	bpf_ringbuf_submit_dynptr(&record, 0);
	bpf_dynptr_adjust(&local, 2, 4);
	out[4] = bpf_dynptr_is_null(&local);
	out[5] = bpf_dynptr_size(&local);
	return 0;
}
