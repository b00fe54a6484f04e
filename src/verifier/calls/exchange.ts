/** bpf_kptr_xchg: puts a reference (or NULL) where a kernel pointer lies, and gives what lay there. kernel/bpf/verifier.c:process_kptr_func */
import type { Cx } from "../cx.ts";
import { unknownScalar } from "../domain/scalar.ts";
import { mapValues, reg as regOf, release, type State } from "../domain/state.ts";
import { isNull, type Pointer, type Struct, type Value } from "../domain/value.ts";
import { checkReadable } from "../holds.ts";
import { isOwning } from "../kernel-pointers.ts";
import { recordOfMap } from "../map-fields.ts";
import { isObject, recordOfObject } from "../objects.ts";
import { type Outcome, refuse, refuseNull, unmodelled } from "../outcome.ts";
import { type FieldRecord, fieldAt, type SpecialField } from "../records.ts";
import { valueWords } from "../words.ts";
import { clobber } from "./clobber.ts";
import { acquired } from "./objects.ts";
import { inRcu } from "./sections.ts";

const NAME = "bpf_kptr_xchg";

export function checkExchange(cx: Cx, state: State): Outcome {
  const unread = checkReadable(cx, state, 1) ?? checkReadable(cx, state, 2);
  if (unread) return unread;
  return checkPlace(cx, state) ?? checkGiven(cx, state);
}

function recordAt(cx: Cx, p: Value): FieldRecord | undefined {
  if (p.kind !== "ptr") return undefined;
  if (p.to.kind === "map_value") return recordOfMap(cx, p.to.map);
  const suits = isObject(p) && !p.to.space && p.to.alloc !== "seen" && p.to.trust !== "untrusted";
  return suits ? recordOfObject(cx, p.to.type) : undefined;
}

function fieldIn(cx: Cx, state: State): SpecialField | undefined {
  const p = regOf(state, 1);
  const record = recordAt(cx, p);
  const found = record && p.kind === "ptr" && !p.varying ? fieldAt(record, p.off) : undefined;
  return found && isOwning(found) ? found : undefined;
}

function checkPlace(cx: Cx, state: State): Outcome {
  const p = regOf(state, 1);
  const record = recordAt(cx, p);
  if (record?.broken) return unmodelled(record.broken);
  if (p.kind === "ptr" && p.nullable) return refuseNull("r1", NAME, p);
  if (fieldIn(cx, state)) return undefined;
  const want = "the place of a kptr in a map value or in an object of the program";
  return refuse("E0549", ["r1", NAME, want, valueWords(cx, p)], { about: [p] });
}

/** NULL, or the one reference to a struct of exactly that type. kernel/bpf/verifier.c:map_kptr_match_type */
function checkGiven(cx: Cx, state: State): Outcome {
  const given = regOf(state, 2);
  const field = fieldIn(cx, state);
  if (isNull(given)) return undefined;
  if (!field?.to) return unmodelled(NAME);
  const target = field.to.btf.type(field.to.type);
  const want = `a reference to struct ${"name" in target ? target.name : ""}, or NULL`;
  const wrong = refuse("E0549", ["r2", NAME, want, valueWords(cx, given)], { about: [given] });
  if (given.kind !== "ptr" || given.to.kind !== "btf") return wrong;
  if (given.nullable) return refuseNull("r2", NAME, given);
  if (given.off !== 0 || given.varying) return refuse("E0561", ["r2", NAME], { about: [given] });
  const { to } = given;
  if (to.btf !== field.to.btf || to.type !== field.to.type) return wrong;
  if (field.to.own ? to.alloc !== "owned" : to.space !== undefined || to.trust === "untrusted") return wrong;
  if (given.ref === 0) return refuse("E0561", ["r2", NAME], { about: [given] });
  const perCpu = to.space === "percpu";
  return perCpu === (field.name === "percpu_kptr") ? undefined : wrong;
}

export function runExchange(cx: Cx, state: State): void {
  const field = fieldIn(cx, state);
  const given = regOf(state, 2);
  if (given.kind === "ptr") handOver(cx, state, given);
  clobber(state);
  if (!field?.to) return;
  const { btf, type, own } = field.to;
  const to: Struct = {
    kind: "btf",
    btf,
    type,
    trust: own ? "trusted" : "plain",
    ...(own && { alloc: "owned" as const }),
    ...(field.name === "percpu_kptr" && { space: "percpu" as const }),
  };
  acquired(cx, state, to, { nullable: true });
}

/** The reference is gone; what each processor has of it stays readable while RCU protects it. */
function handOver(cx: Cx, state: State, given: Pointer): void {
  if (given.to.kind === "btf" && given.to.space === "percpu" && inRcu(cx, state)) {
    mapValues(state, (v) => (v.kind === "ptr" && v.ref === given.ref && v.to.kind === "btf" ? stillThere(v, v.to) : v));
  }
  release(state, given.ref, () => unknownScalar(state.at));
}

function stillThere(v: Pointer, { alloc: _, ...to }: Struct): Pointer {
  return { ...v, ref: 0, to: { ...to, trust: "rcu" } };
}
