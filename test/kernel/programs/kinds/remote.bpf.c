// Pulses of an infrared remote control; Debian's kernel is built without, so it stands alone.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char _license[] SEC("license") = "GPL";

u64 seen;

SEC("lirc_mode2")
int remote_control(unsigned int *ctx)
{
	seen += *ctx;
	return 0;
}
