/* What bpfasm knows by name and clang gets from the kernel's bpf_experimental.h; clang reads it before each program. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#define barrier() asm volatile("" ::: "memory")
#define READ_ONCE(x) (*(volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, value) (*(volatile typeof(x) *)&(x) = (value))
#define bpf_cmp_likely(left, op, right) ((left) op (right))
#define bpf_cmp_unlikely(left, op, right) ((left) op (right))
#define container_of(pointer, type, member) ((type *)((void *)(pointer) - __builtin_offsetof(type, member)))

#define __contains(type, node) __attribute__((btf_decl_tag("contains:" #type ":" #node)))
#define __exception_cb(name) __attribute__((btf_decl_tag("exception_callback:" #name)))

#define may_goto(label) \
	asm volatile goto("1: .byte 0xe5; .byte 0; .long ((%l[" #label "] - 1b - 8) / 8) & 0xffff; .short 0" :::: label)
#define can_loop ({ __label__ over, done; bool _more = true; may_goto(over); goto done; over: _more = false; done:; _more; })
#define cond_break ({ __label__ over, done; may_goto(over); goto done; over: break; done:; })

#define bpf_obj_new(type) ((type *)bpf_obj_new_impl(bpf_core_type_id_local(type), NULL))
#define bpf_obj_drop(pointer) bpf_obj_drop_impl(pointer, NULL)
#define bpf_percpu_obj_new(type) ((type __percpu_kptr *)bpf_percpu_obj_new_impl(bpf_core_type_id_local(type), NULL))
#define bpf_percpu_obj_drop(pointer) bpf_percpu_obj_drop_impl((void *)(pointer), NULL)
#define bpf_refcount_acquire(pointer) bpf_refcount_acquire_impl(pointer, NULL)
#define bpf_list_push_back(head, node) bpf_list_push_back_impl(head, node, NULL, 0)
#define bpf_rbtree_add(root, node, less) bpf_rbtree_add_impl(root, node, less, NULL, 0)
