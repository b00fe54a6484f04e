/** Kernel pointers that lie in map values and in objects of the program: loads, stores, bpf_kptr_xchg. kernel/bpf/verifier.c:check_map_kptr_access and process_kptr_func */
import { inRcu } from "./calls/sections.ts";
import { pointsToStruct } from "./calls/structs.ts";
import type { Cx } from "./cx.ts";
import { constant } from "./domain/scalar.ts";
import { reg as regOf, type State } from "./domain/state.ts";
import { isNull, pointer, type Value } from "./domain/value.ts";
import type { Need } from "./needs.ts";
import { hasNode } from "./objects.ts";
import { type Outcome, refuse, unmodelled } from "./outcome.ts";
import type { Pointee, SpecialField } from "./records.ts";
import { sizeOf } from "./struct-walk.ts";
import { regName, structName, valueWords } from "./words.ts";

type Access = Need & { readonly kind: "access" };

const POINTERS: ReadonlySet<string> = new Set(["kptr", "kptr_untrusted", "percpu_kptr", "uptr"]);
/** Held with a reference: only bpf_kptr_xchg puts something there. */
const OWNING: ReadonlySet<string> = new Set(["kptr", "percpu_kptr"]);

export const isKernelPointer = (f: SpecialField): boolean => POINTERS.has(f.name);
export const isOwning = (f: SpecialField): boolean => OWNING.has(f.name);

/** Only plain loads, and stores of NULL or of the right kind of pointer where nothing is owned. */
export function checkStore(cx: Cx, state: State, field: SpecialField, access: Access): Outcome {
  if (!isKernelPointer(field)) return undefined;
  const what = `the place of a ${field.name}`;
  if (access.atomic || access.mode === "update")
    return refuse("E0535", [what, regName(access.base)], { about: [regOf(state, access.base)] });
  if (access.signed) return unmodelled(`a signed load of a ${field.name}`);
  if (access.mode === "read") return undefined;
  const reg = regName(access.base);
  const about = { about: [regOf(state, access.base)] };
  if (field.name === "uptr") return refuse("E0597", [reg, "uptr", "only user space writes to"], about);
  if (isOwning(field)) return refuse("E0597", [reg, field.name, "only bpf_kptr_xchg writes to"], about);
  const src = access.value;
  if (!src) return unmodelled(`a store to a ${field.name}`);
  const value: Value = "imm" in src ? constant(BigInt(src.imm), state.at) : regOf(state, src.reg);
  if (isNull(value) || suitsUntrusted(field, value)) return undefined;
  return refuse("E0597", [reg, field.name, `takes NULL or a pointer to its struct, not ${valueWords(cx, value)}`], {
    about: [value],
  });
}

/** kernel/bpf/verifier.c:map_kptr_match_type, for a field that owns nothing */
function suitsUntrusted({ to }: SpecialField, v: Value): boolean {
  if (v.kind !== "ptr" || v.to.kind !== "btf" || !to || v.varying || v.off < 0 || v.to.space) return false;
  if (v.to.btf !== to.btf || (to.own && v.to.alloc !== "owned")) return false;
  const target = to.btf.type(to.type);
  return "name" in target && pointsToStruct(v, target.name);
}

/** What a load of a kernel pointer gives. kernel/bpf/verifier.c:btf_ld_kptr_type */
export function loadedPointer(cx: Cx, state: State, field: SpecialField, at: number): Value | undefined {
  const { to } = field;
  if (!to) return undefined;
  const more = { nullable: true, id: cx.newId() };
  if (field.name === "uptr") {
    const size = sizeOf(to.btf, to.type) ?? 0;
    return pointer({ kind: "mem", size, readOnly: false, ringbuf: false }, at, more);
  }
  const btf = { kind: "btf", btf: to.btf, type: to.type } as const;
  if (!isProtected(field, to) || !inRcu(cx, state)) return pointer({ ...btf, trust: "untrusted" }, at, more);
  if (field.name === "percpu_kptr") return pointer({ ...btf, trust: "rcu", space: "percpu" }, at, more);
  if (!to.own) return pointer({ ...btf, trust: "rcu" }, at, more);
  return pointer({ ...btf, trust: "rcu", alloc: hasNode(cx, to.type) ? "lent" : "seen" }, at, more);
}

/** Structs of the kernel that live on until an RCU section ends. kernel/bpf/verifier.c:rcu_protected_types */
const PROTECTED: ReadonlySet<string> = new Set([
  "task_struct",
  "cgroup",
  "bpf_cpumask",
  "bpf_crypto_ctx",
  "prog_test_ref_kfunc",
]);

function isProtected(field: SpecialField, to: Pointee): boolean {
  if (field.name === "percpu_kptr") return true;
  return field.name === "kptr" && (to.own || PROTECTED.has(structName({ kind: "btf", ...to, trust: "plain" })));
}
