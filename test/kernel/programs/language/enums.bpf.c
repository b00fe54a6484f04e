// Enumerations: 64 bits, negative, of the kernel by CO-RE.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[7];
const volatile u64 want[7] = { 0x100000000ull, 8, -1ull, 4, 1, 1, 0x8000000000000000ull };

enum large { SMALL = 1, LARGE = 0x100000000ull, LARGEST = 0x8000000000000000ull };
enum negative { BELOW = -1, ABOVE = 3 };
enum bpf_map_type___mine { BPF_MAP_TYPE_HASH___mine = 77, NO_SUCH___mine = 5 };

volatile enum large kept = LARGE;

SEC("syscall")
int run(void *ctx)
{
	enum negative sign = BELOW;

	out[0] = kept;
	out[1] = sizeof(enum large);
	out[2] = (s64)sign;
	out[3] = sizeof(enum negative);
	out[4] = bpf_core_enum_value(enum bpf_map_type___mine, BPF_MAP_TYPE_HASH___mine);
	out[5] = bpf_core_enum_value_exists(enum bpf_map_type___mine, BPF_MAP_TYPE_HASH___mine) &&
		 !bpf_core_enum_value_exists(enum bpf_map_type___mine, NO_SUCH___mine);
	out[6] = LARGEST;
	return 0;
}
