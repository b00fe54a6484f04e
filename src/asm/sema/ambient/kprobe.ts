/** Names of `bpf_tracing.h` that turn a `struct pt_regs` or a trampoline's words into a function's parameters. */

/** `stem0(...)`, `stem1(...)` and so on: `make(n)` gives the definition for n arguments, as it follows `#define`. */
const family = <T>(most: number, make: (n: number) => T): T[] => Array.from({ length: most + 1 }, (_, n) => make(n));

const names = (stem: string, n: number): string[] => Array.from({ length: n }, (_, i) => `${stem}${i + 1}`);

/** `ctx, READ1(regs), READ2(regs)`, chosen by the number of parameters. */
function argumentList(stem: string, most: number, read: (i: number) => string): string[] {
  const byCount = family(most, (n) => {
    const args = names("a", n);
    return `${stem}${n}(${args.join(", ")}) ${["ctx", ...args.map((_, i) => read(i + 1))].join(", ")}`;
  });
  return [`${stem}(args...) ___bpf_apply(${stem}, ___bpf_narg(args))(args)`, ...byCount];
}

const inline = "static __attribute__((always_inline))";

/** A program and the inlined body behind it; `call` gives the statements between. */
const program = (macro: string, context: string, call: string, params = ", ##args"): string =>
  `${macro}(name, args...) name(${context}); ${inline} typeof(name(0)) ____##name(${context}${params}); ` +
  `typeof(name(0)) name(${context}) { ${call} } ${inline} typeof(name(0)) ____##name(${context}${params})`;

const REGS = "struct pt_regs *ctx";

/** System calls get their registers in a struct of their own where the kernel wraps them; the loader knows whether. */
const SYSCALL =
  "if (LINUX_HAS_SYSCALL_WRAPPER) { struct pt_regs *regs = PT_REGS_SYSCALL_REGS(ctx); " +
  "return ____##name(___bpf_syswrap_args(args)); } " +
  "struct pt_regs *regs = ctx; return ____##name(___bpf_syscall_args(args));";

const syscall = (macro: string): string =>
  program(macro, REGS, SYSCALL).replace(
    `name(${REGS}); `,
    `name(${REGS}); extern _Bool LINUX_HAS_SYSCALL_WRAPPER __attribute__((section(".kconfig"))); `,
  );

/** Words of a trampoline context that parameters before and with the n-th fill, by their types. */
const pairs = (n: number): string =>
  names("t", n)
    .flatMap((t, i) => [t, `x${i + 1}`])
    .join(", ");

const twoWords = (n: number): string[] => [
  `___bpf_reg_cnt${n}(${pairs(n)}) ${["0", ...names("t", n).map((t) => `(sizeof(${t}) + 7) / 8`)].join(" + ")}`,
  `___bpf_ctx_decl${n}(${pairs(n)}) ${names("t", n)
    .map((t, i) => `, ${t} x${i + 1}`)
    .join(" ")}`,
  `___bpf_ctx_arg${n}(${pairs(n)}) ${names("t", n)
    .map((t, i) => `, ___bpf_word_arg(${t}, x${i + 1}, ___bpf_reg_cnt${i}(${pairs(i)}))`)
    .join(" ")}`,
];

const word = (bytes: number): string =>
  `({ union { unsigned ${{ 1: "char", 2: "short", 4: "int", 8: "long long" }[bytes]} z; t x; } ___t = { .z = ctx[n] }; ___t.x; })`;

const wordArgument =
  `___bpf_word_arg(t, x, n) __builtin_choose_expr(sizeof(t) == 1, ${word(1)}, __builtin_choose_expr(sizeof(t) == 2, ${word(2)}, ` +
  `__builtin_choose_expr(sizeof(t) == 4, ${word(4)}, __builtin_choose_expr(sizeof(t) == 8, ${word(8)}, ` +
  "({ union { unsigned long long z[2]; t x; } ___t = { .z = { ctx[n], ctx[(n) + 1] } }; ___t.x; })))))";

export const kprobeMacros: readonly string[] = [
  ...argumentList("___bpf_kprobe_args", 8, (i) => `PT_REGS_PARM${i}(ctx)`),
  ...argumentList("___bpf_kretprobe_args", 1, () => "PT_REGS_RC(ctx)"),
  ...argumentList("___bpf_syswrap_args", 6, (i) => `PT_REGS_PARM${i}_CORE_SYSCALL(regs)`),
  ...argumentList("___bpf_syscall_args", 6, (i) => `PT_REGS_PARM${i}_SYSCALL(regs)`),
  ...argumentList("___bpf_usdt_args", 12, (i) => `({ long _x; bpf_usdt_arg(ctx, ${i - 1}, &_x); _x; })`),
  program("BPF_USDT", REGS, "return ____##name(___bpf_usdt_args(args));"),
  ...["BPF_KPROBE", "BPF_UPROBE"].map((macro) => program(macro, REGS, "return ____##name(___bpf_kprobe_args(args));")),
  ...["BPF_KRETPROBE", "BPF_URETPROBE"].map((macro) =>
    program(macro, REGS, "return ____##name(___bpf_kretprobe_args(args));"),
  ),
  syscall("BPF_KSYSCALL"),
  syscall("BPF_KPROBE_SYSCALL"),
  "___bpf_nth2(_, _1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, _13, _14, _15, _16, _17, _18, _19, _20, _21, _22, _23, _24, N, ...) N",
  "___bpf_narg2(...) ___bpf_nth2(_, ##__VA_ARGS__, 12, 12, 11, 11, 10, 10, 9, 9, 8, 8, 7, 7, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1, 0)",
  wordArgument,
  ...family(12, twoWords).flat(),
  "___bpf_ctx_decl(args...) ___bpf_apply(___bpf_ctx_decl, ___bpf_narg2(args))(args)",
  "___bpf_ctx_arg(args...) ___bpf_apply(___bpf_ctx_arg, ___bpf_narg2(args))(args)",
  program(
    "BPF_PROG2",
    "unsigned long long *ctx",
    "return ____##name(ctx ___bpf_ctx_arg(args));",
    " ___bpf_ctx_decl(args)",
  ),
];
