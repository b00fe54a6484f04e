/** Objects of the program's own types, which it allocates and owns: what they are made of, and how they change hands. */
import type { BtfSpec, TypeId } from "../btf/type.ts";
import type { Cx } from "./cx.ts";
import { mapValues, type State } from "./domain/state.ts";
import type { Pointer, Struct, Value } from "./domain/value.ts";
import { type FieldRecord, fieldAt, holdsLock, objectRecord, type SpecialField } from "./records.ts";

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

const troubles = new WeakMap<BtfSpec, { readonly broken: string | undefined }>();

/** The first type of the program with members that the kernel does not take, in words: it will have no types at all. */
export function brokenTypes(cx: Cx): string | undefined {
  const { btf } = cx.prep.program;
  if (!btf) return undefined;
  let found = troubles.get(btf);
  if (!found) {
    found = { broken: firstBroken(cx, btf) };
    troubles.set(btf, found);
  }
  return found.broken;
}

function firstBroken(cx: Cx, btf: BtfSpec): string | undefined {
  for (let id = 1; id < btf.typeCount; id++) {
    const type = btf.type(id as TypeId);
    if (type.kind !== "struct") continue;
    const record = recordOfObject(cx, id as TypeId);
    if (record?.broken) return `${record.broken} in struct ${type.name}`;
    if (record && ownsItself(cx, record)) return `lists or trees of lists or trees in struct ${type.name}`;
  }
  return undefined;
}

/** A type that is held by others may hold no type that holds others. kernel/bpf/btf.c:btf_check_and_fixup_fields */
function ownsItself(cx: Cx, { fields }: FieldRecord): boolean {
  const isRoot = (f: SpecialField): boolean => f.holds !== undefined;
  if (!fields.some((f) => f.name === "bpf_list_node" || f.name === "bpf_rb_node")) return false;
  return fields.some((f) => f.holds && (recordOfObject(cx, f.holds.type)?.fields.some(isRoot) ?? false));
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
