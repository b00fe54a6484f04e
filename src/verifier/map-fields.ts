/** Members of map values that programs may not touch directly, and what they may do with kernel pointers there. kernel/bpf/verifier.c:check_map_access */
import type { LinkedMap } from "../link/model.ts";
import { spanOf } from "./bounds.ts";
import type { Cx } from "./cx.ts";
import type { State } from "./domain/state.ts";
import type { Pointer } from "./domain/value.ts";
import { checkStore, isKernelPointer } from "./kernel-pointers.ts";
import type { Need } from "./needs.ts";
import { brokenTypes } from "./objects.ts";
import { type Outcome, refuse, unmodelled } from "./outcome.ts";
import { type FieldRecord, fieldAt, holdsLock, mapRecord, type SpecialField } from "./records.ts";
import { regName } from "./words.ts";

const known = new WeakMap<LinkedMap, FieldRecord>();
const NONE: FieldRecord = { fields: [] };

/** The special members of a map's value, by the object's BTF; none where the kernel takes one of them amiss. */
export function recordOfMap(cx: Cx, map: LinkedMap): FieldRecord {
  let record = known.get(map);
  if (!record) {
    const { btf } = cx.prep.program;
    const type = map.valueType ?? btf?.byName(map.name, "datasec")[0];
    const found = btf && type !== undefined ? mapRecord(btf, cx.facts.kernelBtf, type, map.places) : NONE;
    record = found.broken && !found.unclear ? NONE : withTypes(cx, found);
    known.set(map, record);
  }
  return record;
}

/** Types of the object that the kernel will not take leave it without any. kernel/bpf/btf.c:btf_parse_struct_metas */
function withTypes(cx: Cx, record: FieldRecord): FieldRecord {
  const broken = record.fields.length > 0 ? brokenTypes(cx) : undefined;
  return broken ? { ...record, broken, unclear: true } : record;
}

export const specialFields = (cx: Cx, map: LinkedMap): readonly SpecialField[] => recordOfMap(cx, map).fields;

/** Values of the map are told apart, because each has a lock of its own. kernel/bpf/verifier.c:reg_may_point_to_spin_lock */
export const valuesHaveLocks = (cx: Cx, map: LinkedMap): boolean => holdsLock(recordOfMap(cx, map));

/** What of the map's values is not modelled, in words. */
export function openInMap(cx: Cx, map: LinkedMap): Outcome {
  const { broken, fields } = recordOfMap(cx, map);
  if (broken) return unmodelled(`${broken} in the values of map '${map.name}'`);
  const isMapped = map.places && map.flags & MMAPABLE && fields.length > 0;
  return isMapped
    ? unmodelled(`map '${map.name}', which libbpf cannot create: make its variables static, or hidden`)
    : undefined;
}

/** The kernel does not map memory with special members into user space, and libbpf insists. kernel/bpf/syscall.c:bpf_map_mmap */
const MMAPABLE = 0x400;

type Access = Need & { readonly kind: "access" };

/**
 * Whether `size` bytes at `off` from `p` keep away from special members, or use a kernel pointer as they may. `by`: the
 * instruction's access; undefined where a function is handed the memory.
 */
export function specialAt(cx: Cx, state: State, p: Pointer, off: number, size: number, by?: Access): Outcome {
  if (p.to.kind !== "map_value") return undefined;
  const record = recordOfMap(cx, p.to.map);
  if (record.fields.length === 0) return undefined;
  const span = spanOf(p);
  const min = Number(span?.min ?? 0n) + off;
  const max = Number(span?.max ?? 0n) + off + size;
  for (const f of record.fields) {
    if (span && (min >= f.off + f.size || max <= f.off)) continue;
    const what = `${f.name} in a value of map '${p.to.map.name}'`;
    if (!by || !isKernelPointer(f)) return refuse("E0534", ["it", `the place of ${what}`], { about: [p] });
    if (!p.varying && f.off === p.off + off && size === f.size) continue;
    return refuse("E0597", [regName(by.base), f.name, "is loaded and stored whole, at a constant offset"], {
      about: [p],
    });
  }
  const field = by && !p.varying ? fieldAt(record, p.off + off) : undefined;
  return by && field ? checkStore(cx, state, field, by) : undefined;
}
