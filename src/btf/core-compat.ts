/** When two types, one of the program and one of the kernel, count as the same for CO-RE: libbpf's relo_core.c. */
import { essentialName } from "./name.ts";
import { skipModifiers } from "./resolve.ts";
import { type BtfKind, type BtfSpec, type BtfType, isEnum, isRecord, type RecordType, type TypeId } from "./type.ts";

/** Levels of types below which a comparison gives up, as libbpf does. */
const MAX_LEVEL = 32;

/** A relocation that the format forbids: our own mistake in objects that we made, a defined error in others'. */
export class CoreAccessError extends Error {
  override readonly name = "CoreAccessError";
}

/** How many types one relocation may look at, so that a hostile BTF cannot make it walk for ever. */
export interface Budget {
  left: number;
}
export const newBudget = (): Budget => ({ left: 500_000 });

/** Throws `CoreAccessError` when nothing is left. */
export function spend(budget: Budget): void {
  if (--budget.left < 0) throw new CoreAccessError("the types of a CO-RE relocation are too tangled to compare");
}

const nameOf = (t: BtfType): string => ("name" in t ? t.name : "");

/** btf_kind_core_compat: the same kind, or both some enum. */
export const kindsCompatible = (a: BtfType, b: BtfType): boolean => a.kind === b.kind || (isEnum(a) && isEnum(b));

/** Kinds that a candidate for a type of that kind may have. */
export const candidateKinds = (kind: BtfKind): readonly BtfKind[] =>
  kind === "enum" || kind === "enum64" ? ["enum", "enum64"] : [kind];

/** bpf_core_names_match: equal but for flavours. */
export const namesMatch = (a: string, b: string): boolean => essentialName(a) === essentialName(b);

/**
 * bpf_core_fields_are_compat: members of any two records fit each other; pointers and floats; integers of any size and
 * sign; enums of one name, or of none; arrays of such.
 */
export function fieldsCompatible(local: BtfSpec, localId: TypeId, target: BtfSpec, targetId: TypeId): boolean {
  let [a, b] = [skipModifiers(local, localId).type, skipModifiers(target, targetId).type];
  for (let level = 0; level < MAX_LEVEL; level++) {
    if (isRecord(a) && isRecord(b)) return true;
    if (!kindsCompatible(a, b)) return false;
    if (a.kind === "ptr" || a.kind === "float" || a.kind === "int") return true;
    if (a.kind === "fwd" || isEnum(a)) {
      const [x, y] = [essentialName(nameOf(a)), essentialName(nameOf(b))];
      return x === "" || y === "" || x === y;
    }
    if (a.kind !== "array" || b.kind !== "array") return false;
    [a, b] = [skipModifiers(local, a.elem).type, skipModifiers(target, b.elem).type];
  }
  return false;
}

/** bpf_core_types_are_compat, for the existence of a type: kinds along the way, not members. */
export function typesCompatible(
  local: BtfSpec,
  localId: TypeId,
  target: BtfSpec,
  targetId: TypeId,
  budget: Budget,
  level = MAX_LEVEL,
): boolean {
  spend(budget);
  if (level <= 0) return false;
  const [a, b] = [skipModifiers(local, localId).type, skipModifiers(target, targetId).type];
  if (!kindsCompatible(a, b)) return false;
  switch (a.kind) {
    case "void":
    case "struct":
    case "union":
    case "enum":
    case "enum64":
    case "fwd":
    case "int":
      return true;
    case "ptr":
      return b.kind === "ptr" && typesCompatible(local, a.type, target, b.type, budget, level - 1);
    case "array":
      return b.kind === "array" && typesCompatible(local, a.elem, target, b.elem, budget, level - 1);
    case "func_proto":
      return (
        b.kind === "func_proto" &&
        a.params.length === b.params.length &&
        a.params.every((p, i) => typesCompatible(local, p.type, target, b.params[i]!.type, budget, level - 1)) &&
        typesCompatible(local, a.ret, target, b.ret, budget, level - 1)
      );
    default:
      return false;
  }
}

/** bpf_core_types_match: everything the local type mentions is there in the target, with the same shape. */
export function typesMatch(
  local: BtfSpec,
  localId: TypeId,
  target: BtfSpec,
  targetId: TypeId,
  budget: Budget,
): boolean {
  return match({ local, target, budget }, localId, targetId, false, MAX_LEVEL);
}

interface Pair {
  readonly local: BtfSpec;
  readonly target: BtfSpec;
  readonly budget: Budget;
}

function match(pair: Pair, localId: TypeId, targetId: TypeId, behindPtr: boolean, level: number): boolean {
  spend(pair.budget);
  if (level <= 0) return false;
  const a = skipModifiers(pair.local, localId).type;
  const b = skipModifiers(pair.target, targetId).type;
  if (!namesMatch(nameOf(a), nameOf(b))) return false;
  switch (a.kind) {
    case "void":
      return b.kind === "void";
    case "fwd":
      if (b.kind === "fwd") return a.of === b.of;
      return behindPtr && b.kind === a.of;
    case "enum":
    case "enum64":
      return isEnum(b) && a.size === b.size && a.values.every((v) => b.values.some((w) => namesMatch(v.name, w.name)));
    case "struct":
    case "union":
      if (behindPtr) return a.kind === b.kind || (b.kind === "fwd" && b.of === a.kind);
      return a.kind === b.kind && membersMatch(pair, a, b, level);
    case "int":
      return b.kind === "int" && a.size === b.size && (a.encoding === "signed") === (b.encoding === "signed");
    case "ptr":
      return b.kind === "ptr" && match(pair, a.type, b.type, true, level - 1);
    case "array":
      return b.kind === "array" && a.nelems === b.nelems && match(pair, a.elem, b.elem, behindPtr, level - 1);
    case "func_proto":
      return (
        b.kind === "func_proto" &&
        a.params.length === b.params.length &&
        a.params.every((p, i) => match(pair, p.type, b.params[i]!.type, behindPtr, level - 1)) &&
        match(pair, a.ret, b.ret, behindPtr, level - 1)
      );
    default:
      return false;
  }
}

/** Each local member has one of its name and type; the target may have more, in another order. */
function membersMatch(pair: Pair, a: RecordType, b: BtfType, level: number): boolean {
  if (!isRecord(b) || a.members.length > b.members.length) return false;
  return a.members.every((m) =>
    b.members.some((n) => namesMatch(m.name, n.name) && match(pair, m.type, n.type, false, level - 1)),
  );
}
