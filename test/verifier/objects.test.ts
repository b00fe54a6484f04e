/** Objects of the program, lists, trees, kernel pointers, locks and saved flags: small sources, each with its verdict. */
import { describe, expect, test } from "vitest";
import { OBJECT_KFUNCS } from "../../scripts/agreement/object-kfuncs.mjs";
import { DiagSink } from "../../src/diag/diagnostic.ts";
import { compile } from "../../src/driver/compile.ts";
import { verifyObject } from "../../src/driver/verdicts.ts";
import { embeddedKernel } from "../support/kernel.ts";

const kernel = embeddedKernel();

const HEAD = `
struct item { u64 value; struct bpf_list_node link; struct bpf_rb_node branch; struct bpf_refcount count; };
struct simple { u64 value; };
struct owner { u64 n; struct simple __attribute__((btf_type_tag("kptr"))) *p;
    struct task_struct __attribute__((btf_type_tag("kptr"))) *task;
    struct task_struct __attribute__((btf_type_tag("kptr_untrusted"))) *seen; };
struct item *told_item; struct simple *told_simple; u64 sink;
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, u32); __type(value, struct owner); } owners SEC(".maps");
struct bpf_spin_lock lock __attribute__((visibility("hidden"))) SEC(".bss.guarded");
struct bpf_list_head items __attribute__((visibility("hidden"))) SEC(".bss.guarded") __attribute__((btf_decl_tag("contains:item:link")));
struct bpf_rb_root sorted __attribute__((visibility("hidden"))) SEC(".bss.guarded") __attribute__((btf_decl_tag("contains:item:branch")));
struct bpf_spin_lock other __attribute__((visibility("hidden"))) SEC(".bss.other");
struct bpf_res_spin_lock strong __attribute__((visibility("hidden"))) SEC(".bss.strong");
struct bpf_res_spin_lock second __attribute__((visibility("hidden"))) SEC(".bss.second");
${OBJECT_KFUNCS}
int bpf_rbtree_add_impl(struct bpf_rb_root *root, struct bpf_rb_node *node, bool (less)(struct bpf_rb_node *a, const struct bpf_rb_node *b), void *meta__ign, u64 off) __ksym;
struct task_struct *bpf_task_from_pid(s32 pid) __ksym;
void bpf_task_release(struct task_struct *p) __ksym;
#define NEW(o, T) T *o = bpf_obj_new(__builtin_btf_type_id(*(T *)0, 0)); if (!o) return 0
#define OWNER u32 key = 0; struct owner *v = bpf_map_lookup_elem(&owners, &key); if (!v) return 0
static bool less(struct bpf_rb_node *a, const struct bpf_rb_node *b) { return ((struct item *)((void *)a - 32))->value < ((struct item *)((void *)b - 32))->value; }
static bool unlocks(struct bpf_rb_node *a, const struct bpf_rb_node *b) { bpf_spin_unlock(&lock); return 0; }
static bool removes(struct bpf_rb_node *a, const struct bpf_rb_node *b) { bpf_rbtree_remove(&sorted, a); return 0; }
char LICENSE[] SEC("license") = "GPL";
`;

/** `accepted`, `unknown: ...`, or the code of what is refused. */
function answer(body: string, section = "tc"): string {
  const source = `${HEAD}SEC("${section}") int probe(void *ctx) { ${body}; return 0; }`;
  const { object, diagnostics } = compile(source, { kernel, fileName: "objects.bpf", verify: false });
  if (!object) throw new Error(diagnostics.map((d) => d.text).join("; "));
  const [verdict] = verifyObject(object, kernel, new DiagSink());
  if (!verdict) throw new Error("no verdict");
  if (verdict.verdict === "unknown") return `unknown: ${verdict.unknown.join("; ")}`;
  return verdict.findings[0]?.code ?? verdict.verdict;
}

type Row = readonly [want: string, body: string, section?: string];
const hold = (rows: readonly Row[]) =>
  test.each(rows.map(([want, body, section]) => ({ want, body, section })))(
    "$want: $body",
    ({ want, body, section }) => {
      expect(answer(body, section)).toBe(want);
    },
  );

const PUSH = "bpf_spin_lock(&lock); bpf_list_push_front(&items, &o->link);";
const ADD = "bpf_spin_lock(&lock); bpf_rbtree_add(&sorted, &o->branch, less);";

describe("objects", () => {
  hold([
    ["accepted", "NEW(o, struct simple); o->value = 1; sink = o->value; bpf_obj_drop(o)"],
    ["E0560", "NEW(o, struct simple); o->value = 1"],
    ["E0509", "NEW(o, struct simple); bpf_obj_drop(o); sink = o->value"],
    ["E0561", "NEW(o, struct item); bpf_obj_drop(&o->link)"],
    ["E0558", "NEW(o, struct item); bpf_obj_drop(o)", "fentry/bpf_fentry_test1"],
    ["accepted", "NEW(o, struct simple); bpf_obj_drop(o)", "fentry/bpf_fentry_test1"],
    ["accepted", "NEW(o, struct item); bpf_obj_drop(o)", "fentry.s/bpf_fentry_test1"],
    ["E0529", "NEW(o, struct simple); ((u64 *)o)[1] = 1; bpf_obj_drop(o)"],
    ["E0534", "NEW(o, struct item); sink = *(u64 *)&o->link; bpf_obj_drop(o)"],
    ["E0559", "NEW(o, struct simple); bpf_task_release((void *)o)"],
    ["E0559", "bpf_obj_new(0)"],
    [
      "accepted",
      "NEW(o, struct item); struct item *m = bpf_refcount_acquire(o); m->value = 1; bpf_obj_drop(o); bpf_obj_drop(m)",
    ],
    ["E0559", "NEW(o, struct simple); o = bpf_refcount_acquire(o)"],
    ["E0583", "NEW(o, struct simple); bpf_spin_lock(&lock); bpf_obj_drop(o); bpf_spin_unlock(&lock)"],
  ]);
});

describe("lists and trees", () => {
  hold([
    ["accepted", `NEW(o, struct item); ${PUSH} o->value = 1; bpf_spin_unlock(&lock)`],
    ["E0509", `NEW(o, struct item); ${PUSH} bpf_spin_unlock(&lock); o->value = 1`],
    ["E0559", `NEW(o, struct item); ${PUSH} bpf_list_push_front(&items, &o->link); bpf_spin_unlock(&lock)`],
    ["E0598", "NEW(o, struct item); bpf_list_push_front(&items, &o->link)"],
    [
      "E0598",
      "NEW(o, struct item); bpf_spin_lock(&other); bpf_list_push_front(&items, &o->link); bpf_spin_unlock(&other)",
    ],
    [
      "E0559",
      "NEW(o, struct item); bpf_spin_lock(&lock); bpf_list_push_front(&items, (void *)o); bpf_spin_unlock(&lock)",
    ],
    ["E0560", "bpf_spin_lock(&lock); bpf_list_pop_front(&items); bpf_spin_unlock(&lock)"],
    [
      "accepted",
      "bpf_spin_lock(&lock); struct bpf_list_node *n = bpf_list_pop_front(&items); bpf_spin_unlock(&lock); if (n) bpf_obj_drop((void *)n - 8)",
    ],
    [
      "E0509",
      "bpf_spin_lock(&lock); struct bpf_list_node *n = bpf_list_front(&items); bpf_spin_unlock(&lock); if (n) sink = ((u64 *)n)[-1]",
    ],
    ["accepted", `NEW(o, struct item); ${ADD} bpf_spin_unlock(&lock)`],
    [
      "accepted",
      "NEW(o, struct item); bpf_spin_lock(&lock); bpf_rbtree_add_impl(&sorted, &o->branch, less, NULL, 0); bpf_spin_unlock(&lock)",
    ],
    [
      "E0559",
      "NEW(o, struct item); bpf_spin_lock(&lock); bpf_rbtree_add_impl(&sorted, &o->branch, less, NULL, (u64)&sink); bpf_spin_unlock(&lock)",
    ],
    ["accepted", `NEW(o, struct item); ${ADD} bpf_spin_unlock(&lock)`, "fentry/bpf_fentry_test1"],
    [
      "E0558",
      "NEW(o, struct item); bpf_spin_lock(&lock); bpf_rbtree_add(&sorted, &o->branch, unlocks); bpf_spin_unlock(&lock)",
    ],
    [
      "E0558",
      "NEW(o, struct item); bpf_spin_lock(&lock); bpf_rbtree_add(&sorted, &o->branch, removes); bpf_spin_unlock(&lock)",
    ],
    [
      "accepted",
      "bpf_spin_lock(&lock); struct bpf_rb_node *n = bpf_rbtree_first(&sorted); if (n) n = bpf_rbtree_remove(&sorted, n); bpf_spin_unlock(&lock); if (n) bpf_obj_drop((void *)n - 32)",
    ],
    ["E0574", "bpf_spin_lock(&lock); bpf_spin_unlock(&lock)", "kprobe/do_exit"],
  ]);
});

describe("kernel pointers", () => {
  hold([
    ["accepted", "OWNER; struct task_struct *t = v->task; if (t) sink = t->pid"],
    ["E0510", "OWNER; struct task_struct *t = v->task; sink = t->pid"],
    ["accepted", "OWNER; v->seen = v->task"],
    ["accepted", "OWNER; v->seen = NULL"],
    ["E0597", "OWNER; v->task = NULL"],
    ["E0597", "OWNER; *(u64 *)&v->seen = 5"],
    ["E0597", "OWNER; *(u32 *)&v->seen = 0"],
    ["E0534", "OWNER; bpf_probe_read_kernel(v, 16, (void *)sink)"],
    ["accepted", "OWNER; bpf_probe_read_kernel(v, 8, (void *)sink)"],
    ["accepted", "OWNER; NEW(o, struct simple); o = bpf_kptr_xchg(&v->p, o); if (o) bpf_obj_drop(o)"],
    ["E0560", "OWNER; NEW(o, struct simple); bpf_kptr_xchg(&v->p, o)"],
    ["E0549", "OWNER; NEW(o, struct item); bpf_kptr_xchg(&v->p, (void *)o)"],
    ["E0549", "OWNER; bpf_kptr_xchg(&v->seen, NULL)"],
    ["accepted", "OWNER; struct simple *p = v->p; if (p) sink = p->value"],
    ["E0559", "OWNER; struct simple *p = v->p; if (p) bpf_obj_drop(p)"],
  ]);
});

describe("saved flags and locks that may fail", () => {
  hold([
    ["accepted", "unsigned long f; bpf_local_irq_save(&f); bpf_local_irq_restore(&f)"],
    ["E0560", "unsigned long f; bpf_local_irq_save(&f)"],
    [
      "E0599",
      "unsigned long f, g; bpf_local_irq_save(&f); bpf_local_irq_save(&g); bpf_local_irq_restore(&f); bpf_local_irq_restore(&g)",
    ],
    ["E0559", "unsigned long f; bpf_local_irq_save(&f); bpf_local_irq_save(&f)"],
    ["E0559", "unsigned long f = 1; bpf_local_irq_restore(&f)"],
    ["accepted", "if (!bpf_res_spin_lock(&strong)) bpf_res_spin_unlock(&strong)"],
    ["E0560", "bpf_res_spin_lock(&strong)"],
    ["E0582", "bpf_res_spin_lock(&strong); bpf_res_spin_unlock(&strong)"],
    ["E0583", "if (bpf_res_spin_lock(&strong)) return 0; bpf_res_spin_lock(&strong)"],
    [
      "E0559",
      "if (bpf_res_spin_lock(&strong)) return 0; if (bpf_res_spin_lock(&second)) { bpf_res_spin_unlock(&strong); return 0; } bpf_res_spin_unlock(&strong); bpf_res_spin_unlock(&second)",
    ],
  ]);
});
