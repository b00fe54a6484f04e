/** Names of `bpf_tracing.h`: macros that turn a context into a function's parameters. One definition a line. */
export const tracingMacros = `
___bpf_ctx_cast(args...) ___bpf_apply(___bpf_ctx_cast, ___bpf_narg(args))(args)
___bpf_ctx_cast0() ctx
___bpf_ctx_cast1(a1) ctx, ctx[0]
___bpf_ctx_cast2(a1, a2) ctx, ctx[0], ctx[1]
___bpf_ctx_cast3(a1, a2, a3) ctx, ctx[0], ctx[1], ctx[2]
___bpf_ctx_cast4(a1, a2, a3, a4) ctx, ctx[0], ctx[1], ctx[2], ctx[3]
___bpf_ctx_cast5(a1, a2, a3, a4, a5) ctx, ctx[0], ctx[1], ctx[2], ctx[3], ctx[4]
___bpf_ctx_cast6(a1, a2, a3, a4, a5, a6) ctx, ctx[0], ctx[1], ctx[2], ctx[3], ctx[4], ctx[5]
___bpf_ctx_cast7(a1, a2, a3, a4, a5, a6, a7) ctx, ctx[0], ctx[1], ctx[2], ctx[3], ctx[4], ctx[5], ctx[6]
___bpf_ctx_cast8(a1, a2, a3, a4, a5, a6, a7, a8) ctx, ctx[0], ctx[1], ctx[2], ctx[3], ctx[4], ctx[5], ctx[6], ctx[7]
___bpf_ctx_cast9(a1, a2, a3, a4, a5, a6, a7, a8, a9) ctx, ctx[0], ctx[1], ctx[2], ctx[3], ctx[4], ctx[5], ctx[6], ctx[7], ctx[8]
___bpf_ctx_cast10(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10) ctx, ctx[0], ctx[1], ctx[2], ctx[3], ctx[4], ctx[5], ctx[6], ctx[7], ctx[8], ctx[9]
___bpf_ctx_cast11(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11) ctx, ctx[0], ctx[1], ctx[2], ctx[3], ctx[4], ctx[5], ctx[6], ctx[7], ctx[8], ctx[9], ctx[10]
___bpf_ctx_cast12(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12) ctx, ctx[0], ctx[1], ctx[2], ctx[3], ctx[4], ctx[5], ctx[6], ctx[7], ctx[8], ctx[9], ctx[10], ctx[11]
BPF_PROG(name, args...) name(unsigned long long *ctx); static __attribute__((always_inline)) typeof(name(0)) ____##name(unsigned long long *ctx, ##args); typeof(name(0)) name(unsigned long long *ctx) { return ____##name(___bpf_ctx_cast(args)); } static __attribute__((always_inline)) typeof(name(0)) ____##name(unsigned long long *ctx, ##args)
`;
