/** A CO-RE access as a walk over types: parsed from the local BTF, then matched in the kernel's (libbpf's relo_core.c). */

import { type Budget, CoreAccessError, fieldsCompatible, spend } from "./core-compat.ts";
import { sizeOf, skipModifiers } from "./resolve.ts";
import type { BtfSpec, BtfType, Member, TypeId } from "./type.ts";

/** Steps of an access that libbpf takes (BPF_CORE_SPEC_MAX_LEN). */
const MAX_STEPS = 64;

/** One step that a name or an array index stands for. */
export interface CoreStep {
  /** The struct or union whose member it is, or the type of the element. */
  readonly type: TypeId;
  /** Index of the member or of the element. */
  readonly index: number;
  /** Empty for an element. */
  readonly name: string;
}

export interface CoreSpec {
  readonly steps: readonly CoreStep[];
  readonly bitOff: number;
}

const isRecord = (t: BtfType): t is BtfType & { readonly members: readonly Member[] } =>
  t.kind === "struct" || t.kind === "union";

/** Indices of an access string such as `0:1:2`. Throws `CoreAccessError`. */
export function parseAccess(access: string): readonly number[] {
  if (!/^\d+(:\d+)*$/.test(access)) throw new CoreAccessError(`'${access}' is no CO-RE access`);
  const indices = access.split(":").map(Number);
  if (indices.length > MAX_STEPS || indices.some((i) => i > 0x7fffffff))
    throw new CoreAccessError(`the CO-RE access '${access}' is too long`);
  return indices;
}

/**
 * The walk of a field access (bpf_core_parse_spec): anonymous members take part in the offset but are no step, since the
 * target may not have them. Throws `CoreAccessError` where an index is outside.
 */
export function localSpec(btf: BtfSpec, root: TypeId, access: string): CoreSpec {
  const [first = 0, ...rest] = parseAccess(access);
  let at = skipModifiers(btf, root);
  const steps: CoreStep[] = [{ type: at.id, index: first, name: "" }];
  let bitOff = first * (sizeOf(btf, at.id) ?? 0) * 8;
  for (const index of rest) {
    if (isRecord(at.type)) {
      const member = at.type.members[index] ?? outside(access);
      bitOff += member.bitOff;
      if (member.name) steps.push({ type: at.id, index, name: member.name });
      at = skipModifiers(btf, member.type);
    } else if (at.type.kind === "array") {
      const flexible = isFlexible(btf, steps.at(-1)!, at.type.nelems);
      if (!flexible && index >= at.type.nelems) outside(access);
      at = skipModifiers(btf, at.type.elem);
      steps.push({ type: at.id, index, name: "" });
      bitOff += index * (sizeOf(btf, at.id) ?? 0) * 8;
    } else outside(access);
  }
  return { steps, bitOff };
}

function outside(access: string): never {
  throw new CoreAccessError(`the CO-RE access '${access}' leaves its type`);
}

/** An array without length at the end of its struct may be indexed past it (is_flex_arr). */
function isFlexible(btf: BtfSpec, before: CoreStep, nelems: number): boolean {
  if (!before.name || nelems > 0) return false;
  const owner = btf.type(before.type);
  return isRecord(owner) && before.index === owner.members.length - 1;
}

/** The same walk in a candidate of the target's BTF, or undefined where it does not have it (bpf_core_spec_match). */
export function matchSpec(
  local: BtfSpec,
  spec: CoreSpec,
  target: BtfSpec,
  root: TypeId,
  budget: Budget,
): CoreSpec | undefined {
  const steps: CoreStep[] = [];
  let bitOff = 0;
  let at = skipModifiers(target, root).id;
  for (const [i, step] of spec.steps.entries()) {
    const here = skipModifiers(target, at);
    if (step.name) {
      const found = matchMember(local, step, target, here.id, budget);
      if (!found) return undefined;
      steps.push(found.step);
      bitOff += found.bitOff;
      at = found.next;
      continue;
    }
    let element = here.id;
    if (i > 0) {
      if (here.type.kind !== "array") return undefined;
      if (!isFlexible(target, steps.at(-1)!, here.type.nelems) && step.index >= here.type.nelems) return undefined;
      element = skipModifiers(target, here.type.elem).id;
    }
    steps.push({ type: element, index: step.index, name: "" });
    bitOff += step.index * (sizeOf(target, element) ?? 0) * 8;
    at = element;
  }
  return { steps, bitOff };
}

interface FoundMember {
  readonly step: CoreStep;
  readonly bitOff: number;
  readonly next: TypeId;
}

/** The member of that name, looked for in anonymous members too; its type must be compatible (bpf_core_match_member). */
function matchMember(
  local: BtfSpec,
  step: CoreStep,
  target: BtfSpec,
  id: TypeId,
  budget: Budget,
  depth = 0,
): FoundMember | undefined {
  spend(budget);
  const record = skipModifiers(target, id);
  const localRecord = local.type(step.type);
  if (depth > MAX_STEPS || !isRecord(record.type) || !isRecord(localRecord)) return undefined;
  const wanted = localRecord.members[step.index];
  for (const [index, member] of record.type.members.entries()) {
    if (!member.name) {
      const inside = matchMember(local, step, target, member.type, budget, depth + 1);
      if (inside) return { ...inside, bitOff: inside.bitOff + member.bitOff };
    } else if (member.name === step.name) {
      if (!wanted || !fieldsCompatible(local, wanted.type, target, member.type)) return undefined;
      return { step: { type: record.id, index, name: member.name }, bitOff: member.bitOff, next: member.type };
    }
  }
  return undefined;
}
