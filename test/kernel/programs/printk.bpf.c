// bpf_printk with no argument and with up to twelve, of every width.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

s8 small = -1;
u16 half = 65535;
s64 large = -5000000000;

SEC("fsession/bpf_fentry_test1")
int BPF_PROG(print, int a)
{
	char word[8] = "word";

	if (bpf_session_is_return(ctx))
		return 0;
	bpf_printk("none");
	bpf_printk("one %d", a);
	bpf_printk("two %d %u", small, half);
	bpf_printk("three %lld %x %c", large, 0xbeef, 'z');
	bpf_printk("four %d %d %s %d", 1, 2, word, 4);
	bpf_printk("five %d %d %d %d %llu", 1, 2, 3, 4, 0xffffffffffffffff);
	bpf_printk("eight %d %d %d %d %d %d %d %d", 1, 2, 3, 4, 5, 6, 7, a + 7);
	bpf_printk("twelve %d %d %d %d %d %d %d %d %d %d %d %d", a, 2, 3, small, 5, 6, 7, 8, half, 10, 11, 12);
	bpf_printk("percent %% done\n");
	return 0;
}
