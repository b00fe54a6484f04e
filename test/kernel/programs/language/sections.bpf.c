// Sections of one's own, read-only knobs, kernel configuration and symbols, weak ones that are not there.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[9];
const volatile u64 want[9] = { 11, 22, 33, 44, 1, 1, 1, 0, 250 };

u64 mine SEC(".data.mine") = 11;
const u64 fixed SEC(".rodata.fixed") = 22;
u64 empty SEC(".bss.empty");
const volatile u32 knob = 33;
static volatile u64 hidden = 44;

extern int LINUX_KERNEL_VERSION __kconfig;
extern bool CONFIG_BPF_SYSCALL __kconfig;
extern unsigned CONFIG_HZ __kconfig;
extern int CONFIG_NO_SUCH_THING __kconfig __weak;
extern const void bpf_link_fops __ksym;
extern const void no_such_symbol __ksym __weak;

SEC("syscall")
int run(void *ctx)
{
	out[0] = mine++;
	out[1] = *(volatile u64 *)&fixed + empty;
	out[2] = knob;
	out[3] = hidden;
	out[4] = LINUX_KERNEL_VERSION >= KERNEL_VERSION(6, 1, 0);
	out[5] = CONFIG_BPF_SYSCALL;
	out[6] = &bpf_link_fops != 0;
	out[7] = &no_such_symbol != 0;
	out[8] = CONFIG_HZ + CONFIG_NO_SUCH_THING;
	return 0;
}
