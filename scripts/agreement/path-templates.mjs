// Small programs of loops, of paths that meet again, and of instructions that serve several kinds of memory; see
// templates.mjs. What a path carried along is used at the end: there a state that was wrongly left out shows.

/** What the sources of these programs begin with, behind the other heads. */
export const PATH_HEAD = `
struct {
	__uint(type, BPF_MAP_TYPE_ARENA);
	__uint(map_flags, 1024);
	__uint(max_entries, 4);
} pages SEC(".maps");
static __naked __noinline __attribute__((used)) int counts_up(void) { asm volatile("r3 = *(u64 *)(r2 + 0);\\nr3 += 1;\\n*(u64 *)(r2 + 0) = r3;\\nr0 = 0;\\nexit;"); }
static __naked __noinline __attribute__((used)) int copies_down(void) { asm volatile("r3 = *(u64 *)(r2 + 0);\\n*(u64 *)(r2 + 8) = r3;\\n*(u64 *)(r2 + 0) = 8;\\nr0 = 0;\\nexit;"); }
static __naked __noinline __attribute__((used)) int stops_at(void) { asm volatile("*(u64 *)(r2 + 0) = r1;\\nr0 = 0;\\nif r1 < 3 goto +1;\\nr0 = 1;\\nexit;"); }
static __naked __noinline __attribute__((used)) int picks(void) { asm volatile("r0 = 64;\\nif r1 > 7 goto +1;\\nr0 = r1;\\nexit;"); }
static __naked __noinline __attribute__((used)) int bounds(void) { asm volatile("r0 = r1;\\nif r0 < 16 goto +1;\\nr0 = 0;\\nexit;"); }
`;

export const PATH_DATA = ["pages", "counts_up", "copies_down", "stops_at"];
export const PATH_FUNCS = ["picks", "bounds"];

const STARTS = ["0", "0", "1", "8", "15", "-1", "4096"];
/** Of r6 and r7, numbers; r9 points to 16 bytes; the stack has room at -24 and -32. */
const STEPS = [
  "",
  "",
  "",
  "r6 += 1;",
  "r6 += r7;",
  "r7 += 1;",
  "r7 ^= 1;",
  "r6 = r7;",
  "r6 &= 15;",
  "w6 += 1;",
  "r6 = 3;",
  "r7 = 16;",
  "r6 = *(u64 *)(r9 + 0);",
  "call 7; r6 = r0;",
  "call 7; r7 = r0;",
  "r1 = r7; call bounds; r6 = r0;",
  "r1 = r6; call picks; r7 = r0;",
  "*(u64 *)(r10 - 24) = r6;",
  "*(u64 *)(r10 - 24) = r7;",
  "*(u32 *)(r10 - 24) = r6;",
  "r6 = *(u64 *)(r10 - 24);",
  "r7 = *(u32 *)(r10 - 24);",
  "if r6 > 15 goto OUT;",
  "if r7 > 15 goto OUT;",
  "if r6 == r7 goto OUT;",
  "call 7; if r0 > 9 goto OUT;",
  "*(u64 *)(r10 - 32) = r9;",
  "r9 = *(u64 *)(r10 - 32);",
  "r9 += 1;",
];
const USES = [
  "",
  "r9 += r6; r1 = *(u8 *)(r9 + 0);",
  "r9 += r7; r1 = *(u8 *)(r9 + 0);",
  "if r6 > 15 goto THEN; r9 += r6; r1 = *(u8 *)(r9 + 0); THEN:",
  "r6 &= 15; r9 += r6; r1 = *(u8 *)(r9 + 0);",
  "r6 &= 7; r7 &= 8; r6 += r7; r9 += r6; r1 = *(u8 *)(r9 + 0);",
  "r1 = *(u64 *)(r10 - 24); if r1 > 15 goto THEN; r9 += r1; r1 = *(u8 *)(r9 + 0); THEN:",
  "r9 = *(u64 *)(r10 - 32); r1 = *(u8 *)(r9 + 0);",
  "r1 = *(u64 *)(r9 + 0);",
];
const BEGIN = "r6 = {s}; r7 = {t}; r9 = variables ll; *(u64 *)(r10 - 24) = r6; *(u64 *)(r10 - 32) = r9;";
const HOLES = { s: STARTS, t: STARTS, a: STEPS, b: STEPS, c: STEPS, d: STEPS, u: USES };
const ITERATOR = "r1 = r10; r1 += -8;";

const KINDS = [
  "r7 = r10; r7 += -16; *(u64 *)(r10 - 16) = 0; *(u64 *)(r10 - 8) = 0;",
  "r7 = variables ll;",
  "r7 = r6;",
  "r8 = pages ll; r1 = 1; r7 = addr_space_cast(r1, 0x0, 0x1);",
  "r1 = *(u64 *)(r6 + 168); if r1 == 0 goto OUT; r7 = r1;",
  "r1 = *(u64 *)(r6 + 168); if r1 == 0 goto OUT; call 96; if r0 == 0 goto OUT; r7 = r0;",
  "call 158; r7 = r0;",
  "r1 = 1; call bpf_task_from_pid; if r0 == 0 goto OUT; r1 = r0; r7 = *(u64 *)(r0 + 16); call bpf_task_release; r7 = r10; r7 += -8;",
];

/** [rule, section, assembly, holes], as in templates.mjs. */
export const PATH_TEMPLATES = [
  [
    "kinds of memory",
    "tc",
    "r6 = r1; {x} call 7; if r0 > 5 goto AGAIN; {y} AGAIN: r1 = 1; {z} OUT: r0 = 0; exit",
    {
      x: KINDS,
      y: KINDS,
      z: [
        "r1 = *(u32 *)(r7 + 0);",
        "r1 = *(u32 *)(r7 + 0);",
        "r1 = *(u8 *)(r7 + 0);",
        "*(u32 *)(r7 + 8) = 1;",
        "*(u32 *)(r7 + 8) = r1;",
        "lock *(u32 *)(r7 + 0) += w1;",
        "r1 = atomic_fetch_or((u64 *)(r7 + 0), r1);",
        "r1 = atomic_fetch_add((u64 *)(r7 + 0), r1);",
        "r1 = load_acquire((u64 *)(r7 + 0));",
        "store_release((u64 *)(r7 + 0), r1);",
      ],
    },
  ],
  [
    "loops that may end",
    "tc",
    `${BEGIN} AGAIN: {a} {b} may_goto OUT; {c} {d} goto AGAIN; OUT: {u} r0 = 0; exit`,
    HOLES,
  ],
  [
    "loops that may end in loops",
    "tc",
    `${BEGIN} AGAIN: {a} may_goto OUT; {b} call 7; if r0 == {s} goto AGAIN; {c} goto AGAIN; OUT: {u} r0 = 0; exit`,
    HOLES,
  ],
  [
    "elements of an iterator",
    "tc",
    `${ITERATOR} r2 = 0; r3 = 9; call bpf_iter_num_new; ${BEGIN} AGAIN: {d} ${ITERATOR} call bpf_iter_num_next; if r0 == 0 goto OUT; {a} {b} {c} goto AGAIN; OUT: ${ITERATOR} call bpf_iter_num_destroy; {u} r0 = 0; exit`,
    HOLES,
  ],
  [
    "what a callback leaves",
    "tc",
    `${BEGIN} *(u64 *)(r10 - 8) = {t}; *(u64 *)(r10 - 16) = {s}; r1 = {n}; r2 = {f} ll; r3 = r10; r3 += -16; r4 = 0; call 181; {a} r6 = *(u64 *)(r10 - 16); r7 = *(u64 *)(r10 - 8); {b} OUT: {u} r0 = 0; exit`,
    { ...HOLES, n: ["0", "1", "2", "9", "r7"], f: ["counts_up", "copies_down", "stops_at"] },
  ],
  [
    "paths that meet",
    "tc",
    `${BEGIN} call 7; if r0 > 1 goto AGAIN; {a} AGAIN: call 7; if r0 > 2 goto OUT; {b} OUT: call 7; r1 = 0; r2 = 0; if r0 > 3 goto +1; {c} r3 = 0; call 7; r1 = 1; r2 = 2; r3 = 3; {u} r0 = 0; exit`,
    { ...HOLES, c: ["r6 += 1;", "r6 ^= r7;", "r7 = 1;", "r1 = 1;", "*(u64 *)(r10 - 24) = r7;"] },
  ],
  [
    "loops of some rounds",
    "tc",
    `${BEGIN} r8 = 0; AGAIN: {a} {b} r8 += 1; {c} if r8 < {n} goto AGAIN; {d} OUT: {u} r0 = 0; exit`,
    { ...HOLES, n: [1, 3, 9] },
  ],
];
