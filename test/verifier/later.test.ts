/** Dynptrs, timers, work queues, task work, callbacks and formats: small programs with what Linux 7.2 says of each. */
import { expect, test } from "vitest";
import { compile } from "../../src/driver/compile.ts";
import { kernel } from "./program.ts";

const HEAD = `
struct timed { u64 x; struct bpf_timer t; };
struct queued { u64 x; struct bpf_wq w; };
struct worked { u64 x; struct bpf_task_work tw; };
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 2); __type(key, int); __type(value, struct timed); } timers SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 2); __type(key, int); __type(value, struct queued); } queues SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 2); __type(key, int); __type(value, struct worked); } works SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } ring SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_USER_RINGBUF); __uint(max_entries, 4096); } fromuser SEC(".maps");
char LICENSE[] SEC("license") = "GPL";
u64 bytes[8]; u64 out; const void *user;
int bpf_dynptr_from_skb(struct __sk_buff *s, u64 flags, struct bpf_dynptr *d) __ksym;
int bpf_dynptr_from_file(struct file *f, u32 flags, struct bpf_dynptr *d) __ksym;
int bpf_dynptr_file_discard(struct bpf_dynptr *d) __ksym;
void *bpf_dynptr_slice(const struct bpf_dynptr *d, u64 off, void *buffer, u64 size) __ksym;
void *bpf_dynptr_slice_rdwr(const struct bpf_dynptr *d, u64 off, void *buffer, u64 size) __ksym;
int bpf_dynptr_clone(const struct bpf_dynptr *d, struct bpf_dynptr *to) __ksym;
u64 bpf_dynptr_size(const struct bpf_dynptr *d) __ksym;
struct file *bpf_get_task_exe_file(struct task_struct *t) __ksym;
void bpf_put_file(struct file *f) __ksym;
void bpf_rcu_read_lock(void) __ksym;
int bpf_iter_num_new(struct bpf_iter_num *it, int start, int end) __ksym;
void bpf_iter_num_destroy(struct bpf_iter_num *it) __ksym;
int bpf_wq_init(struct bpf_wq *wq, void *map, unsigned int flags) __ksym;
int bpf_wq_set_callback(struct bpf_wq *wq, int (*cb)(void *, int *, void *), unsigned int flags) __ksym;
int bpf_task_work_schedule_signal(struct task_struct *t, struct bpf_task_work *tw, void *map, int (*cb)(struct bpf_map *, void *, void *)) __ksym;
__noinline int whole(struct bpf_dynptr *d) { u64 v; return bpf_dynptr_read(&v, 8, d, 0, 0); }
static int zero(void *map, int *key, struct timed *v) { v->x = *key; return 0; }
static int one(void *map, int *key, struct timed *v) { return 1; }
static int again(void *map, int *key, struct timed *v) { bpf_timer_set_callback(&v->t, again); return 0; }
static int both(void *map, int *key, struct timed *v) { if (v->x) bpf_timer_set_callback(&v->t, both); bpf_timer_set_callback(&v->t, both); return 0; }
static int into(void *map, int *key, struct timed *v) { *(u64 *)&v->t = 1; return 0; }
static int locks(void *map, int *key, struct timed *v) { bpf_rcu_read_lock(); return 0; }
static int sleeps(void *map, int *key, struct timed *v) { u64 b; bpf_copy_from_user(&b, 8, user); return 0; }
static int qzero(void *map, int *key, void *v) { return 0; }
static int qsleeps(void *map, int *key, void *v) { u64 b; bpf_copy_from_user(&b, 8, user); return 0; }
static int qpast(void *map, int *key, void *v) { out = key[1]; return 0; }
static int works_on(struct bpf_map *map, void *key, void *v) { return 7; }
static __naked __noinline int works_any(void) { asm volatile("call 5;\\nexit;"); }
static long vma(struct task_struct *t, struct vm_area_struct *v, u64 *x) { *x = v->vm_start; return 0; }
static long vma2(struct task_struct *t, struct vm_area_struct *v, u64 *x) { return 2; }
static long vmaw(struct task_struct *t, struct vm_area_struct *v, u64 *x) { x[1] = 0; return 0; }
static long drains(struct bpf_dynptr *d, u64 *x) { bpf_dynptr_read(x, 8, d, 0, 0); return 0; }
static long frees(struct bpf_dynptr *d, u64 *x) { bpf_ringbuf_discard_dynptr(d, 0); return 0; }
static long writes(struct bpf_dynptr *d, u64 *x) { *(u64 *)d = 0; return 0; }
`;

const MEM = "struct bpf_dynptr d; bpf_dynptr_from_mem(bytes, 64, 0, &d);";
const RING = "struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 8, 0, &d);";
const DONE = "bpf_ringbuf_discard_dynptr(&d, 0);";
const SKB = "struct bpf_dynptr d; bpf_dynptr_from_skb(c, 0, &d);";
const FILE =
  "struct bpf_dynptr d; struct file *f = bpf_get_task_exe_file(bpf_get_current_task_btf()); if (!f) return 0; bpf_dynptr_from_file(f, 0, &d);";
const lookup = (type: string, map: string): string =>
  `int k = 0; struct ${type} *e = bpf_map_lookup_elem(&${map}, &k); if (!e) return 0;`;
const TIMER = lookup("timed", "timers");
const QUEUE = lookup("queued", "queues");
const WORK = lookup("worked", "works");
const snprintf = (format: string, size: number): string =>
  `static const char f[] = "${format}"; u64 a[3] = { 1, 2, 3 }; char o[16]; return bpf_snprintf(o, 16, f, a, ${size});`;

type Row = readonly [want: string, section: string, body: string];

const rows: readonly Row[] = [
  ["accepted", "raw_tp", `${MEM} return whole(&d);`],
  ["E0571", "raw_tp", "struct bpf_dynptr d; return whole(&d);"],
  ["accepted", "raw_tp", `${MEM} u8 *p = bpf_dynptr_data(&d, 0, 8); if (p) out = p[7]; return 0;`],
  ["E0524", "raw_tp", `${MEM} u8 *p = bpf_dynptr_data(&d, 0, 8); if (p) out = p[8]; return 0;`],
  ["E0510", "raw_tp", `${MEM} u8 *p = bpf_dynptr_data(&d, 0, 8); out = p[0]; return 0;`],
  ["E0553", "raw_tp", `${MEM} u8 *p = bpf_dynptr_data(&d, 0, bpf_get_prandom_u32() & 7); return 0;`],
  ["E0549", "raw_tp", "struct bpf_dynptr d; u64 x = 0; bpf_dynptr_from_mem(&x, 8, 0, &d); return 0;"],
  ["E0549", "raw_tp", "struct bpf_dynptr d; u64 x; bpf_dynptr_read(&x, 8, &d, 0, 0); return 0;"],
  ["E0549", "raw_tp", `${MEM} ${DONE} return 0;`],
  ["accepted", "raw_tp", `${RING} ${DONE} return 0;`],
  ["E0560", "raw_tp", `${RING} return 0;`],
  ["E0549", "raw_tp", `${RING} ${DONE} ${DONE} return 0;`],
  ["E0560", "raw_tp", `${RING} *(volatile u8 *)&d = 0; return 0;`],
  ["accepted", "raw_tp", `${MEM} *(volatile u8 *)&d = 0; return 0;`],
  ["E0559", "raw_tp", `${MEM} *(volatile u8 *)&d = 0; return bpf_dynptr_size(&d);`],
  ["E0534", "raw_tp", `${MEM} return *(volatile u64 *)&d;`],
  ["E0549", "raw_tp", `${MEM} bpf_get_current_comm(&d, 16); return 0;`],
  [
    "accepted",
    "raw_tp",
    `${RING} struct bpf_dynptr x; bpf_dynptr_clone(&d, &x); *(volatile u8 *)&x = 0; ${DONE} return 0;`,
  ],
  [
    "E0509",
    "raw_tp",
    `${RING} u64 *p = bpf_dynptr_data(&d, 0, 8); if (!p) { ${DONE} return 0; } ${DONE} out = *p; return 0;`,
  ],
  [
    "E0509",
    "raw_tp",
    `${MEM} u64 *p = bpf_dynptr_data(&d, 0, 8); if (!p) return 0; *(volatile u8 *)&d = 0; out = *p; return 0;`,
  ],
  ["E0559", "raw_tp", `${RING} struct bpf_dynptr x; bpf_dynptr_clone(&d, &x); ${DONE} return bpf_dynptr_size(&x);`],
  ["accepted", "tc", `${SKB} u64 b; u64 *p = bpf_dynptr_slice(&d, 0, &b, 8); if (p) out = *p; return 0;`],
  ["E0527", "tc", `${SKB} u64 b; u64 *p = bpf_dynptr_slice(&d, 0, &b, 8); if (p) *p = 1; return 0;`],
  ["accepted", "tc", `${SKB} u64 b; u64 *p = bpf_dynptr_slice_rdwr(&d, 0, &b, 8); if (p) *p = 1; return 0;`],
  ["E0558", "cgroup_skb/egress", `${SKB} u64 b; u64 *p = bpf_dynptr_slice_rdwr(&d, 0, &b, 8); return 0;`],
  [
    "E0509",
    "tc",
    `${SKB} u64 *p = bpf_dynptr_slice(&d, 0, 0, 8); if (!p) return 0; bpf_skb_pull_data(c, 8); out = *p; return 0;`,
  ],
  [
    "E0509",
    "tc",
    `${SKB} u64 *p = bpf_dynptr_slice(&d, 0, 0, 8); if (!p) return 0; bpf_dynptr_write(&d, 0, &out, 8, 0); out = *p; return 0;`,
  ],
  [
    "accepted",
    "raw_tp",
    "union { struct bpf_dynptr d; struct bpf_iter_num i; } u; bpf_dynptr_from_mem(bytes, 8, 0, &u.d); bpf_iter_num_new(&u.i, 0, 3); bpf_iter_num_destroy(&u.i); return 0;",
  ],
  [
    "E0560",
    "raw_tp",
    "union { struct bpf_dynptr d; struct bpf_iter_num i; } u; bpf_ringbuf_reserve_dynptr(&ring, 8, 0, &u.d); bpf_iter_num_new(&u.i, 0, 3); bpf_iter_num_destroy(&u.i); return 0;",
  ],
  ["accepted", "lsm/file_open", `${FILE} bpf_dynptr_file_discard(&d); bpf_put_file(f); return 0;`],
  ["E0560", "lsm/file_open", `${FILE} bpf_put_file(f); bpf_dynptr_file_discard(&d); return 0;`],
  ["E0560", "lsm/file_open", `${FILE} bpf_put_file(f); return 0;`],

  [
    "accepted",
    "tc",
    `${TIMER} bpf_timer_init(&e->t, &timers, 1); bpf_timer_set_callback(&e->t, zero); bpf_timer_start(&e->t, 0, 0); return 0;`,
  ],
  ["E0549", "tc", `${TIMER} bpf_timer_init(&e->t, &queues, 1); return 0;`],
  ["E0549", "tc", `${TIMER} bpf_timer_cancel((void *)e); return 0;`],
  ["E0549", "tc", "struct bpf_timer t = {}; bpf_timer_cancel(&t); return 0;"],
  ["E0562", "tc", `${TIMER} bpf_timer_set_callback(&e->t, one); return 0;`],
  ["accepted", "tc", `${TIMER} bpf_timer_set_callback(&e->t, again); return 0;`],
  ["accepted", "tc", `${TIMER} bpf_timer_set_callback(&e->t, both); return 0;`],
  ["E0534", "tc", `${TIMER} bpf_timer_set_callback(&e->t, into); return 0;`],
  ["E0560", "tc", `${TIMER} bpf_timer_set_callback(&e->t, locks); return 0;`],
  ["E0548", "syscall", `${TIMER} bpf_timer_set_callback(&e->t, sleeps); return 0;`],
  ["accepted", "tc", `${QUEUE} bpf_wq_init(&e->w, &queues, 0); bpf_wq_set_callback(&e->w, qzero, 0); return 0;`],
  ["accepted", "tc", `${QUEUE} bpf_wq_set_callback(&e->w, qsleeps, 0); return 0;`],
  ["E0524", "tc", `${QUEUE} bpf_wq_set_callback(&e->w, qpast, 0); return 0;`],
  ["E0559", "tc", `${QUEUE} bpf_wq_init(&e->w, &timers, 0); return 0;`],
  ["E0559", "tc", `${QUEUE} bpf_wq_init((void *)e, &queues, 0); return 0;`],
  [
    "accepted",
    "perf_event",
    `${WORK} bpf_task_work_schedule_signal(bpf_get_current_task_btf(), &e->tw, &works, works_on); return 0;`,
  ],
  [
    "E0559",
    "perf_event",
    `${WORK} bpf_task_work_schedule_signal(bpf_get_current_task_btf(), &e->tw, &timers, works_on); return 0;`,
  ],

  [
    "E0562",
    "perf_event",
    `${WORK} bpf_task_work_schedule_signal(bpf_get_current_task_btf(), &e->tw, &works, (void *)works_any); return 0;`,
  ],
  ["accepted", "raw_tp", "u64 x = 0; bpf_find_vma(bpf_get_current_task_btf(), 0, vma, &x, 0); return 0;"],
  ["E0562", "raw_tp", "u64 x = 0; bpf_find_vma(bpf_get_current_task_btf(), 0, vma2, &x, 0); return 0;"],
  ["E0518", "raw_tp", "u64 x = 0; bpf_find_vma(bpf_get_current_task_btf(), 0, vmaw, &x, 0); return 0;"],
  ["accepted", "raw_tp", "u64 x = 0; bpf_user_ringbuf_drain(&fromuser, drains, &x, 0); return 0;"],
  ["E0549", "raw_tp", "u64 x = 0; bpf_user_ringbuf_drain(&fromuser, frees, &x, 0); return 0;"],
  ["E0534", "raw_tp", "u64 x = 0; bpf_user_ringbuf_drain(&fromuser, writes, &x, 0); return 0;"],

  ["accepted", "raw_tp", snprintf("%d %08x %-5lu %s %% %pI4", 40).replace("a[3]", "a[5]")],
  ["E0556", "raw_tp", snprintf("%d %d", 8)],
  ["accepted", "raw_tp", snprintf("%d", 24)],
  ["E0551", "raw_tp", snprintf("%d", 7)],
  ["E0556", "raw_tp", snprintf("%p%d", 8)],
  ["E0556", "raw_tp", snprintf("a\\001", 8)],
  ["E0556", "raw_tp", snprintf("%hx", 8)],
  ["E0556", "raw_tp", snprintf("%sx", 8)],
  ["E0556", "raw_tp", snprintf("%", 8)],
];

const programs = rows.map(([, section, body], i) => {
  const context = section.startsWith("tc") || section.startsWith("cgroup") ? "struct __sk_buff" : "void";
  return `SEC("${section}") int p${i}(${context} *c) { ${body} }`;
});
const { verdicts, diagnostics } = compile(HEAD + programs.join("\n"), { kernel });

test("all of them compile", () => {
  expect(diagnostics.filter((d) => d.severity === "error" && !d.code.startsWith("E05"))).toEqual([]);
  expect(verdicts).toHaveLength(rows.length);
});

test.each(rows.map((row, i) => [...row, i] as const))("%s: %s %s", (want, _section, _body, i) => {
  const verdict = verdicts.find((v) => v.program === `p${i}`);
  expect(verdict?.findings[0]?.code ?? (verdict?.unknown.join("; ") || verdict?.verdict)).toBe(want);
});
