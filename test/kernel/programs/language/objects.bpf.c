// Allocated objects: exchanged through maps, in lists and trees, with counted references.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

u64 out[5];
const volatile u64 want[5] = { 7, 9, 3, 8, 1 };

#define private(name) SEC(".data." #name) __hidden __attribute__((aligned(8)))

struct item {
	u64 value;
	struct bpf_list_node node;
};
struct leaf {
	u64 key;
	struct bpf_rb_node node;
	struct bpf_refcount ref;
};
struct plain {
	u64 value;
};
struct holder {
	struct plain __kptr *held;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct holder);
} slots SEC(".maps");

private(A) struct bpf_spin_lock lock;
private(A) struct bpf_list_head items __contains(item, node);
private(B) struct bpf_spin_lock tree_lock;
private(B) struct bpf_rb_root tree __contains(leaf, node);

static bool less(struct bpf_rb_node *a, const struct bpf_rb_node *b)
{
	return container_of(a, struct leaf, node)->key < container_of(b, struct leaf, node)->key;
}

static __noinline int add_leaf(u64 key)
{
	struct leaf *leaf = bpf_obj_new(typeof(*leaf));

	if (!leaf)
		return 1;
	leaf->key = key;
	bpf_spin_lock(&tree_lock);
	bpf_rbtree_add(&tree, &leaf->node, less);
	bpf_spin_unlock(&tree_lock);
	return 0;
}

SEC("tc")
int run(struct __sk_buff *ctx)
{
	struct plain *plain = bpf_obj_new(typeof(*plain)), *old;
	struct bpf_list_node *node;
	struct bpf_rb_node *least;
	struct item *item;
	struct leaf *leaf, *again;
	struct holder *slot;
	u32 zero = 0;

	if (!plain)
		return 1;
	plain->value = 7;
	slot = bpf_map_lookup_elem(&slots, &zero);
	if (!slot) {
		bpf_obj_drop(plain);
		return 2;
	}
	old = bpf_kptr_xchg(&slot->held, plain);
	if (old)
		bpf_obj_drop(old);
	old = bpf_kptr_xchg(&slot->held, NULL);
	if (old) {
		out[0] = old->value;
		bpf_obj_drop(old);
	}
	item = bpf_obj_new(typeof(*item));
	if (!item)
		return 3;
	item->value = 9;
	bpf_spin_lock(&lock);
	bpf_list_push_back(&items, &item->node);
	node = bpf_list_pop_front(&items);
	bpf_spin_unlock(&lock);
	if (node) {
		item = container_of(node, struct item, node);
		out[1] = item->value;
		bpf_obj_drop(item);
	}
	add_leaf(5);
	add_leaf(3);
	bpf_spin_lock(&tree_lock);
	least = bpf_rbtree_first(&tree);
	if (!least) {
		bpf_spin_unlock(&tree_lock);
		return 4;
	}
	least = bpf_rbtree_remove(&tree, least);
	bpf_spin_unlock(&tree_lock);
	if (!least)
		return 5;
	leaf = container_of(least, struct leaf, node);
	out[2] = leaf->key;
	leaf->key += 5;
	again = bpf_refcount_acquire(leaf);
	bpf_obj_drop(leaf);
	out[3] = again->key;
	bpf_obj_drop(again);
	out[4] = 1;
	return 0;
}
