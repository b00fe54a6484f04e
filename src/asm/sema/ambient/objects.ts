/**
 * Names that kernel programs use for objects of their own, for exceptions and streams, under the names of the kernel's
 * `bpf_experimental.h`. The `_impl` kfuncs exist on every kernel that has these objects.
 */

/** Kinds of files by \st_mode\` (linux/stat.h). */
const fileTypes = ["LNK", "REG", "DIR", "CHR", "BLK", "FIFO", "SOCK"].map(
  (kind) => `S_IS${kind}(m) (((m) & S_IFMT) == S_IF${kind})`,
);

export const objectMacros: readonly string[] = [
  "bpf_obj_new(type) ((type *)bpf_obj_new_impl(bpf_core_type_id_local(type), (void *)0))",
  "bpf_obj_drop(kptr) bpf_obj_drop_impl((kptr), (void *)0)",
  "bpf_percpu_obj_new(type) ((type __percpu_kptr *)bpf_percpu_obj_new_impl(bpf_core_type_id_local(type), (void *)0))",
  "bpf_percpu_obj_drop(kptr) bpf_percpu_obj_drop_impl((kptr), (void *)0)",
  "bpf_refcount_acquire(kptr) bpf_refcount_acquire_impl((kptr), (void *)0)",
  "bpf_list_push_front(head, node) bpf_list_push_front_impl((head), (node), (void *)0, 0)",
  "bpf_list_push_back(head, node) bpf_list_push_back_impl((head), (node), (void *)0, 0)",
  "bpf_rbtree_add(root, node, less) bpf_rbtree_add_impl((root), (node), (less), (void *)0, 0)",
  "bpf_assert(cond) if (!(cond)) bpf_throw(0)",
  "bpf_assert_with(cond, value) if (!(cond)) bpf_throw(value)",
  "bpf_assert_range(x, least, most) if (!((x) >= (least) && (x) <= (most))) bpf_throw(0)",
  "bpf_assert_range_with(x, least, most, value) if (!((x) >= (least) && (x) <= (most))) bpf_throw(value)",
  "bpf_cmp_likely(left, op, right) __builtin_expect(!!((left) op (right)), 1)",
  "bpf_cmp_unlikely(left, op, right) __builtin_expect(!!((left) op (right)), 0)",
  "bpf_tail_call_static(ctx, map, slot) ((void)bpf_tail_call((ctx), (void *)(map), (slot)))",
  "bpf_stream_printk(stream, fmt, args...) ({ static const char ____fmt[] = fmt; unsigned long long ____param[___bpf_narg(args)] = { ___bpf_apply(___bpf_widen, ___bpf_narg(args))(args) }; bpf_stream_vprintk((stream), ____fmt, ____param, sizeof(____param)); })",
  '__kptr_untrusted __attribute__((btf_type_tag("kptr_untrusted")))',
  "__arena __attribute__((address_space(1)))",
  '__exception_cb(name) __attribute__((btf_decl_tag("exception_callback:" #name)))',
  '__kptr_ref __attribute__((btf_type_tag("kptr")))',
  "__naked __attribute__((naked))",
  "ARRAY_SIZE(x) (sizeof(x) / sizeof((x)[0]))",
  "offsetofend(type, member) (offsetof(type, member) + sizeof(((type *)0)->member))",
  "container_of_const(ptr, type, member) container_of(ptr, type, member)",
  "KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))",
  "INT64_C(x) x##L",
  "UINT64_C(x) x##UL",
  ...fileTypes,
];
