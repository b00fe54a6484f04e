// Group (c): small programs from templates, in sources of fifty, built by our compiler.
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { command } from "../../test/kernel/harness/paths.mjs";
import { mapLimited, run } from "../../test/kernel/harness/process.mjs";
import { OBJECT_DATA, OBJECT_FUNCS, OBJECT_HEAD, OBJECT_TEMPLATES } from "./object-templates.mjs";
import { PATH_DATA, PATH_FUNCS, PATH_HEAD, PATH_TEMPLATES } from "./path-templates.mjs";
import { oneOf, randomFrom } from "./random.mjs";
import { TEMPLATES } from "./templates.mjs";

const ALL = [...TEMPLATES, ...OBJECT_TEMPLATES, ...PATH_TEMPLATES];

const PER_FILE = 50;

const HEAD = `
struct value { u64 a[6]; };
struct guarded { struct bpf_spin_lock lock; u32 b; u64 c[5]; };
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, u32);
	__type(value, struct value);
} values SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, u32);
	__type(value, struct guarded);
} locked SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} records SEC(".maps");
struct timed { u64 a; struct bpf_timer timer; };
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, u32);
	__type(value, struct timed);
} timers SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 4096);
} sent SEC(".maps");
const char formats[] = "%d\\0%d %s\\0%hx\\0%08lx%%\\0%pI4 %5c\\0%sx\\0%";
u64 variables[2] = { 1, 2 };
const volatile u64 constants[2] = { 3, 4 };
char LICENSE[] SEC("license") = "GPL";
u64 *bpf_session_cookie(void *ctx) __ksym;
bool bpf_session_is_return(void *ctx) __ksym;
struct task_struct *bpf_task_from_pid(s32 pid) __ksym;
void bpf_task_release(struct task_struct *p) __ksym;
void bpf_rcu_read_lock(void) __ksym;
void bpf_rcu_read_unlock(void) __ksym;
void bpf_preempt_disable(void) __ksym;
void bpf_preempt_enable(void) __ksym;
int bpf_iter_num_new(struct bpf_iter_num *it, int start, int end) __ksym;
int *bpf_iter_num_next(struct bpf_iter_num *it) __ksym;
void bpf_iter_num_destroy(struct bpf_iter_num *it) __ksym;
int bpf_dynptr_from_skb(struct __sk_buff *s, u64 flags, struct bpf_dynptr *d) __ksym;
void *bpf_dynptr_slice(const struct bpf_dynptr *d, u64 off, void *buffer, u64 size) __ksym;
void *bpf_dynptr_slice_rdwr(const struct bpf_dynptr *d, u64 off, void *buffer, u64 size) __ksym;
int bpf_dynptr_clone(const struct bpf_dynptr *d, struct bpf_dynptr *to) __ksym;
u64 bpf_dynptr_size(const struct bpf_dynptr *d) __ksym;
static __naked __noinline __attribute__((used)) int later_zero(void) { asm volatile("r4 = *(u64 *)(r3 + 0);\\nr0 = 0;\\nexit;"); }
static __naked __noinline __attribute__((used)) int later_one(void) { asm volatile("r0 = 1;\\nexit;"); }
static __naked __noinline __attribute__((used)) int later_past(void) { asm volatile("r0 = *(u64 *)(r3 + 8);\\nr0 = 0;\\nexit;"); }
static __naked __noinline __attribute__((used)) int later_key(void) { asm volatile("r0 = *(u32 *)(r2 + 0);\\nexit;"); }
static __naked __noinline __attribute__((used)) int later_given(void) { asm volatile("r0 = *(u64 *)(r1 + 0);\\nr0 = 0;\\nexit;"); }
static __naked __noinline __attribute__((used)) int reads_first(void) { asm volatile("r0 = r1;\\nexit;"); }
static __naked __noinline __attribute__((used)) int writes_through(void) { asm volatile("*(u64 *)(r1 + 0) = 1;\\nr0 = 0;\\nexit;"); }
static __naked __noinline __attribute__((used)) int returns_number(void) { asm volatile("call 7;\\nexit;"); }
`;

const DATA = [
  "values",
  "locked",
  "records",
  "variables",
  "constants",
  "timers",
  "sent",
  "formats",
  "later_\\w+",
  ...OBJECT_DATA,
  ...PATH_DATA,
];
const FUNCS = ["reads_first", "writes_through", "returns_number", ...OBJECT_FUNCS, ...PATH_FUNCS];
const NAMES = new RegExp(`\\b(${DATA.join("|")}) ll|call (bpf_\\w+|${FUNCS.join("|")})`, "g");

/** The text of one program, with the symbols that it names as operands. */
function programText(name, section, body) {
  const used = new Set();
  const lines = body
    .replaceAll("%", "%%") // a lone one begins an operand
    .replaceAll("OUT", `out_${name}`)
    .replaceAll("AGAIN", `again_${name}`)
    .replaceAll("THEN", `then_${name}`)
    .replaceAll(NAMES, (_, data, callee) => {
      if (callee && !callee.startsWith("bpf_")) return `call ${callee}`;
      used.add(data ?? callee);
      return data ? `%[${data}] ll` : `call %[${callee}]`;
    });
  const operands = [...used].map((symbol) =>
    symbol.startsWith("bpf_") ? `[${symbol}]"i"(${symbol})` : `[${symbol}]"i"(&${symbol})`,
  );
  const text = lines
    .split(";")
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => `"${part.replace(/:\s*/g, (colon) => (/^\w+:/.test(part) ? ":\\n" : colon))};\\n"`)
    .join("\n\t\t");
  return `SEC("${section}")\n__naked int ${name}(void)\n{\n\tasm volatile(\n\t\t${text}\n\t\t:: ${operands.join(", ")});\n}\n`;
}

/** [{ name, rule, text }]: `count` programs from `seed` on, the templates whose rule fits `only` in turn. */
export function smallPrograms(seed, count, only = "") {
  const random = randomFrom(seed);
  const chosen = ALL.filter(([rule]) => new RegExp(only).test(rule));
  return Array.from({ length: count }, (_, i) => {
    const [rule, sections, body, holes] = chosen[i % chosen.length];
    const section = Array.isArray(sections) ? oneOf(random, sections) : sections;
    let filled = body;
    for (let round = 0; round < 2; round++)
      filled = filled.replaceAll(/\{(\w)\}/g, (_, hole) => oneOf(random, holes[hole]));
    const name = `p${i}`;
    return { name, rule, text: programText(name, section, filled) };
  });
}

/** Objects of fifty programs each. */
export async function smallObjects(seed, count, folder, only) {
  mkdirSync(folder, { recursive: true });
  const all = smallPrograms(seed, count, only);
  const files = Array.from({ length: Math.ceil(count / PER_FILE) }, (_, f) => ({
    name: `small${seed}-${f}`,
    programs: all.slice(f * PER_FILE, (f + 1) * PER_FILE),
  }));
  const built = await mapLimited(files, availableParallelism(), (file) => buildFile(file, folder));
  return built.flat();
}

async function buildFile({ name, programs }, folder) {
  const object = join(folder, `${name}.o`);
  const source = join(folder, `${name}.bpf`);
  writeFileSync(source, `${HEAD}${OBJECT_HEAD}${PATH_HEAD}${programs.map(({ text }) => text).join("\n")}`);
  const { status, stderr } = await run(process.execPath, [command, "build", source, "--no-verify", "-w", "-o", object]);
  if (status === 0) return [{ name, object }];
  const lines = [...stderr.matchAll(/:(\d+):\d+: error: (.*)/g)].slice(0, 3).map((m) => `${m[1]}: ${m[2]}`);
  console.error(`not built: ${source}: ${lines.join(" | ")}`);
  return [];
}
