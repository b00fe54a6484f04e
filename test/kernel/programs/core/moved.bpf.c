// What moved, grew, was renamed or went away between Linux 6.1 and 7.2: one object that reads it on all of them.
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

#define RECORD __attribute__((preserve_access_index))

// ---- numbers behind task_struct, most of whose members lie elsewhere in each kernel ----

u32 tgid = 0, expected_tgid = 0, parent = 0, leader = 0, first_number = 0, on_cpu = 0, static_prio = 0;
u64 open_files = 0, open_files_max = 0;
char comm[16] = {};

SEC("fentry/bpf_fentry_test1")
int read_task(void *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();

	tgid = task->tgid;
	expected_tgid = bpf_get_current_pid_tgid() >> 32;
	parent = task->real_parent->tgid;
	leader = BPF_CORE_READ(task, group_leader, pid);
	static_prio = task->static_prio;
	BPF_CORE_READ_STR_INTO(&comm, task, comm);
	// an array of one element, then of any number
	first_number = BPF_CORE_READ(task, thread_pid, numbers[0].nr);
	// an int, then one byte
	on_cpu = (u8)BPF_CORE_READ(task, on_cpu);
	open_files = BPF_CORE_READ(task, signal, rlim[7].rlim_cur);
	open_files_max = task->signal->rlim[7].rlim_max;
	return 0;
}

// ---- capabilities: two words in an array, then one number ----

struct old_capabilities {
	u32 cap[2];
} RECORD;

struct cred___old {
	struct old_capabilities cap_effective;
} RECORD;

u64 capabilities = 0;
u32 capability_words = 0;

SEC("fentry/bpf_fentry_test1")
int read_capabilities(void *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct cred___old *old = (struct cred___old *)task->cred;

	if (bpf_core_field_exists(old->cap_effective.cap)) {
		capability_words = bpf_core_field_size(old->cap_effective.cap) / bpf_core_field_size(old->cap_effective.cap[0]);
		capabilities = BPF_CORE_READ(old, cap_effective.cap[0]) | (u64)BPF_CORE_READ(old, cap_effective.cap[1]) << 32;
	} else {
		capability_words = 1;
		capabilities = BPF_CORE_READ(task, cred, cap_effective.val);
	}
	return 0;
}

// ---- memory: resident pages are kept in another structure since 6.2 ----

struct mm_struct___old {
	struct {
		atomic_long_t count[4];
	} rss_stat;
} RECORD;

u32 resident_is_old = 0;
s64 file_pages = 0;
char first_argument[8] = {};

SEC("fentry/bpf_fentry_test1")
int read_memory(void *ctx)
{
	struct mm_struct *mm = bpf_get_current_task_btf()->mm;
	struct mm_struct___old *old = (void *)mm;

	if (!mm)
		return 0;
	resident_is_old = bpf_core_field_exists(old->rss_stat.count);
	if (resident_is_old)
		file_pages = BPF_CORE_READ(old, rss_stat.count[0].counter);
	else
		file_pages = BPF_CORE_READ(mm, rss_stat[0].count);
	bpf_probe_read_user_str(first_argument, sizeof(first_argument), (void *)mm->arg_start);
	return 0;
}

// ---- cgroups: kernfs_node.parent became __parent in 6.15 ----

struct kernfs_node___old {
	struct kernfs_node *parent;
} RECORD;

u64 cgroup_id = 0, expected_cgroup_id = 0;
u32 cgroup_level = 7, parents_known = 0, cgroup_parent_is_old = 0;
u64 cgroup_parent = 7;

SEC("fentry/bpf_fentry_test1")
int read_cgroup(void *ctx)
{
	struct kernfs_node *node = bpf_get_current_task_btf()->cgroups->dfl_cgrp->kn;
	struct kernfs_node___old *old = (void *)node;

	cgroup_id = node->id;
	expected_cgroup_id = bpf_get_current_cgroup_id();
	cgroup_level = BPF_CORE_READ(bpf_get_current_task_btf(), cgroups, dfl_cgrp, level);
	cgroup_parent_is_old = bpf_core_field_exists(struct kernfs_node___old, parent);
	parents_known = cgroup_parent_is_old + bpf_core_field_exists(node->__parent);
	if (cgroup_parent_is_old)
		cgroup_parent = (u64)old->parent;
	else
		cgroup_parent = (u64)node->__parent;
	return 0;
}

// ---- files: struct file is laid out anew every few versions, the times of an inode were three different things ----

struct inode___old {
	struct timespec64 i_mtime;
} RECORD;

struct file___old {
	atomic_long_t f_count;
} RECORD;

u64 inode = 0, file_size = 0;
s64 changed_at = 0;
u32 file_mode = 0, counted_by = 0;

SEC("fentry/bpf_fentry_test1")
int read_file(void *ctx)
{
	struct file **files = BPF_CORE_READ(bpf_get_current_task_btf(), files, fdt, fd);
	struct inode___old *old;
	struct inode *node;
	struct file *first;

	if (bpf_core_read(&first, sizeof(first), files))
		return 0;
	node = BPF_CORE_READ(first, f_inode);
	old = (void *)node;
	inode = BPF_CORE_READ(node, i_ino);
	file_size = BPF_CORE_READ(node, i_size);
	file_mode = BPF_CORE_READ(node, i_mode);
	if (bpf_core_field_exists(old->i_mtime))
		changed_at = BPF_CORE_READ(old, i_mtime.tv_sec);
	else
		changed_at = BPF_CORE_READ(node, i_mtime_sec);
	counted_by = bpf_core_field_exists(struct file___old, f_count) + 2 * bpf_core_field_exists(first->f_ref);
	return 0;
}

// ---- namespaces: ns_common grew ----

u32 net_namespace = 0, uts_namespace = 0;
char release[64] = {};

SEC("fentry/bpf_fentry_test1")
int read_namespaces(void *ctx)
{
	struct nsproxy *all = bpf_get_current_task_btf()->nsproxy;

	net_namespace = all->net_ns->ns.inum;
	uts_namespace = BPF_CORE_READ(all, uts_ns, ns.inum);
	BPF_CORE_READ_STR_INTO(&release, all, uts_ns, name.release);
	return 0;
}

// ---- run queues: a per-CPU variable, and a counter with another name ----

extern const struct rq runqueues __ksym;

struct cfs_rq___old {
	u32 h_nr_running;
} RECORD;

u32 second_cpu = 7, queued = 0, queued_is_old = 0;

SEC("fentry/bpf_fentry_test1")
int read_queues(void *ctx)
{
	const struct rq *queue = bpf_per_cpu_ptr(&runqueues, 1);
	const struct cfs_rq *fair;
	struct cfs_rq___old *old;

	if (!queue)
		return 0;
	fair = &queue->cfs;
	old = (void *)fair;
	second_cpu = queue->cpu;
	queued_is_old = bpf_core_field_exists(old->h_nr_running);
	if (queued_is_old)
		queued = BPF_CORE_READ(old, h_nr_running);
	else
		queued = BPF_CORE_READ(fair, h_nr_queued);
	return 0;
}

// ---- a map as the kernel sees it ----

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 123);
	__type(key, u32);
	__type(value, u64);
} numbers SEC(".maps");

u32 map_entries = 0, map_value_size = 0, map_kind = 0;

SEC("fentry/bpf_fentry_test1")
int read_map(void *ctx)
{
	struct bpf_map *map = (struct bpf_map *)&numbers;

	map_entries = map->max_entries;
	map_value_size = map->value_size;
	map_kind = map->map_type;
	return 0;
}

// ---- sockets: 4 bits of a word that became a byte, flags that became bits of one number ----

struct inet_sock___old {
	u8 hdrincl : 1;
} RECORD;

u32 locks = 0, receive_buffer = 0, protocol = 0, socket_type = 0, kernels_own = 7, has_own_header = 7;

SEC("fentry/raw_sendmsg")
int BPF_PROG(read_socket, struct sock *sk)
{
	struct inet_sock___old *old = (void *)sk;
	struct inet_sock *inet = (void *)sk;

	locks = BPF_CORE_READ_BITFIELD(sk, sk_userlocks);
	receive_buffer = sk->sk_rcvbuf;
	protocol = sk->sk_protocol;
	socket_type = BPF_CORE_READ(sk, sk_type);
	kernels_own = BPF_CORE_READ_BITFIELD_PROBED(sk, sk_kern_sock);
	if (bpf_core_field_exists(old->hdrincl))
		has_own_header = BPF_CORE_READ_BITFIELD_PROBED(old, hdrincl);
	else
		has_own_header = BPF_CORE_READ(inet, inet_flags) >> 6 & 1;
	return 0;
}

// ---- packets and devices: bit-fields, a number that became bits of a union, an order that changed ----

struct sk_buff___old {
	u8 mono_delivery_time : 1;
} RECORD;

u32 interface = 0, mtu = 0, flags = 0, length = 0, packet_type = 7, checksummed = 7, header_words = 0, version = 0;
u32 time_to_live = 0, time_kinds = 0, time_kind = 7;
u64 private_flags = 0, queues = 0;
char device[16] = {};

SEC("fentry/icmp_rcv")
int BPF_PROG(read_packet, struct sk_buff *skb)
{
	struct iphdr *ip = (void *)(skb->head + skb->network_header);
	struct sk_buff___old *old = (void *)skb;

	interface = skb->dev->ifindex;
	mtu = skb->dev->mtu;
	flags = BPF_CORE_READ(skb, dev, flags);
	queues = BPF_CORE_READ(skb, dev, num_tx_queues);
	private_flags = BPF_CORE_READ_BITFIELD_PROBED(skb->dev, priv_flags);
	BPF_CORE_READ_STR_INTO(&device, skb, dev, name);
	length = skb->len;
	packet_type = BPF_CORE_READ_BITFIELD(skb, pkt_type);
	checksummed = BPF_CORE_READ_BITFIELD_PROBED(skb, ip_summed);
	time_kinds = bpf_core_field_exists(old->mono_delivery_time) + 2 * bpf_core_field_exists(skb->tstamp_type);
	if (bpf_core_field_exists(skb->tstamp_type))
		time_kind = BPF_CORE_READ_BITFIELD(skb, tstamp_type);
	else
		time_kind = BPF_CORE_READ_BITFIELD(old, mono_delivery_time);
	header_words = BPF_CORE_READ_BITFIELD_PROBED(ip, ihl);
	version = BPF_CORE_READ_BITFIELD_PROBED(ip, version);
	time_to_live = BPF_CORE_READ(ip, ttl);
	return 0;
}

// ---- numbers behind names ----

enum zone_stat_item___old {
	NR_BOUNCE___old = 1,
};

u64 shared_pages = 0, node_items = 0, head_bit = 0, swap_bit = 0, attach_types = 0, bounce = 0;
u32 has_session = 7, has_netfilter = 7, has_bounce = 7;

SEC("fentry/bpf_fentry_test1")
int read_enums(void *ctx)
{
	shared_pages = bpf_core_enum_value(enum node_stat_item, NR_SHMEM);
	node_items = bpf_core_enum_value(enum node_stat_item, NR_VM_NODE_STAT_ITEMS);
	head_bit = bpf_core_enum_value(enum pageflags, PG_head);
	swap_bit = bpf_core_enum_value(enum pageflags, PG_swapbacked);
	attach_types = bpf_core_enum_value(enum bpf_attach_type, __MAX_BPF_ATTACH_TYPE);
	has_session = bpf_core_enum_value_exists(enum bpf_attach_type, BPF_TRACE_FSESSION);
	has_netfilter = bpf_core_enum_value_exists(enum bpf_prog_type, BPF_PROG_TYPE_NETFILTER);
	has_bounce = bpf_core_enum_value_exists(enum zone_stat_item___old, NR_BOUNCE___old);
	if (has_bounce)
		bounce = bpf_core_enum_value(enum zone_stat_item___old, NR_BOUNCE___old);
	return 0;
}

// ---- types ----

struct mm_rss_stat___old {
	atomic_long_t count[4];
} RECORD;

struct list_head___same {
	struct list_head *prev;
} RECORD;

struct list_head___other {
	int prev;
} RECORD;

u64 task_size = 0, scx_size = 7, iterator_size = 7;
u32 has_lsm_prop = 7, has_rss_stat = 7, rss_stat_matches = 7, list_matches = 7, other_matches = 7, has_scx = 7;
u32 kernel_id_known = 7;

SEC("fentry/bpf_fentry_test1")
int read_types(void *ctx)
{
	task_size = bpf_core_type_size(struct task_struct);
	has_scx = bpf_core_type_exists(struct sched_ext_entity);
	scx_size = bpf_core_type_size(struct sched_ext_entity);
	iterator_size = bpf_core_type_size(struct bpf_iter_num);
	has_lsm_prop = bpf_core_type_exists(struct lsm_prop);
	has_rss_stat = bpf_core_type_exists(struct mm_rss_stat___old);
	rss_stat_matches = bpf_core_type_matches(struct mm_rss_stat___old);
	list_matches = bpf_core_type_matches(struct list_head___same);
	other_matches = bpf_core_type_matches(struct list_head___other);
	if (has_lsm_prop)
		kernel_id_known = bpf_core_type_id_kernel(struct lsm_prop) > 0;
	else
		kernel_id_known = 2;
	return 0;
}

// ---- places and sizes ----

u64 offsets[8] = {}, sizes[8] = {};
u32 exist = 0, is_signed = 0;

SEC("fentry/bpf_fentry_test1")
int read_places(void *ctx)
{
	struct task_struct *task = 0;
	struct net_device *net = 0;

	offsets[0] = bpf_core_field_offset(struct task_struct, tgid);
	offsets[1] = bpf_core_field_offset(task->comm);
	offsets[2] = bpf_core_field_offset(struct net_device, mtu);
	offsets[3] = bpf_core_field_offset(struct mm_struct, arg_start);
	offsets[4] = bpf_core_field_offset(struct cgroup, kn);
	offsets[5] = bpf_core_field_offset(struct bpf_map, max_entries);
	offsets[6] = bpf_core_field_offset(struct file, f_inode);
	offsets[7] = (u64)__builtin_preserve_access_index(&net->ifindex);
	sizes[0] = bpf_core_field_size(struct task_struct, on_cpu);
	sizes[1] = bpf_core_field_size(task->comm);
	sizes[2] = bpf_core_field_size(struct cgroup, kn);
	sizes[3] = bpf_core_field_size(struct task_struct, se.vruntime);
	exist = bpf_core_field_exists(task->scx) + 2 * bpf_core_field_exists(struct net_device, ifalias) +
		4 * bpf_core_field_exists(struct inet_sock, inet_flags);
	is_signed = __builtin_preserve_field_info(task->static_prio, 3) +
		    2 * __builtin_preserve_field_info(task->start_time, 3);
	return 0;
}

// ---- copies: own memory that holds what the kernel laid out, an element further on ----

u32 copied_inum = 0, copied_number = 0, second_place_agrees = 0, written = 0;

SEC("fentry/bpf_fentry_test1")
int read_copies(void *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct upid first = {};
	struct ns_common common = {};
	struct sched_entity *entity = 0;
	struct iphdr header = {};

	bpf_core_read(&common, sizeof(common), &task->nsproxy->net_ns->ns);
	copied_inum = common.inum;
	bpf_core_read(&first, sizeof(first), &task->thread_pid->numbers[0]);
	copied_number = first.nr;
	second_place_agrees = (u64)&entity[2] == 2 * bpf_core_type_size(struct sched_entity);
	BPF_CORE_WRITE_BITFIELD(&header, version, 6);
	BPF_CORE_WRITE_BITFIELD(&header, ihl, 5);
	written = *(u8 *)&header;
	return 0;
}

// ---- own memory with a first value, which lies where the kernel has it, for all who read it ----

u32 initialised = 0;

static __attribute__((noinline)) u32 number_of(struct ns_common *common)
{
	return common->inum;
}

SEC("fentry/bpf_fentry_test1")
int read_initialised(void *ctx)
{
	u32 pid = bpf_get_current_pid_tgid();
	struct ns_common made = { .inum = pid + 7 };

	initialised = number_of(&made) - pid + made.inum - pid;
	return 0;
}
