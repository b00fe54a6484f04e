// Accesses that some kernels between 6.1 and 7.2 do not have, each in a program of its own: which of them load differs.
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

#define RECORD __attribute__((preserve_access_index))
#define PROGRAM SEC("fentry/bpf_fentry_test1") int
#define task bpf_get_current_task_btf()

struct kernfs_node___old {
	struct kernfs_node *parent;
} RECORD;

struct mm_struct___old {
	struct {
		atomic_long_t count[4];
	} rss_stat;
} RECORD;

struct mm_struct___longer {
	struct {
		atomic_long_t count[8];
	} rss_stat;
} RECORD;

struct inode___number {
	u32 i_state;
} RECORD;

struct nowhere___at_all {
	int member;
} RECORD;

u64 result = 0;
const volatile int knob = 0;

PROGRAM new_name(void *ctx)
{
	result = (u64)task->cgroups->dfl_cgrp->kn->__parent;
	return 0;
}

PROGRAM old_name(void *ctx)
{
	result = (u64)((struct kernfs_node___old *)task->cgroups->dfl_cgrp->kn)->parent;
	return 0;
}

PROGRAM wrong_guard(void *ctx)
{
	struct kernfs_node *node = task->cgroups->dfl_cgrp->kn;

	if (bpf_core_field_exists(node->id))
		result = (u64)node->__parent;
	return 0;
}

PROGRAM both_guarded(void *ctx)
{
	struct kernfs_node *node = task->cgroups->dfl_cgrp->kn;
	struct kernfs_node___old *old = (void *)node;

	result = bpf_core_field_exists(old->parent) ? (u64)old->parent : (u64)node->__parent;
	return 0;
}

PROGRAM session_number(void *ctx)
{
	result = bpf_core_enum_value(enum bpf_attach_type, BPF_TRACE_FSESSION);
	return 0;
}

PROGRAM session_number_guarded(void *ctx)
{
	if (bpf_core_enum_value_exists(enum bpf_attach_type, BPF_TRACE_FSESSION))
		result = bpf_core_enum_value(enum bpf_attach_type, BPF_TRACE_FSESSION);
	return 0;
}

PROGRAM old_counters(void *ctx)
{
	result = BPF_CORE_READ((struct mm_struct___old *)task->mm, rss_stat.count[1].counter);
	return 0;
}

PROGRAM past_the_array(void *ctx)
{
	result = BPF_CORE_READ((struct mm_struct___longer *)task->mm, rss_stat.count[5].counter);
	return 0;
}

PROGRAM bits_of_some(void *ctx)
{
	struct sk_buff *skb = 0;

	result = BPF_CORE_READ_BITFIELD_PROBED(skb, tstamp_type);
	return 0;
}

PROGRAM another_kind(void *ctx)
{
	struct inode___number *inode = 0;

	result = BPF_CORE_READ(inode, i_state);
	return 0;
}

PROGRAM signed_of_another_size(void *ctx)
{
	result = (u8)task->on_cpu;
	return 0;
}

PROGRAM size_of_nothing(void *ctx)
{
	result = bpf_core_field_size(struct nowhere___at_all, member);
	return 0;
}

PROGRAM questions_about_nothing(void *ctx)
{
	result = bpf_core_type_exists(struct nowhere___at_all) + bpf_core_type_size(struct nowhere___at_all) +
		 bpf_core_field_exists(struct nowhere___at_all, member) + bpf_core_type_id_kernel(struct nowhere___at_all);
	return 0;
}

PROGRAM behind_a_knob(void *ctx)
{
	struct nowhere___at_all *none = (void *)task;

	if (knob)
		result = none->member;
	return 0;
}

PROGRAM behind_a_type(void *ctx)
{
	struct sched_ext_entity *entity = 0;

	if (bpf_core_type_exists(struct sched_ext_entity))
		result = BPF_CORE_READ(entity, slice);
	return 0;
}

PROGRAM without_a_type(void *ctx)
{
	struct sched_ext_entity *entity = 0;

	result = BPF_CORE_READ(entity, slice);
	return 0;
}
