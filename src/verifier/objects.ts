/** Objects of the program's own types, which it allocates and owns: what they are made of, and how they change hands. */
import type { BtfSpec, TypeId } from "../btf/type.ts";
import type { Cx } from "./cx.ts";
import { mapValues, type State } from "./domain/state.ts";
import type { Pointer, Region, Value } from "./domain/value.ts";
import { type FieldRecord, fieldAt, holdsLock, objectRecord, type SpecialField } from "./records.ts";

type Struct = Region & { readonly kind: "btf" };

/** A pointer to an object that the program allocated. */
export type ObjectPointer = Pointer & { readonly to: Struct & { readonly alloc: NonNullable<Struct["alloc"]> } };

export const isObject = (v: Value): v is ObjectPointer =>
  v.kind === "ptr" && v.to.kind === "btf" && v.to.alloc !== undefined;

/** The program owns it and may pass it on: no null, nothing else. */
export const isOwned = (v: Value): v is ObjectPointer =>
  isObject(v) && v.to.alloc === "owned" && !v.to.space && !v.nullable && v.ref !== 0;

const known = new WeakMap<BtfSpec, Map<TypeId, FieldRecord | undefined>>();

/** Special members of a type of the program, as the kernel keeps them for what bpf_obj_new makes. */
export function recordOfObject(cx: Cx, type: TypeId): FieldRecord | undefined {
  const { btf } = cx.prep.program;
  if (!btf) return undefined;
  let records = known.get(btf);
  if (!records) {
    records = new Map();
    known.set(btf, records);
  }
  if (!records.has(type)) records.set(type, objectRecord(btf, cx.facts.kernelBtf, type));
  return records.get(type);
}

/** Special member of the object that starts where the pointer stands. */
export function fieldOf(cx: Cx, p: Pointer, name: string): SpecialField | undefined {
  const record = isObject(p) && !p.varying ? recordOfObject(cx, p.to.type) : undefined;
  return record && fieldAt(record, p.off, name);
}

const has = (cx: Cx, type: TypeId, names: readonly string[]): boolean =>
  recordOfObject(cx, type)?.fields.some((f) => names.includes(f.name)) ?? false;

export const hasNode = (cx: Cx, type: TypeId): boolean => has(cx, type, ["bpf_list_node", "bpf_rb_node"]);
export const isCounted = (cx: Cx, type: TypeId): boolean => has(cx, type, ["bpf_refcount"]);

/** Objects of the type are told apart, because each has a lock of its own. */
export function hasLock(cx: Cx, type: TypeId): boolean {
  const record = recordOfObject(cx, type);
  return record !== undefined && holdsLock(record);
}

/** An object that lies in a list or tree; while it does, RCU protects it if it is counted. kernel/bpf/verifier.c:ref_set_non_owning */
export const lent = (cx: Cx, to: Struct): Struct => ({
  ...to,
  alloc: "lent",
  trust: isCounted(cx, to.type) ? "rcu" : "trusted",
});

/** What was owned lies in a list or tree now. kernel/bpf/verifier.c:ref_convert_owning_non_owning */
export function lendOut(cx: Cx, state: State, ref: number): void {
  state.refs = state.refs.filter((r) => r.id !== ref);
  mapValues(state, (v) => (isObject(v) && v.ref === ref ? { ...v, ref: 0, to: lent(cx, v.to) } : v));
}
