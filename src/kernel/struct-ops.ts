/**
 * Operations that BPF programs can be: members of the kernel's structs of function pointers, such as `sched_ext_ops`. What
 * BTF shows (arguments, results, which are optional or owned) is read there; what each subsystem's own checks say stands in
 * a table, of Linux 7.2.
 */
import { sizeOf, skipModifiers } from "../btf/resolve.ts";
import type { BtfSpec, Param, RecordType, TypeId } from "../btf/type.ts";
import { argSlots, type Proto } from "./attach-target.ts";
import { baseHelper, helperById, socketHelper } from "./helpers.ts";
import type { Helper, Kernel, SectionInfo } from "./model.ts";
import { type OpsRule, opsRules } from "./tables/struct-ops.ts";
import { atLeast } from "./version.ts";

/** One argument as the program sees it: 8 bytes of its context. */
export interface OpSlot {
  readonly name: string;
  readonly type: TypeId;
  /** It may be null: the stub calls it `__nullable`. */
  readonly nullable: boolean;
  /** It is the program's to release: the stub calls it `__ref`. */
  readonly owned: boolean;
  /** The kernel gives a pointer to this struct, whatever the type says. */
  readonly as?: TypeId;
}

/** What a program is, as a member of a struct of operations. */
export interface StructOp {
  readonly struct: string;
  readonly member: string;
  readonly btf: BtfSpec;
  readonly slots: readonly OpSlot[];
  /** `void`, a number, or a pointer to this struct. */
  readonly returns: "nothing" | "number" | { readonly pointer: TypeId };
  /** Why no program can be this operation at all. */
  readonly barred?: string;
  readonly maySleep: boolean;
  readonly rule: OpsRule;
}

export type StructOpAnswer =
  | { readonly kind: "op"; readonly op: StructOp }
  /** Nothing is known of it; the text says of what. */
  | { readonly kind: "unclear"; readonly what: string };

const unclear = (what: string): StructOpAnswer => ({ kind: "unclear", what });

function structNamed(btf: BtfSpec, name: string): RecordType | undefined {
  const [id] = btf.byName(name, "struct");
  const type = id === undefined ? undefined : btf.type(id);
  return type?.kind === "struct" ? type : undefined;
}

/** The operation of that name in this kernel. kernel/bpf/verifier.c:check_struct_ops_btf_id */
export function structOp(kernel: Kernel, name: string, member: string): StructOpAnswer {
  const { btf } = kernel;
  const struct = structNamed(btf, name);
  // The kernel's value type for it, which its registration makes. kernel/bpf/bpf_struct_ops.c:bpf_struct_ops_desc_init
  if (!struct || !structNamed(btf, `bpf_struct_ops_${name}`))
    return unclear(`operations of struct ${name}, which this kernel alone does not have`);
  const rule = Object.hasOwn(opsRules, name) ? opsRules[name] : undefined;
  if (!rule) return unclear(`operations of struct ${name}`);
  if (!atLeast(kernel.version, 7, 2)) return unclear(`operations of struct ${name} before Linux 7.2`);
  const found = struct.members.find((m) => m.name === member);
  const proto = found && prototypeOf(btf, found.type);
  if (!proto) return unclear(`the operation ${member} of struct ${name}, which this kernel does not have`);
  return { kind: "op", op: describe(btf, name, member, proto, rule) };
}

function prototypeOf(btf: BtfSpec, id: TypeId): Proto | undefined {
  const { type } = skipModifiers(btf, id);
  const target = type.kind === "ptr" ? skipModifiers(btf, type.type).type : undefined;
  return target?.kind === "func_proto" ? target : undefined;
}

function describe(btf: BtfSpec, struct: string, member: string, proto: Proto, rule: OpsRule): StructOp {
  const stub = stubParams(btf, struct, member, rule, proto.params.length);
  const slots = argSlots(btf, proto.params).map((slot): OpSlot => {
    const name = stub[slot.param]?.name ?? slot.name;
    const as = overridden(btf, proto.params[slot.param]!, `${member}.${slot.param}`, rule);
    return {
      name: name === "" ? `argument ${slot.param + 1}` : name,
      type: slot.type,
      nullable: name.endsWith("__nullable"),
      owned: name.endsWith("__ref"),
      ...(as !== undefined && { as }),
    };
  });
  const isBarred = rule.unsupported?.includes(member) || (rule.only && !rule.only.includes(member));
  return {
    struct,
    member,
    btf,
    slots,
    returns: returnOf(btf, proto),
    ...(isBarred && { barred: "the kernel offers it to no program" }),
    maySleep: rule.sleepable?.includes(member) ?? true,
    rule,
  };
}

/** Parameters of the function that stands in for the operation. kernel/bpf/bpf_struct_ops.c:prepare_arg_info */
function stubParams(btf: BtfSpec, struct: string, member: string, rule: OpsRule, count: number): readonly Param[] {
  for (const prefix of [struct, rule.stubs ?? struct]) {
    const [id] = btf.byName(`${prefix}__${member}`, "func");
    const func = id === undefined ? undefined : btf.type(id);
    const proto = func?.kind === "func" ? btf.type(func.type) : undefined;
    if (proto?.kind === "func_proto" && proto.params.length === count) return proto.params;
  }
  return [];
}

function overridden(btf: BtfSpec, param: Param, place: string, rule: OpsRule): TypeId | undefined {
  const fixed = rule.argument?.[place];
  const { type } = skipModifiers(btf, param.type);
  const target = type.kind === "ptr" ? skipModifiers(btf, type.type).type : undefined;
  const promoted = target?.kind === "struct" ? rule.promotes?.[target.name] : undefined;
  const name = fixed ?? promoted;
  return name === undefined ? undefined : btf.byName(name, "struct")[0];
}

function returnOf(btf: BtfSpec, proto: Proto): StructOp["returns"] {
  const { type } = skipModifiers(btf, proto.ret);
  if (type.kind === "void") return "nothing";
  return type.kind === "ptr" ? { pointer: skipModifiers(btf, type.type).id } : "number";
}

/** The helper as a program of that operation gets it. */
export function opHelper(op: StructOp, id: number, info: SectionInfo): Helper | undefined {
  const { rule } = op;
  if (rule.noHelpers) return undefined;
  const name = helperById(id)?.name.replace(/^bpf_/, "") ?? "";
  if (rule.helpers?.includes(name))
    return rule.withoutHelpers?.[op.member]?.includes(name) ? undefined : socketHelper(id, info);
  return baseHelper(id, info);
}

/** Whether a program of that operation may write these bytes of a struct of the kernel. */
export function opWrites(op: StructOp, struct: string, off: number, size: number): boolean {
  return op.rule.writes.some((rule) => {
    if (rule.struct !== struct) return false;
    const place = placeOf(op.btf, rule.struct, rule.member);
    if (!place) return false;
    const start = place.off + (rule.skip ?? 0);
    const end = place.off + place.size - (rule.keep ?? 0);
    return (rule.fromStart ? off === start : off >= start) && off + size <= end;
  });
}

interface Place {
  readonly off: number;
  readonly size: number;
}

/** Bytes of a member by its path. */
function placeOf(btf: BtfSpec, struct: string, path: string): Place | undefined {
  let [id] = btf.byName(struct, "struct") as [TypeId | undefined];
  let off = 0;
  for (const name of path === "" ? [] : path.split(".")) {
    const found = id === undefined ? undefined : memberOf(btf, id, name, 0);
    if (!found) return undefined;
    id = found.type;
    off += found.off;
  }
  const size = id === undefined ? undefined : sizeOf(btf, id);
  return size === undefined ? undefined : { off, size };
}

const MAX_NESTING = 8;

/** A member of that name, also inside members without one. */
function memberOf(
  btf: BtfSpec,
  id: TypeId,
  name: string,
  depth: number,
): { readonly type: TypeId; readonly off: number } | undefined {
  const { type } = skipModifiers(btf, id);
  if ((type.kind !== "struct" && type.kind !== "union") || depth > MAX_NESTING) return undefined;
  for (const m of type.members) {
    if (m.name === name && !m.bitSize) return { type: m.type, off: m.bitOff / 8 };
    const inner = m.name === "" ? memberOf(btf, m.type, name, depth + 1) : undefined;
    if (inner) return { type: inner.type, off: m.bitOff / 8 + inner.off };
  }
  return undefined;
}
