/**
 * Sections that calls open and close: RCU, no preemption, no interrupts, a lock held. kernel/bpf/verifier.c:check_kfunc_call and
 * check_resource_leak
 */
import type { Cx } from "../cx.ts";
import { isKept } from "../domain/stack.ts";
import { mapValues, nothingHeld, type State, sameHeld, topFrame } from "../domain/state.ts";
import type { Value } from "../domain/value.ts";
import type { KfuncFacts } from "../facts.ts";
import { type Outcome, refuse } from "../outcome.ts";
import { canSleep } from "../sleep.ts";

/** Whether pointers that RCU protects are good here. kernel/bpf/verifier.c:in_rcu_cs */
export const inRcu = (cx: Cx, state: State): boolean =>
  !canSleep(cx, state) || state.held.rcu > 0 || state.held.lock !== undefined;

/** The section in which nothing may sleep, in words. */
export function sleepless(state: State): string | undefined {
  const { rcu, preempt, lock, irq } = state.held;
  if (lock) return `a ${lock.kind} section`;
  if (rcu > 0) return "an RCU section";
  if (irq) return "a section without interrupts";
  return preempt > 0 ? "a section without preemption" : undefined;
}

/** What was entered is left before the program ends. kernel/bpf/verifier.c:check_resource_leak */
export function checkSections(state: State): Outcome {
  const { rcu, preempt, lock, irq } = state.held;
  if (lock) {
    const help = `call ${lock.kind.replace("_lock", "_unlock").replace("irqsave", "irqrestore")} on every path`;
    return refuse("E0560", [`the lock that ${lock.kind} took`], { help });
  }
  if (irq)
    return refuse("E0560", ["what bpf_local_irq_save began"], { help: "call bpf_local_irq_restore on every path" });
  if (rcu > 0)
    return refuse("E0560", ["what bpf_rcu_read_lock began"], { help: "call bpf_rcu_read_unlock on every path" });
  return preempt > 0
    ? refuse("E0560", ["what bpf_preempt_disable began"], { help: "call bpf_preempt_enable on every path" })
    : undefined;
}

type Change = (state: State) => void;

interface Section {
  readonly opens: boolean;
  readonly count: "rcu" | "preempt";
  readonly change: Change;
}

const shifted =
  (count: "rcu" | "preempt", by: 1 | -1): Change =>
  (state) => {
    const held = { ...state.held, [count]: state.held[count] + by };
    state.held = sameHeld(held, nothingHeld) ? nothingHeld : held;
  };

const KFUNCS: Readonly<Record<string, Section>> = {
  bpf_rcu_read_lock: { opens: true, count: "rcu", change: shifted("rcu", 1) },
  bpf_rcu_read_unlock: { opens: false, count: "rcu", change: shifted("rcu", -1) },
  bpf_preempt_disable: { opens: true, count: "preempt", change: shifted("preempt", 1) },
  bpf_preempt_enable: { opens: false, count: "preempt", change: shifted("preempt", -1) },
};

export const sectionOf = (kfunc: KfuncFacts): Section | undefined =>
  Object.hasOwn(KFUNCS, kfunc.name) ? KFUNCS[kfunc.name] : undefined;

export function checkSection(state: State, kfunc: KfuncFacts, section: Section): Outcome {
  if (section.opens || state.held[section.count] > 0) return undefined;
  return refuse("E0582", [kfunc.name]);
}

export function runSection(state: State, section: Section): void {
  section.change(state);
  if (section.count === "rcu" && state.held.rcu === 0) endRcu(state);
}

/** What RCU protected may be gone. */
function endRcu(state: State): void {
  mapValues(state, (v) =>
    v.kind === "ptr" && v.to.kind === "btf" && v.to.trust === "rcu"
      ? { ...v, nullable: false, to: { ...v.to, trust: "untrusted" } }
      : staleIterator(v),
  );
}

/**
 * Iterators whose constructors are for RCU sections alone: they work inside the section in which they were made, and it
 * protects their elements.
 */
export const RCU_ITERATORS: ReadonlySet<string> = new Set(["bpf_iter_task", "bpf_iter_css", "bpf_iter_scx_dsq"]);
export const STALE = "stale";

const staleIterator = (v: Value): Value =>
  isKept(v) && RCU_ITERATORS.has(v.to.name) ? { ...v, to: { ...v.to, mode: STALE } } : v;

/** The running function orders a tree, which is locked. kernel/bpf/verifier.c:in_rbtree_lock_required_cb */
export function inTreeCallback(state: State): boolean {
  const { why } = topFrame(state);
  return why.kind === "callback" && why.helper === "bpf_rbtree_add";
}

/** Helpers that may be called while a lock is held. */
const WITH_LOCK: ReadonlySet<string> = new Set(["bpf_spin_unlock", "bpf_kptr_xchg"]);
/** kernel/bpf/verifier.c:kfunc_spin_allowed */
const KFUNCS_WITH_LOCK = /^bpf_(list_|rbtree_|refcount_acquire|iter_num_|res_spin_|arena_|stream_)/;

export function checkWithLock(state: State, name: string, isKfunc: boolean): Outcome {
  if (!state.held.lock) return undefined;
  const allowed = isKfunc ? KFUNCS_WITH_LOCK.test(name) : WITH_LOCK.has(name);
  return allowed ? undefined : refuse("E0583", [name], { help: "call bpf_spin_unlock first" });
}
