/**
 * Kfuncs whose rules go beyond those of their parameters and are not written down: what the rules of objects, lists, locks,
 * dynptrs and timers did not take before.
 */
import type { KfuncFacts } from "../facts.ts";
import { type Outcome, unmodelled } from "../outcome.ts";

/** Families whose members are no plain functions; what a newer kernel adds to them is not taken for one. */
const FAMILIES =
  /^bpf_(list_|rbtree_|obj_|percpu_obj_|wq_|task_work|stream_|timer_|xdp_|skb_(?!get_hash)|sock_|copy_from_user|probe_read)/;

/** Their hidden argument is the program itself, of which nothing is asked. kernel/bpf/verifier.c:is_kfunc_arg_prog_aux */
const HIDDEN = /^(__scx_bpf|scx_bpf|bpf_iter_scx)_/;

/** What is not modelled of a call, beyond its arguments. */
export function unmodelledCall({ name, flags }: KfuncFacts): Outcome {
  if (flags.includes("IMPLICIT_ARGS") && !HIDDEN.test(name)) return unmodelled(`implicit arguments (${name})`);
  return FAMILIES.test(name) ? unmodelled(name) : undefined;
}
