/** Locks in map values and in objects of the program. kernel/bpf/verifier.c:process_spin_lock */
import { MAX_ERRNO } from "../../kernel/limits.ts";
import type { Cx } from "../cx.ts";
import { constant, unknownScalar, withBounds } from "../domain/scalar.ts";
import { copyState, type Lock, mapValues, reg as regOf, type State, setReg } from "../domain/state.ts";
import { nothing, type Pointer } from "../domain/value.ts";
import { checkReadable } from "../holds.ts";
import { recordOfMap } from "../map-fields.ts";
import { isObject, isOwned, recordOfObject } from "../objects.ts";
import { type Outcome, refuse, unmodelled } from "../outcome.ts";
import type { FieldRecord } from "../records.ts";
import { valueWords } from "../words.ts";
import { clobber } from "./clobber.ts";
import { checkFlags, restoreFlags, saveFlags } from "./irq-flags.ts";
import type { OwnKfunc } from "./own-kfunc.ts";
import { inTreeCallback } from "./sections.ts";

type Kind = Lock["kind"];

/** What a lock lies in: the map, or the types of the program, and which value or object of it. */
const placeOf = (p: Pointer): Pick<Lock, "in" | "id"> | undefined => {
  if (p.to.kind === "map_value") return { in: p.to.map, id: p.id };
  return isObject(p) ? { in: p.to.btf, id: p.id } : undefined;
};

/** Special members of what the pointer points into: a map value, or an object that the program owns. */
export function recordAt(cx: Cx, p: Pointer): FieldRecord | undefined {
  if (p.to.kind === "map_value") return recordOfMap(cx, p.to.map);
  return isOwned(p) ? recordOfObject(cx, p.to.type) : undefined;
}

const fieldOf = (kind: Kind): string => (kind === "bpf_spin_lock" ? kind : "bpf_res_spin_lock");

/** Whether r1 is the address of a lock of that kind. */
function checkPlace(cx: Cx, state: State, name: string, kind: Kind, isKfunc: boolean): Outcome {
  const p = regOf(state, 1);
  const want = `a pointer to a ${fieldOf(kind)} in a map value or an owned object`;
  const wrong = refuse(isKfunc ? "E0559" : "E0549", ["r1", name, want, valueWords(cx, p)], { about: [p] });
  if (p.kind !== "ptr" || p.nullable || p.varying) return wrong;
  const record = recordAt(cx, p);
  if (record?.broken) return unmodelled(record.broken);
  return record?.fields.some((f) => f.name === fieldOf(kind) && f.off === p.off) ? undefined : wrong;
}

/**
 * Whether a lock that is held lies in the same value or object as what `p` points to; only locks in the member `field`
 * count, if it is given. kernel/bpf/verifier.c:check_reg_allocation_locked
 */
export function holdsLockOf(state: State, p: Pointer, field?: string): boolean {
  const place = placeOf(p);
  for (let l = state.held.lock; l; l = l.before)
    if (l.in === place?.in && l.id === place.id && (!field || fieldOf(l.kind) === field)) return true;
  return false;
}

function checkTake(cx: Cx, state: State, name: string, kind: Kind, isKfunc: boolean): Outcome {
  const place = checkPlace(cx, state, name, kind, isKfunc);
  if (place) return place;
  const p = regOf(state, 1);
  if (kind === "bpf_spin_lock") return state.held.lock ? refuse("E0583", [name]) : undefined;
  return p.kind === "ptr" && holdsLockOf(state, p, fieldOf(kind))
    ? refuse("E0583", [name], { about: [p], help: "it is this very lock: unlock it first" })
    : undefined;
}

/** Locks end in the opposite order of their beginning. */
function checkEnd(cx: Cx, state: State, name: string, kind: Kind, isKfunc: boolean): Outcome {
  const place = checkPlace(cx, state, name, kind, isKfunc);
  if (place) return place;
  const last = state.held.lock;
  if (!last) return refuse("E0582", [name]);
  const p = regOf(state, 1);
  const at = p.kind === "ptr" ? placeOf(p) : undefined;
  if (last.kind === kind && at && last.in === at.in && last.id === at.id) return undefined;
  const want = `the ${fieldOf(kind)} that was taken last, in the same way`;
  return refuse(isKfunc ? "E0559" : "E0549", ["r1", name, want, valueWords(cx, p)], { about: [p] });
}

function take(state: State, kind: Kind): void {
  const p = regOf(state, 1);
  const place = p.kind === "ptr" ? placeOf(p) : undefined;
  if (place) state.held = { ...state.held, lock: { kind, ...place, before: state.held.lock } };
}

/** What lists and trees lent is theirs again. kernel/bpf/verifier.c:invalidate_non_owning_refs */
function end(state: State): void {
  state.held = { ...state.held, lock: state.held.lock?.before };
  mapValues(state, (v) => (isObject(v) && v.to.alloc === "lent" ? unknownScalar(state.at) : v));
}

/** The helpers bpf_spin_lock and bpf_spin_unlock. */
export function checkLock(cx: Cx, state: State, name: string): Outcome {
  if (inTreeCallback(state)) return refuse("E0558", [name, "this function orders a tree"]);
  return name === "bpf_spin_lock"
    ? checkTake(cx, state, name, "bpf_spin_lock", false)
    : checkEnd(cx, state, name, "bpf_spin_lock", false);
}

export function runLock(state: State, name: string): void {
  if (name === "bpf_spin_lock") take(state, "bpf_spin_lock");
  else end(state);
}

/** bpf_res_spin_lock may fail: then nothing is held. */
const taker = (kind: Kind): OwnKfunc => ({
  check(cx, state, { name }) {
    const refused = checkReadable(cx, state, 1) ?? checkTake(cx, state, name, kind, true);
    if (refused || kind !== "bpf_res_spin_lock_irqsave") return refused;
    return checkFlags(cx, state, name, 2, "save", "lock");
  },
  run(cx, state) {
    const failed = copyState(state);
    take(state, kind);
    if (kind === "bpf_res_spin_lock_irqsave") saveFlags(cx, state, 2, "lock");
    clobber(state);
    setReg(state, 0, constant(0n, state.at));
    clobber(failed);
    const errors = { min: -MAX_ERRNO, max: -1n };
    setReg(failed, 0, withBounds({ s: errors, s32: errors }, state.at));
    failed.at++;
    return failed;
  },
});

const ender = (kind: Kind): OwnKfunc => ({
  check(cx, state, { name }) {
    const refused = checkReadable(cx, state, 1) ?? checkEnd(cx, state, name, kind, true);
    if (refused || kind !== "bpf_res_spin_lock_irqsave") return refused;
    return checkFlags(cx, state, name, 2, "restore", "lock");
  },
  run(_cx, state) {
    if (kind === "bpf_res_spin_lock_irqsave") restoreFlags(state, 2);
    end(state);
    clobber(state);
    setReg(state, 0, nothing(state.at));
    return undefined;
  },
});

export const LOCK_KFUNCS: Readonly<Record<string, OwnKfunc>> = {
  bpf_res_spin_lock: taker("bpf_res_spin_lock"),
  bpf_res_spin_unlock: ender("bpf_res_spin_lock"),
  bpf_res_spin_lock_irqsave: taker("bpf_res_spin_lock_irqsave"),
  bpf_res_spin_unlock_irqrestore: ender("bpf_res_spin_lock_irqsave"),
};
