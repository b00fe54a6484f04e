/**
 * Sections that calls open and close: RCU, no preemption, a spin lock held. kernel/bpf/verifier.c:check_kfunc_call and
 * process_spin_lock
 */
import type { Cx } from "../cx.ts";
import { mapValues, nothingHeld, reg as regOf, type State } from "../domain/state.ts";
import type { Value } from "../domain/value.ts";
import type { KfuncFacts } from "../facts.ts";
import { specialFields } from "../map-fields.ts";
import { type Outcome, refuse, unmodelled } from "../outcome.ts";
import { canSleep } from "../sleep.ts";
import { valueWords } from "../words.ts";

/** Whether pointers that RCU protects are good here. kernel/bpf/verifier.c:in_rcu_cs */
export const inRcu = (cx: Cx, state: State): boolean =>
  !canSleep(cx, state) || state.held.rcu > 0 || state.held.lock !== undefined;

/** The section in which nothing may sleep, in words. */
export function sleepless(state: State): string | undefined {
  const { rcu, preempt, lock } = state.held;
  if (lock) return "a bpf_spin_lock section";
  if (rcu > 0) return "an RCU section";
  return preempt > 0 ? "a section without preemption" : undefined;
}

/** What was entered is left before the program ends. kernel/bpf/verifier.c:check_resource_leak */
export function checkSections(state: State): Outcome {
  const { rcu, preempt, lock } = state.held;
  if (lock)
    return refuse("E0560", ["the lock that bpf_spin_lock took"], { help: "call bpf_spin_unlock on every path" });
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
    state.held = held.rcu === 0 && held.preempt === 0 && !held.lock ? nothingHeld : held;
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

/** Iterators that only work inside the RCU section in which they were made. */
export const RCU_ITERATORS: ReadonlySet<string> = new Set(["bpf_iter_task", "bpf_iter_css", "bpf_iter_scx_dsq"]);
export const STALE = "stale";

const staleIterator = (v: Value): Value =>
  v.kind === "ptr" && v.to.kind === "object" && RCU_ITERATORS.has(v.to.name)
    ? { ...v, to: { ...v.to, mode: STALE } }
    : v;

/** bpf_spin_lock and bpf_spin_unlock with a lock in a map value. */
export function checkLock(cx: Cx, state: State, name: string): Outcome {
  const p = regOf(state, 1);
  const wrong = (): Outcome =>
    refuse("E0549", ["r1", name, "a pointer to a bpf_spin_lock in a map value", valueWords(cx, p)], { about: [p] });
  if (p.kind !== "ptr") return wrong();
  if (p.to.kind === "btf") return unmodelled("locks in objects of the program");
  if (p.to.kind !== "map_value" || p.nullable || p.varying) return wrong();
  const field = specialFields(cx, p.to.map).find((f) => f.name === "bpf_spin_lock");
  if (!field || field.off !== p.off) return wrong();
  const { lock } = state.held;
  if (name === "bpf_spin_lock") return lock ? refuse("E0583", [name]) : undefined;
  if (!lock) return refuse("E0582", [name]);
  return lock.in === p.to.map && lock.id === p.id ? undefined : wrong();
}

export function runLock(state: State, name: string): void {
  const p = regOf(state, 1);
  if (p.kind !== "ptr" || p.to.kind !== "map_value") return;
  const lock = name === "bpf_spin_lock" ? { in: p.to.map, id: p.id } : undefined;
  state.held = { ...state.held, lock };
}

/** Helpers that may be called while a lock is held. */
const WITH_LOCK: ReadonlySet<string> = new Set(["bpf_spin_unlock", "bpf_kptr_xchg"]);
/** kernel/bpf/verifier.c:kfunc_spin_allowed */
const KFUNCS_WITH_LOCK = /^bpf_(list_|rbtree_|refcount_acquire|obj_(new|drop)|iter_num_|res_spin_|arena_|stream_)/;

export function checkWithLock(state: State, name: string, isKfunc: boolean): Outcome {
  if (!state.held.lock) return undefined;
  const allowed = isKfunc ? KFUNCS_WITH_LOCK.test(name) : WITH_LOCK.has(name);
  return allowed ? undefined : refuse("E0583", [name], { help: "call bpf_spin_unlock first" });
}
