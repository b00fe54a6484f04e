/** Loops of `bpf_helpers.h` over open-coded iterators: made, asked for the next, and destroyed however the loop ends. */

const loop = (type: string, make: string, next: string): string =>
  `for (struct bpf_iter_${type} ___it __attribute__((aligned(8), cleanup(bpf_iter_${type}_destroy))), ` +
  `*___p __attribute__((unused)) = (${make}, (void *)0); ${next}; )`;

/** \`*___t\` and the bounds again: the verifier learns the range of \`i\`, which the iterator's own word does not tell. */
const nextInRange =
  "({ int *___t = bpf_iter_num_next(&___it); (___t && ((i) = *___t, (i) >= (start) && (i) < (end))); })";

export const iteratorMacros: readonly string[] = [
  `bpf_for(i, start, end) ${loop("num", "bpf_iter_num_new(&___it, (start), (end))", nextInRange)}`,
  `bpf_repeat(N) ${loop("num", "bpf_iter_num_new(&___it, 0, (N))", "bpf_iter_num_next(&___it)")}`,
  `bpf_for_each(type, cur, args...) ${loop("##type", "bpf_iter_##type##_new(&___it, ##args)", "((cur) = bpf_iter_##type##_next(&___it))").replaceAll("bpf_iter_##type_destroy", "bpf_iter_##type##_destroy")}`,
  // `may_goto` of the kernel's bpf_experimental.h, by an intrinsic instead of assembly.
  "can_loop __builtin_bpf_may_goto()",
  "cond_break if (!can_loop) break",
  "cond_break_label(label) if (!can_loop) goto label",
];
