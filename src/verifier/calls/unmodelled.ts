/** Kfuncs with rules that are not written down here yet: dynptrs, timers, work queues, streams. */
import type { KfuncFacts } from "../facts.ts";
import { type Outcome, unmodelled } from "../outcome.ts";

const FLAGS: Readonly<Record<string, string>> = {
  IMPLICIT_ARGS: "implicit arguments",
  FASTCALL: "casts of the context",
};

const NAMES =
  /^bpf_(list_|rbtree_|obj_|percpu_obj_|dynptr_|wq_|task_work|rdonly_cast|cast_to|stream_|timer_|xdp_|skb_(?!get_hash)|sock_|copy_from_user|probe_read)/;

/** Their hidden argument is the program itself, of which nothing is asked. kernel/bpf/verifier.c:is_kfunc_arg_prog_aux */
const HIDDEN = /^(__scx_bpf|scx_bpf|bpf_iter_scx)_/;

/** What is not modelled of a call, beyond its arguments. */
export function iteratorCall(kfunc: KfuncFacts): Outcome {
  const flag = kfunc.flags.find((f) => Object.hasOwn(FLAGS, f) && !(f === "IMPLICIT_ARGS" && HIDDEN.test(kfunc.name)));
  if (flag) return unmodelled(`${FLAGS[flag]} (${kfunc.name})`);
  return NAMES.test(kfunc.name) ? unmodelled(kfunc.name) : undefined;
}
