// Tracepoints of both kinds and perf events: a record, an array of arguments, a sample.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

char _license[] SEC("license") = "GPL";

u64 seen;

#define SWITCH(name, section) \
	SEC(section) int name(struct trace_event_raw_sched_switch *ctx) \
	{ \
		seen += ctx->prev_pid + ctx->next_comm[0]; \
		return 0; \
	}
#define ENTER(name, section) \
	SEC(section) int name(struct trace_event_raw_sys_enter *ctx) \
	{ \
		seen += ctx->id + ctx->args[1]; \
		return 0; \
	}
#define RAW(name, section) \
	SEC(section) int name(struct bpf_raw_tracepoint_args *ctx) \
	{ \
		struct pt_regs *regs = (struct pt_regs *)ctx->args[0]; \
		seen += PT_REGS_PARM1_CORE(regs) + ctx->args[1]; \
		return 0; \
	}
// the first argument is the buffer that may be written
#define WRITABLE(name, section) \
	SEC(section) int name(struct bpf_raw_tracepoint_args *ctx) \
	{ \
		int *result = (int *)ctx->args[0]; \
		seen += *result + ctx->args[1]; \
		*result = 0; \
		return 0; \
	}

SWITCH(tracepoint, "tracepoint/sched/sched_switch")
SWITCH(tp, "tp/sched/sched_switch")
ENTER(tracepoint_s, "tracepoint.s/syscalls/sys_enter_nanosleep")
ENTER(tp_s, "tp.s/syscalls/sys_enter_nanosleep")
RAW(raw_tracepoint, "raw_tracepoint/sys_enter")
RAW(raw_tp, "raw_tp/sys_enter")
RAW(raw_tracepoint_s, "raw_tracepoint.s/sys_enter")
RAW(raw_tp_s, "raw_tp.s/sys_enter")
WRITABLE(raw_tracepoint_w, "raw_tracepoint.w/bpf_test_finish")
WRITABLE(raw_tp_w, "raw_tp.w/bpf_test_finish")

SEC("tp_btf/sched_switch")
int BPF_PROG(tp_btf, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	seen += prev->pid + next->tgid + preempt;
	return 0;
}

SEC("tp_btf.s/sys_enter")
int BPF_PROG(tp_btf_s, struct pt_regs *regs, long id)
{
	seen += id + PT_REGS_PARM2_CORE(regs);
	return 0;
}

SEC("perf_event")
int sample(struct bpf_perf_event_data *ctx)
{
	seen += ctx->sample_period + ctx->addr + PT_REGS_IP(&ctx->regs);
	return 0;
}
