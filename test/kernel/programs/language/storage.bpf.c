// Storage that hangs on a task, and on sockets, inodes and control groups where programs see them.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[3];
const volatile u64 want[3] = { 0, 5, 1 };

#define STORAGE(name, kind) \
	struct { \
		__uint(type, kind); \
		__uint(map_flags, BPF_F_NO_PREALLOC); \
		__type(key, int); \
		__type(value, u64); \
	} name SEC(".maps")

STORAGE(of_task, BPF_MAP_TYPE_TASK_STORAGE);
STORAGE(of_socket, BPF_MAP_TYPE_SK_STORAGE);
STORAGE(of_inode, BPF_MAP_TYPE_INODE_STORAGE);
STORAGE(of_cgroup, BPF_MAP_TYPE_CGRP_STORAGE);

SEC("syscall")
int run(void *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u64 *value = bpf_task_storage_get(&of_task, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (!value)
		return 1;
	out[0] = *value;
	*value = 5;
	value = bpf_task_storage_get(&of_task, task, 0, 0);
	if (value)
		out[1] = *value;
	out[2] = bpf_task_storage_delete(&of_task, task) == 0;
	return 0;
}

SEC("lsm/file_open")
int BPF_PROG(open, struct file *file)
{
	u64 *value = bpf_inode_storage_get(&of_inode, file->f_inode, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (value)
		++*value;
	return 0;
}

SEC("lsm/socket_post_create")
int BPF_PROG(create, struct socket *sock, int family, int type, int protocol, int kern)
{
	struct sock *sk = sock->sk;
	u64 *value;

	if (!sk)
		return 0;
	value = bpf_sk_storage_get(&of_socket, sk, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (value)
		*value = family;
	return 0;
}

SEC("tp_btf/cgroup_mkdir")
int BPF_PROG(make, struct cgroup *cgroup, const char *path)
{
	u64 *value = bpf_cgrp_storage_get(&of_cgroup, cgroup, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (value)
		*value = 1;
	return 0;
}
