// Small programs of objects, lists, trees, kernel pointers, locks and interrupt flags, by rule; see templates.mjs.
import { OBJECT_KFUNCS } from "./object-kfuncs.mjs";

/** What the sources of these programs begin with, behind the head of all. */
export const OBJECT_HEAD = `
struct agreed_item { u64 value; struct bpf_list_node link; struct bpf_rb_node branch; struct bpf_refcount count; };
struct agreed_plain { u64 value; u64 more; };
struct agreed_owner { u64 n; struct agreed_plain __attribute__((btf_type_tag("kptr"))) *owned;
	struct task_struct __attribute__((btf_type_tag("kptr"))) *task;
	struct task_struct __attribute__((btf_type_tag("kptr_untrusted"))) *seen; };
struct agreed_item *told_item;
struct agreed_plain *told_plain;
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct agreed_owner);
} owners SEC(".maps");
struct bpf_spin_lock guard __attribute__((visibility("hidden"))) SEC(".bss.guarded");
struct bpf_list_head items __attribute__((visibility("hidden"))) SEC(".bss.guarded") __attribute__((btf_decl_tag("contains:agreed_item:link")));
struct bpf_rb_root sorted __attribute__((visibility("hidden"))) SEC(".bss.guarded") __attribute__((btf_decl_tag("contains:agreed_item:branch")));
struct bpf_res_spin_lock strong __attribute__((visibility("hidden"))) SEC(".bss.strong");
struct bpf_res_spin_lock stronger __attribute__((visibility("hidden"))) SEC(".bss.stronger");
${OBJECT_KFUNCS}
static __noinline __attribute__((used)) struct agreed_item *new_item(void) { return bpf_obj_new(__builtin_btf_type_id(*(struct agreed_item *)0, 0)); }
static __noinline __attribute__((used)) struct agreed_plain *new_plain(void) { return bpf_obj_new(__builtin_btf_type_id(*(struct agreed_plain *)0, 0)); }
static __attribute__((used)) bool in_order(struct bpf_rb_node *a, const struct bpf_rb_node *b) { return 0; }
`;

/** Names in these programs that are operands, and functions of the source. */
export const OBJECT_DATA = ["owners", "guard", "items", "sorted", "strong", "stronger", "in_order"];
export const OBJECT_FUNCS = ["new_item", "new_plain"];

/** The right choice, several times: a program has many holes, and one wrong choice is enough. */
const often = (choice) => [choice, choice, choice, choice, choice];
const LOCK = "r1 = guard ll; call 93;";
const UNLOCK = "r1 = guard ll; call 94;";
const OWNER = "*(u32 *)(r10 - 4) = 0; r2 = r10; r2 += -4; r1 = owners ll; call 1; if r0 == 0 goto OUT; r7 = r0;";
const DROP = "if r0 == 0 goto OUT; r1 = r0; call bpf_obj_drop;";

/** [rule, section, assembly, holes], as in templates.mjs. */
export const OBJECT_TEMPLATES = [
  [
    "object",
    ["tc", "xdp", "syscall"],
    "call new_plain; {c} r6 = r0; {a} {d} OUT: r0 = 0; exit",
    {
      c: [...often("if r0 == 0 goto OUT;"), ""],
      a: [
        "*(u64 *)(r6 + 8) = 1;",
        "r1 = *(u64 *)(r6 + 0);",
        "*(u64 *)(r6 + 16) = 1;",
        "*(u32 *)(r6 + 12) = 7;",
        "r6 += 8;",
      ],
      d: [...often("r1 = r6; call bpf_obj_drop;"), "", "r1 = r6; r1 += 8; call bpf_obj_drop;"],
    },
  ],
  [
    "special members",
    "tc",
    "call new_item; if r0 == 0 goto OUT; r6 = r0; {a} r1 = r6; call bpf_obj_drop; {z} OUT: r0 = 0; exit",
    {
      a: ["r1 = *(u64 *)(r6 + {o});", "*(u64 *)(r6 + {o}) = 1;", "*(u8 *)(r6 + {o}) = 1;"],
      o: [0, 0, 0, 7, 8, 24, 32, 60, 64],
      z: [...often(""), "r1 = *(u64 *)(r6 + 0);"],
    },
  ],
  [
    "list",
    "tc",
    `call new_item; if r0 == 0 goto OUT; r6 = r0; {l} r1 = items ll; r2 = r6; {o} call bpf_list_push_front; {a} {u} {z} OUT: r0 = 0; exit`,
    {
      l: [...often(LOCK), ""],
      o: [...often("r2 += 8;"), "", "r2 += 16;", "r1 += 16; r2 += 32;"],
      a: [
        ...often(""),
        "*(u64 *)(r6 + 0) = 1;",
        "r1 = r6; call bpf_obj_drop;",
        "r1 = items ll; r2 = r6; r2 += 8; call bpf_list_push_front;",
      ],
      u: [...often(UNLOCK), ""],
      z: [...often(""), "r1 = *(u64 *)(r6 + 0);", "r1 = r6; call bpf_obj_drop;"],
    },
  ],
  [
    "out of a list",
    "tc",
    `{l} r1 = items ll; call {f}; r6 = r0; {u} r0 = r6; if r0 == 0 goto OUT; {z} OUT: r0 = 0; exit`,
    {
      l: [...often(LOCK), ""],
      f: ["bpf_list_pop_front", "bpf_list_pop_front", "bpf_list_front"],
      u: [...often(UNLOCK), ""],
      z: [
        ...often("r1 = r0; r1 += -8; call bpf_obj_drop;"),
        "r1 = r0; call bpf_obj_drop;",
        "r1 = *(u64 *)(r0 - 8);",
        "",
      ],
    },
  ],
  [
    "tree",
    "tc",
    `call new_item; if r0 == 0 goto OUT; r6 = r0; {c} {l} r1 = sorted ll; r2 = r6; {o} r3 = in_order ll; call bpf_rbtree_add; {a} {u} {z} OUT: r0 = 0; exit`,
    {
      c: [...often(""), "r1 = r6; call bpf_refcount_acquire; r8 = r0;"],
      l: [...often(LOCK), ""],
      o: [...often("r2 += 32;"), "r2 += 8;"],
      a: [
        ...often(""),
        "r1 = sorted ll; r2 = r6; r2 += 32; call bpf_rbtree_remove; r7 = r0;",
        "r1 = r6; call bpf_refcount_acquire; r7 = r0;",
      ],
      u: [...often(UNLOCK), ""],
      z: [...often(""), `r0 = 0; r1 = r8; call bpf_obj_drop;`, "if r7 == 0 goto OUT; r1 = r7; {w} call bpf_obj_drop;"],
      w: ["", "r1 += -32;"],
    },
  ],
  [
    "first of a tree",
    "tc",
    `${LOCK} r1 = sorted ll; call bpf_rbtree_first; r6 = r0; {c} {a} ${UNLOCK} {z} r0 = 0; exit; OUT: ${UNLOCK} r0 = 0; exit`,
    {
      c: [...often("if r6 == 0 goto OUT;"), ""],
      a: [
        "r1 = *(u64 *)(r6 - 32);",
        "r1 = *(u64 *)(r6 + 0);",
        "r1 = sorted ll; r2 = r6; call bpf_rbtree_remove; r7 = r0;",
        "*(u64 *)(r6 - 32) = 1;",
      ],
      z: [
        ...often(""),
        "r1 = *(u64 *)(r6 - 32);",
        "if r7 == 0 goto AGAIN; r1 = r7; r1 += -32; call bpf_obj_drop; AGAIN:",
      ],
    },
  ],
  [
    "kernel pointer",
    ["tc", "syscall"],
    `${OWNER} r6 = *({s} *)(r7 + {o}); {c} {a} OUT: r0 = 0; exit`,
    {
      s: [...often("u64"), "u32"],
      o: [8, 8, 16, 16, 24, 0, 12],
      c: [...often("if r6 == 0 goto OUT;"), ""],
      a: [
        "r1 = *(u64 *)(r6 + 0);",
        "*(u64 *)(r6 + 8) = 1;",
        "*(u64 *)(r7 + 24) = r6;",
        "*(u64 *)(r7 + 24) = 0;",
        "*(u64 *)(r7 + 16) = 0;",
      ],
    },
  ],
  [
    "exchange",
    "tc",
    `${OWNER} call new_plain; {c} r6 = r0; r1 = r7; r1 += {o}; r2 = {p}; call 194; {z} OUT: r0 = 0; exit`,
    {
      c: [...often("if r0 == 0 goto OUT;"), ""],
      o: [...often(8), 16, 24, 0],
      p: [...often("r6"), "r6", "r7"],
      z: [...often(DROP), "", "r1 = *(u64 *)(r6 + 0);", "if r0 == 0 goto OUT; r1 = *(u64 *)(r0 + 0);"],
    },
  ],
  [
    "interrupt flags",
    ["tc", "xdp"],
    "r1 = r10; r1 += {o}; call bpf_local_irq_save; {a} r1 = r10; r1 += {p}; call bpf_local_irq_restore; r0 = 0; exit",
    {
      o: [...often(-8), -16, -12, 0],
      p: [...often(-8), -16],
      a: [
        "",
        "",
        "r1 = *(u64 *)(r10 - 8);",
        "*(u64 *)(r10 - 8) = 1;",
        "*(u64 *)(r10 - 24) = 1;",
        "call 5;",
        "r1 = r10; r1 += -32; call bpf_local_irq_save; r1 = r10; r1 += -32; call bpf_local_irq_restore;",
      ],
    },
  ],
  [
    "locks that may fail",
    ["tc", "fentry/bpf_fentry_test1"],
    "r1 = strong ll; call bpf_res_spin_lock; {c} {a} r1 = {w} ll; call bpf_res_spin_unlock; OUT: r0 = 0; exit",
    {
      c: [...often("if r0 != 0 goto OUT;"), "if r0 == 0 goto OUT;", "", "if r0 s< 0 goto OUT;"],
      a: [
        "",
        "",
        "call 5;",
        "r1 = stronger ll; call bpf_res_spin_lock; if r0 != 0 goto AGAIN; r1 = stronger ll; call bpf_res_spin_unlock; AGAIN:",
        "r1 = strong ll; call bpf_res_spin_lock;",
      ],
      w: [...often("strong"), "stronger"],
    },
  ],
];
