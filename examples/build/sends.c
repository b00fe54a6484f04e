/* Tells how long the kernel works on sending a packet. */
char LICENSE[] SEC("license") = "GPL";

SEC("fsession/ip_output")
int BPF_PROG(sends)
{
	u64 *began = bpf_session_cookie(ctx);

	if (!bpf_session_is_return(ctx))
		*began = bpf_ktime_get_ns();
	else
		bpf_printk("sent in %llu ns", bpf_ktime_get_ns() - *began);
	return 0;
}
