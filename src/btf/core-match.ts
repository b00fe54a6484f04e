/** CO-RE relocations: what an access comes to in a kernel, by libbpf's rules (tools/lib/bpf/relo_core.c). */
import type { CoreKind } from "./core.ts";
import { CoreAccessError, candidateKinds, newBudget, typesCompatible, typesMatch } from "./core-compat.ts";
import { type CoreSpec, localSpec, matchSpec, parseAccess } from "./core-spec.ts";
import { essentialName } from "./name.ts";
import { sizeOf, skipModifiers } from "./resolve.ts";
import { type BtfSpec, type BtfType, isEnum, type TypeId } from "./type.ts";

export interface CoreRelo {
  readonly kind: CoreKind;
  /** Root type in the local BTF. */
  readonly type: TypeId;
  /** Such as `0:1:2`. */
  readonly access: string;
}

/**
 * `missing`: the kernel has no such field, type or enumerator, and the instruction must never run (libbpf poisons it).
 * `invalid`: the relocation itself is wrong, or the kernel has several answers; loading fails.
 */
export type CoreResult =
  | CoreValue
  | { readonly kind: "missing"; readonly localValue?: bigint }
  | { readonly kind: "invalid"; readonly reason: string };

export interface CoreValue {
  readonly kind: "value";
  /** What the program's own BTF says; what the instruction should hold before. */
  readonly localValue: bigint;
  readonly value: bigint;
  /** Whether the loader insists that the instruction holds `localValue`. */
  readonly checkLocal: boolean;
  /** For offsets of whole fields: size in bytes of the field here and there, to which loads and stores are adapted. */
  readonly localSize?: number;
  readonly size?: number;
  /** The sizes differ and the types do not allow to adapt a load or store to it: an immediate may still be patched. */
  readonly sizeFixed?: boolean;
  /** Type that the value is an id of, for `type_id_target`: which BTF it is in. */
  readonly target?: BtfSpec;
}

/**
 * What a relocation comes to in `target`, and in `modules` where the kernel itself has no candidate. Never throws for a
 * relocation that came from a file; a hostile BTF throws `BtfError`.
 */
export function relocate(
  local: BtfSpec,
  core: CoreRelo,
  target: BtfSpec,
  modules: readonly BtfSpec[] = [],
): CoreResult {
  try {
    return resolve(local, core, target, modules);
  } catch (error) {
    if (error instanceof CoreAccessError || error instanceof RangeError)
      return { kind: "invalid", reason: error.message };
    throw error;
  }
}

type Answer = CoreValue | "missing";

function resolve(local: BtfSpec, core: CoreRelo, target: BtfSpec, modules: readonly BtfSpec[]): CoreResult {
  const localType = local.type(core.type);
  if (core.kind === "type_id_local") return plain(BigInt(core.type), BigInt(core.type), false);
  const name = "name" in localType ? localType.name : "";
  if (!name) return { kind: "invalid", reason: "CO-RE relocations of types without a name are not supported" };
  const relo = relocator(local, core);
  const candidates = findCandidates(name, localType, target, modules);
  let answer: Answer | undefined;
  for (const { btf, id } of candidates) {
    const found = relo.at(btf, id);
    if (found === undefined) continue;
    if (answer !== undefined && !agree(answer, found))
      return { kind: "invalid", reason: `the kernel has several types '${name}' that disagree on this access` };
    answer ??= found;
  }
  answer ??= relo.nowhere;
  return answer === "missing" ? { kind: "missing", localValue: relo.localValue } : answer;
}

const agree = (a: Answer, b: Answer): boolean => (a === "missing" || b === "missing" ? a === b : a.value === b.value);

interface Candidate {
  readonly btf: BtfSpec;
  readonly id: TypeId;
}

/** Types of that name and kind, flavours aside; modules are asked only where the kernel has none (bpf_core_find_cands). */
function findCandidates(
  name: string,
  type: BtfType,
  target: BtfSpec,
  modules: readonly BtfSpec[],
): readonly Candidate[] {
  const kinds = candidateKinds(type.kind);
  const essential = essentialName(name);
  const inOne = (btf: BtfSpec): readonly Candidate[] => {
    const ids = btf.flavours?.(essential, kinds) ?? kinds.flatMap((kind) => btf.byName(essential, kind));
    return ids.map((id) => ({ btf, id }));
  };
  const main = inOne(target);
  if (main.length > 0) return main;
  return modules.flatMap((btf) => inOne(btf).filter(({ id }) => id >= (btf.base?.typeCount ?? 1)));
}

/** One kind of relocation: its value here, its answer for one candidate (undefined: no match), and for none. */
interface Relocator {
  readonly localValue: bigint;
  at(btf: BtfSpec, id: TypeId): Answer | undefined;
  readonly nowhere: Answer;
}

const plain = (localValue: bigint, value: bigint, checkLocal: boolean): CoreValue => ({
  kind: "value",
  localValue,
  value,
  checkLocal,
});

function relocator(local: BtfSpec, core: CoreRelo): Relocator {
  switch (core.kind) {
    case "type_id_local":
    case "type_id_target":
    case "type_exists":
    case "type_size":
    case "type_matches":
      return typeRelocator(local, core);
    case "enumval_exists":
    case "enumval_value":
      return enumRelocator(local, core);
    default:
      return fieldRelocator(local, core);
  }
}

function typeRelocator(local: BtfSpec, core: CoreRelo): Relocator {
  if (core.access !== "0") throw new CoreAccessError(`'${core.access}' is no access of a type`);
  const fits = core.kind === "type_matches" ? typesMatch : typesCompatible;
  const valueIn = (btf: BtfSpec, id: TypeId): bigint => {
    if (core.kind === "type_id_target") return BigInt(id);
    return core.kind === "type_size" ? BigInt(sizeOf(btf, id) ?? 0) : 1n;
  };
  const localValue = valueIn(local, core.type);
  const budget = newBudget();
  return {
    localValue,
    at: (btf, id) => {
      if (!fits(local, core.type, btf, id, budget)) return undefined;
      const result = plain(localValue, valueIn(btf, id), core.kind !== "type_id_target");
      return core.kind === "type_id_target" ? { ...result, target: btf } : result;
    },
    nowhere: plain(localValue, 0n, core.kind !== "type_id_target"),
  };
}

function enumRelocator(local: BtfSpec, core: CoreRelo): Relocator {
  const indices = parseAccess(core.access);
  const { type } = skipModifiers(local, core.type);
  const enumerator = isEnum(type) && indices.length === 1 ? type.values[indices[0]!] : undefined;
  if (!enumerator) throw new CoreAccessError(`'${core.access}' is no enumerator`);
  const name = essentialName(enumerator.name);
  const exists = core.kind === "enumval_exists";
  const localValue = exists ? 1n : enumerator.value;
  return {
    localValue,
    at: (btf, id) => {
      const there = skipModifiers(btf, id).type;
      const found = isEnum(there) ? there.values.find((v) => essentialName(v.name) === name) : undefined;
      return found && plain(localValue, exists ? 1n : found.value, true);
    },
    nowhere: exists ? plain(localValue, 0n, true) : "missing",
  };
}

function fieldRelocator(local: BtfSpec, core: CoreRelo): Relocator {
  const spec = localSpec(local, core.type, core.access);
  const here = fieldValue(local, spec, core.kind);
  const budget = newBudget();
  return {
    localValue: here.value,
    at: (btf, id) => {
      const there = matchSpec(local, spec, btf, id, budget);
      if (!there) return undefined;
      const found = fieldValue(btf, there, core.kind);
      const value = plain(here.value, found.value, here.checkLocal);
      if (here.size === undefined || found.size === undefined) return value;
      const sizes = { localSize: here.size, size: found.size };
      const fixed = here.size !== found.size && !resizable(local, here.type, btf, found.type);
      return { ...value, ...sizes, ...(fixed && { sizeFixed: true }) };
    },
    nowhere: core.kind === "field_exists" ? plain(here.value, 0n, here.checkLocal) : "missing",
  };
}

/** Loads are adapted between pointers (32-bit kernels) and between integers that are not signed. */
function resizable(local: BtfSpec, a: TypeId | undefined, target: BtfSpec, b: TypeId | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  const [x, y] = [skipModifiers(local, a).type, skipModifiers(target, b).type];
  if (x.kind === "ptr" && y.kind === "ptr") return true;
  return x.kind === "int" && y.kind === "int" && x.encoding !== "signed" && y.encoding !== "signed";
}

interface FieldValue {
  readonly value: bigint;
  readonly checkLocal: boolean;
  /** Only for `field_byte_offset` of a field that is no bit-field. */
  readonly size?: number;
  readonly type?: TypeId;
}

/** bpf_core_calc_field_relo for a little-endian target. */
function fieldValue(btf: BtfSpec, spec: CoreSpec, kind: CoreKind): FieldValue {
  if (kind === "field_exists") return { value: 1n, checkLocal: true };
  const step = spec.steps.at(-1)!;
  const owner = btf.type(step.type);
  const member =
    step.name && (owner.kind === "struct" || owner.kind === "union") ? owner.members[step.index] : undefined;
  if (!member) return elementValue(btf, spec, step.type, kind);
  const field = skipModifiers(btf, member.type);
  const unit = storageUnit(btf, spec.bitOff, member.bitSize, field.id);
  switch (kind) {
    case "field_byte_offset": {
      const value = BigInt(unit.byteOff);
      return unit.bitField
        ? { value, checkLocal: false }
        : { value, checkLocal: true, size: unit.byteSize, type: field.id };
    }
    case "field_byte_size":
      return { value: BigInt(unit.byteSize), checkLocal: !unit.bitField };
    case "field_signed":
      return { value: isSigned(field.type) ? 1n : 0n, checkLocal: true };
    case "field_lshift_u64":
      return { value: BigInt(64 - (spec.bitOff + unit.bitSize - unit.byteOff * 8)), checkLocal: !unit.bitField };
    default:
      return { value: BigInt(64 - unit.bitSize), checkLocal: true };
  }
}

const isSigned = (t: BtfType): boolean => (isEnum(t) ? t.signed : t.kind === "int" && t.encoding === "signed");

/** An access that ends in an array element knows its place and size only. */
function elementValue(btf: BtfSpec, spec: CoreSpec, type: TypeId, kind: CoreKind): FieldValue {
  const size = sizeOf(btf, type);
  if (size === undefined) throw new CoreAccessError("the element of a CO-RE access has no size");
  if (kind === "field_byte_offset") return { value: BigInt(Math.floor(spec.bitOff / 8)), checkLocal: true, size, type };
  if (kind === "field_byte_size") return { value: BigInt(size), checkLocal: true };
  throw new CoreAccessError(`${kind} does not apply to an array element`);
}

interface StorageUnit {
  readonly byteOff: number;
  readonly byteSize: number;
  readonly bitSize: number;
  readonly bitField: boolean;
}

/** The bytes to load for a field: for a bit-field the aligned word that holds it whole, widened where it must be. */
function storageUnit(btf: BtfSpec, bitOff: number, bitSize: number | undefined, type: TypeId): StorageUnit {
  const size = sizeOf(btf, type);
  if (size === undefined) throw new CoreAccessError("the field of a CO-RE access has no size");
  if (!bitSize) return { byteOff: Math.floor(bitOff / 8), byteSize: size, bitSize: size * 8, bitField: false };
  let byteSize = size || 1;
  let byteOff = Math.floor(bitOff / 8 / byteSize) * byteSize;
  while (bitOff + bitSize - byteOff * 8 > byteSize * 8) {
    if (byteSize >= 8) throw new CoreAccessError("a bit-field of a CO-RE access does not fit 8 bytes");
    byteSize *= 2;
    byteOff = Math.floor(bitOff / 8 / byteSize) * byteSize;
  }
  return { byteOff, byteSize, bitSize, bitField: true };
}
