/** Members of map values that programs may not touch directly: locks, timers, kernel pointers. kernel/bpf/btf.c:btf_parse_fields */
import type { BtfSpec, TypeId } from "../btf/type.ts";
import type { LinkedMap } from "../link/model.ts";
import { spanOf } from "./bounds.ts";
import type { Cx } from "./cx.ts";
import type { Pointer } from "./domain/value.ts";
import { type Outcome, refuse, unmodelled } from "./outcome.ts";
import { sizeOf, strip } from "./struct-walk.ts";

export interface SpecialField {
  /** `bpf_spin_lock`, `kptr`. */
  readonly name: string;
  readonly off: number;
  readonly size: number;
}

const SPECIAL_STRUCTS: ReadonlySet<string> = new Set([
  "bpf_spin_lock",
  "bpf_res_spin_lock",
  "bpf_timer",
  "bpf_wq",
  "bpf_task_work",
  "bpf_list_head",
  "bpf_list_node",
  "bpf_rb_root",
  "bpf_rb_node",
  "bpf_refcount",
]);
const SPECIAL_TAGS: ReadonlySet<string> = new Set(["kptr", "kptr_untrusted", "percpu_kptr", "uptr"]);
/** Pointers of the kernel may be read and written by rules of their own, which are not modelled. */
const OPEN: ReadonlySet<string> = SPECIAL_TAGS;
const MAX_FIELDS = 4096;

const known = new WeakMap<LinkedMap, readonly SpecialField[]>();

/** The special members of a map's value, by the object's BTF. */
export function specialFields(cx: Cx, map: LinkedMap): readonly SpecialField[] {
  let fields = known.get(map);
  if (!fields) {
    const found: SpecialField[] = [];
    const { btf } = cx.prep.program;
    const type = map.valueType ?? btf?.byName(map.name, "datasec")[0];
    if (btf && type !== undefined) collect(btf, type, 0, found, 0);
    fields = found;
    known.set(map, fields);
  }
  return fields;
}

function collect(btf: BtfSpec, id: TypeId, off: number, found: SpecialField[], depth: number): void {
  if (depth > 8 || found.length > MAX_FIELDS) return;
  const section = btf.type(id);
  if (section.kind === "datasec") {
    for (const v of section.vars) {
      const variable = btf.type(v.type);
      if (variable.kind === "var") collect(btf, variable.type, v.off, found, depth + 1);
    }
    return;
  }
  const { type } = strip(btf, id);
  if (type.kind === "struct" || type.kind === "union") {
    if (SPECIAL_STRUCTS.has(type.name)) {
      found.push({ name: type.name, off, size: type.size });
      return;
    }
    for (const m of type.members) collect(btf, m.type, off + Math.floor(m.bitOff / 8), found, depth + 1);
  } else if (type.kind === "array") {
    const size = sizeOf(btf, type.elem) ?? 0;
    const before = found.length;
    if (type.nelems > 0) collect(btf, type.elem, off, found, depth + 1);
    const first = found.slice(before);
    for (let i = 1; i < type.nelems && first.length > 0 && found.length < MAX_FIELDS; i++) {
      found.push(...first.map((f) => ({ ...f, off: f.off + i * size })));
    }
  } else if (type.kind === "ptr") {
    const tag = strip(btf, type.type).tags.find((t) => SPECIAL_TAGS.has(t));
    if (tag) found.push({ name: tag, off, size: 8 });
  }
}

/** Special members are touched by their own functions alone. kernel/bpf/verifier.c:check_map_access */
export function specialAt(cx: Cx, p: Pointer, off: number, size: number): Outcome {
  if (p.to.kind !== "map_value") return undefined;
  const fields = specialFields(cx, p.to.map);
  if (fields.length === 0) return undefined;
  const span = spanOf(p);
  const min = Number(span?.min ?? 0n) + off;
  const max = Number(span?.max ?? 0n) + off + size;
  const hit = fields.find((f) => !span || (min < f.off + f.size && max > f.off));
  if (!hit) return undefined;
  const what = `${hit.name} in a value of map '${p.to.map.name}'`;
  if (OPEN.has(hit.name)) return unmodelled(`access to ${what}`);
  return refuse("E0534", ["it", `the place of ${what}`], { about: [p] });
}
