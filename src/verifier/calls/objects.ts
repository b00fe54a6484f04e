/** bpf_obj_new, bpf_obj_drop, bpf_refcount_acquire and their like. kernel/bpf/verifier.c:check_special_kfunc */
import type { BtfSpec, TypeId } from "../../btf/type.ts";
import type { Cx } from "../cx.ts";
import { constOf, unknownScalar } from "../domain/scalar.ts";
import { reg as regOf, release, type State, setReg } from "../domain/state.ts";
import { mayBeNull, nothing, pointer, type Struct } from "../domain/value.ts";
import { checkReadable } from "../holds.ts";
import { brokenTypes, hasLock, isCounted, isObject, type ObjectPointer, recordOfObject } from "../objects.ts";
import { type Outcome, refuse, refuseNull, unmodelled } from "../outcome.ts";
import { strip } from "../struct-walk.ts";
import { valueWords } from "../words.ts";
import { clobber } from "./clobber.ts";
import type { OwnKfunc } from "./own-kfunc.ts";

/** bpf_obj_new and bpf_percpu_obj_new: r1 is the type, by its number in the program's own types. */
const maker = (perCpu: boolean): OwnKfunc => ({
  check: (cx, state, { name }) => checkReadable(cx, state, 1) ?? checkType(cx, state, name, perCpu),
  run(cx, state) {
    const type = Number(constOfArg(state));
    const { btf } = cx.prep.program;
    clobber(state);
    if (!btf) return undefined;
    const to: Struct = {
      kind: "btf",
      btf,
      type: type as TypeId,
      trust: "trusted",
      alloc: "owned",
      ...(perCpu && { space: "percpu" }),
    };
    return acquired(cx, state, to, { nullable: true });
  },
});

const constOfArg = (state: State): bigint | undefined => {
  const value = regOf(state, 1);
  return value.kind === "scalar" ? constOf(value) : undefined;
};

function checkType(cx: Cx, state: State, name: string, perCpu: boolean): Outcome {
  const value = regOf(state, 1);
  const wrong = (want: string): Outcome =>
    refuse("E0559", ["r1", name, want, valueWords(cx, value)], { about: [value] });
  if (value.kind !== "scalar") return wrong("a number");
  const id = constOf(value);
  if (id === undefined) return refuse("E0553", ["r1", name], { about: [value] });
  const { btf } = cx.prep.program;
  if (!btf) return unmodelled(`${name} in a program without type information`);
  const type = id >= 0n && id < BigInt(btf.typeCount) ? btf.type(Number(id) as TypeId) : undefined;
  if (type?.kind !== "struct") return wrong("the number of a struct of the program");
  const record = recordOfObject(cx, Number(id) as TypeId);
  const broken = brokenTypes(cx);
  if (broken) return unmodelled(broken);
  if (!perCpu) return undefined;
  if (type.size > MAX_PER_CPU) return wrong(`the number of a struct of at most ${MAX_PER_CPU} bytes`);
  return ofScalars(btf, Number(id) as TypeId, 0) && !record
    ? undefined
    : wrong("the number of a struct of plain numbers");
}

/** kernel/bpf/verifier.c:BPF_GLOBAL_PERCPU_MA_MAX_SIZE */
const MAX_PER_CPU = 512;
const MAX_NESTING = 3;
const NUMBERS: ReadonlySet<string> = new Set(["int", "enum", "enum64"]);

/** kernel/bpf/verifier.c:__btf_type_is_scalar_struct */
export function ofScalars(btf: BtfSpec, id: TypeId, depth: number): boolean {
  const { type } = strip(btf, id);
  if (type.kind !== "struct" && type.kind !== "union") return false;
  return type.members.every((m) => {
    const member = strip(btf, m.type);
    if (member.type.kind === "struct" || member.type.kind === "union")
      return depth < MAX_NESTING && ofScalars(btf, member.id, depth + 1);
    if (member.type.kind !== "array") return NUMBERS.has(member.type.kind);
    return member.type.nelems > 0 && NUMBERS.has(strip(btf, member.type.elem).type.kind);
  });
}

/** Puts a new reference to an object of that type into r0. */
export function acquired(
  cx: Cx,
  state: State,
  to: Struct,
  { nullable, off = 0 }: { readonly nullable: boolean; readonly off?: number },
): undefined {
  const ref = cx.newId();
  const keepsId = to.alloc !== undefined && hasLock(cx, to.type);
  const id = nullable || keepsId ? ref : 0;
  setReg(state, 0, pointer(to, state.at, { off, nullable, id, ref, keepsId }));
  state.refs = [...state.refs, { id: ref, at: state.at }];
}

/** bpf_obj_drop and bpf_percpu_obj_drop. */
const dropper = (perCpu: boolean): OwnKfunc => ({
  check(cx, state, { name }) {
    const value = regOf(state, 1);
    const unread = checkReadable(cx, state, 1) ?? notNull(state, name);
    if (unread) return unread;
    const want = `an object that ${perCpu ? "bpf_percpu_obj_new" : "bpf_obj_new"} made`;
    const wrong = refuse("E0559", ["r1", name, want, valueWords(cx, value)], { about: [value] });
    if (!isObject(value)) return wrong;
    const moved = value.off !== 0 || value.varying !== undefined;
    if (moved) return refuse("E0561", ["r1", name], { about: [value] });
    const suits = value.to.alloc === "owned" && (value.to.space === "percpu") === perCpu && value.ref !== 0;
    return suits ? checkFreeing(cx, name, value) : wrong;
  },
  run(_cx, state) {
    const value = regOf(state, 1);
    if (value.kind === "ptr") release(state, value.ref, () => unknownScalar(state.at));
    clobber(state);
    setReg(state, 0, nothing(state.at));
    return undefined;
  },
});

/** Members that the kernel cannot let go of while it is interrupted anywhere. */
const LET_GO: ReadonlySet<string> = new Set([
  "kptr",
  "percpu_kptr",
  "bpf_list_head",
  "bpf_list_node",
  "bpf_rb_root",
  "bpf_rb_node",
]);

function checkFreeing(cx: Cx, name: string, p: ObjectPointer): Outcome {
  const fields = cx.facts.interrupts ? recordOfObject(cx, p.to.type)?.fields : undefined;
  const held = fields?.find((f) => LET_GO.has(f.name));
  if (!held) return undefined;
  return refuse("E0558", [name, `programs that trace cannot free an object with a ${held.name}`], { about: [p] });
}

function notNull(state: State, name: string): Outcome {
  const value = regOf(state, 1);
  return mayBeNull(value) ? refuseNull("r1", name, value) : undefined;
}

/** bpf_refcount_acquire: one more reference, to what the program owns or to what a list, tree or map lends. */
const counter: OwnKfunc = {
  check(cx, state, { name }) {
    const value = regOf(state, 1);
    const unread = checkReadable(cx, state, 1) ?? notNull(state, name);
    if (unread) return unread;
    const wrong = refuse("E0559", ["r1", name, "an object with a bpf_refcount", valueWords(cx, value)], {
      about: [value],
    });
    if (!isObject(value) || value.to.space || !isCounted(cx, value.to.type)) return wrong;
    if (value.to.trust === "untrusted") return wrong;
    return value.off === 0 && !value.varying ? undefined : wrong;
  },
  run(cx, state) {
    const value = regOf(state, 1);
    clobber(state);
    if (!isObject(value)) return undefined;
    const to: Struct = { kind: "btf", btf: value.to.btf, type: value.to.type, trust: "trusted", alloc: "owned" };
    return acquired(cx, state, to, { nullable: value.to.alloc !== "owned" });
  },
};

/** By name; what ends in `_impl` is the same. */
export const OBJECT_KFUNCS: Readonly<Record<string, OwnKfunc>> = {
  bpf_obj_new: maker(false),
  bpf_percpu_obj_new: maker(true),
  bpf_obj_drop: dropper(false),
  bpf_percpu_obj_drop: dropper(true),
  bpf_refcount_acquire: counter,
};
