/**
 * Members of the program's own types that only their own functions may touch: locks, lists, trees, kernel pointers.
 * Found as the kernel finds them: by the name of the type, qualifiers not looked through. kernel/bpf/btf.c:btf_parse_fields
 */
import type { BtfSpec, BtfType, TypeId } from "../btf/type.ts";
import { sizeOf, strip } from "./struct-walk.ts";

/** The struct that a kernel pointer points to. */
export interface Pointee {
  readonly btf: BtfSpec;
  readonly type: TypeId;
  /** One of the program's own types: the kernel has none of that name. */
  readonly own: boolean;
}

export interface SpecialField {
  /** `bpf_spin_lock`, `kptr`. */
  readonly name: string;
  readonly off: number;
  readonly size: number;
  /** Of kernel pointers. */
  readonly to?: Pointee;
  /** Of list heads and tree roots: the type of what they hold, and where the node lies in it. */
  readonly holds?: { readonly type: TypeId; readonly off: number };
}

export interface FieldRecord {
  readonly fields: readonly SpecialField[];
  /** What the kernel will not take, in words. */
  readonly broken?: string;
  /** What becomes of that is not known. */
  readonly unclear?: boolean;
}

interface Kind {
  /** In values of maps, in objects of the program. */
  readonly inMaps: boolean;
  readonly inObjects: boolean;
  readonly once: boolean;
}

const kind = (inMaps: boolean, inObjects: boolean, once: boolean): Kind => ({ inMaps, inObjects, once });

const STRUCTS: Readonly<Record<string, Kind>> = {
  bpf_spin_lock: kind(true, true, true),
  bpf_res_spin_lock: kind(true, true, true),
  bpf_timer: kind(true, false, true),
  bpf_wq: kind(true, false, true),
  bpf_task_work: kind(true, false, true),
  bpf_list_head: kind(true, true, false),
  bpf_rb_root: kind(true, true, false),
  bpf_list_node: kind(false, true, false),
  bpf_rb_node: kind(false, true, false),
  bpf_refcount: kind(true, true, true),
};

const TAGS: Readonly<Record<string, Kind>> = {
  kptr: kind(true, true, false),
  kptr_untrusted: kind(true, true, false),
  percpu_kptr: kind(true, true, false),
  uptr: kind(true, false, false),
};

/** The node that each root holds. */
const NODES: Readonly<Record<string, string>> = { bpf_list_head: "bpf_list_node", bpf_rb_root: "bpf_rb_node" };
const LOCKS: ReadonlySet<string> = new Set(["bpf_spin_lock", "bpf_res_spin_lock"]);
/** BTF_FIELDS_MAX; more, and the kernel takes none. */
const MAX_FIELDS = 11;
const MAX_DEPTH = 8;

/** What the kernel will not take; `sure` where it then takes none of the members to be special. */
class Broken extends Error {
  readonly sure: boolean;
  constructor(message: string, sure = true) {
    super(message);
    this.sure = sure;
  }
}

type Places = ReadonlyMap<string, number>;

interface Search {
  readonly btf: BtfSpec;
  readonly kernel: BtfSpec;
  readonly isWanted: (kind: Kind) => boolean;
  readonly found: SpecialField[];
  readonly places?: Places;
  /** Members that may still be looked at: types of the object may nest without end. */
  left: number;
}

const MAX_MEMBERS = 20_000;

/** The special members of a value of a map: a struct, or a section of variables, which lie at `places`. */
export const mapRecord = (btf: BtfSpec, kernel: BtfSpec, id: TypeId, places?: Places): FieldRecord =>
  recordOf({ btf, kernel, isWanted: (k) => k.inMaps, found: [], left: MAX_MEMBERS, ...(places && { places }) }, id);

/** Those of an object that the program allocates; undefined where the kernel does not look. kernel/bpf/btf.c:btf_parse_struct_metas */
export function objectRecord(btf: BtfSpec, kernel: BtfSpec, id: TypeId): FieldRecord | undefined {
  const type = btf.type(id);
  if (type.kind !== "struct" || !type.members.some((m) => isSpecial(btf, m.type))) return undefined;
  return recordOf({ btf, kernel, isWanted: (k) => k.inObjects, found: [], left: MAX_MEMBERS }, id);
}

/** Members that make the kernel look at a struct. kernel/bpf/btf.c:alloc_obj_fields */
const MARKS: ReadonlySet<string> = new Set([
  "bpf_spin_lock",
  "bpf_list_head",
  "bpf_list_node",
  "bpf_rb_root",
  "bpf_rb_node",
  "bpf_refcount",
]);

function isSpecial(btf: BtfSpec, id: TypeId): boolean {
  const type = btf.type(id);
  if (type.kind === "struct") return MARKS.has(type.name);
  const tag = type.kind === "ptr" ? tagOf(btf, type) : undefined;
  return tag !== undefined && TAGS[tag]?.inObjects === true;
}

function recordOf(search: Search, id: TypeId): FieldRecord {
  try {
    collect(search, id);
    return { fields: search.found, ...troubleOf(search.found) };
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return { fields: search.found, broken: error.message, ...(!error.sure && { unclear: true }) };
  }
}

/** What must not come together, or not alone. */
function troubleOf(found: readonly SpecialField[]): { readonly broken: string } | undefined {
  const has = (name: string): boolean => found.some((f) => f.name === name);
  const locked = has("bpf_spin_lock") || has("bpf_res_spin_lock");
  if (found.length > MAX_FIELDS) return { broken: `more than ${MAX_FIELDS} special members` };
  if (has("bpf_spin_lock") && has("bpf_res_spin_lock")) return { broken: "two kinds of locks" };
  if (Object.keys(NODES).some(has) && !locked) return { broken: "a list or tree without a lock beside it" };
  return has("bpf_list_node") && has("bpf_rb_node") && !has("bpf_refcount")
    ? { broken: "a node of a list and of a tree without a bpf_refcount" }
    : undefined;
}

function collect(search: Search, id: TypeId): void {
  const { btf } = search;
  const top = strip(btf, id);
  if (top.type.kind === "datasec") {
    for (const v of top.type.vars) {
      const variable = btf.type(v.type);
      if (variable.kind !== "var") continue;
      const off = search.places?.get(variable.name) ?? v.off;
      one(search, { type: variable.type, off, owner: v.type, index: -1 }, 0);
    }
  } else if (top.type.kind === "struct") inStruct(search, top.id, 0, 0);
}

interface Member {
  readonly type: TypeId;
  readonly off: number;
  /** What declaration tags name: a struct and the number of its member, or a variable and -1. */
  readonly owner: TypeId;
  readonly index: number;
}

function inStruct(search: Search, id: TypeId, off: number, depth: number): void {
  const type = search.btf.type(id);
  if (type.kind !== "struct") return;
  if (depth > MAX_DEPTH) throw new Broken("types that nest too deep", false);
  type.members.forEach((m, index) => {
    const at = off + Math.floor(m.bitOff / 8);
    if (!m.bitSize) one(search, { type: m.type, off: at, owner: id, index }, depth);
  });
}

/** kernel/bpf/btf.c:btf_find_field_one */
function one(search: Search, m: Member, depth: number): void {
  const { btf } = search;
  if (search.left-- <= 0) throw new Broken("too many members", false);
  let id = m.type;
  let count = 1;
  for (let type = btf.type(id), i = 0; type.kind === "array" && i < MAX_DEPTH; type = btf.type(id), i++) {
    count *= type.nelems;
    id = type.elem;
  }
  if (count === 0) return;
  const before = search.found.length;
  const type = btf.type(id);
  // Unions are not looked into.
  if (!special(search, type, m, id) && type.kind === "struct") inStruct(search, id, m.off, depth + 1);
  const first = search.found.slice(before);
  if (first.length === 0 || count === 1) return;
  if (first.length * count > MAX_FIELDS) throw new Broken(`more than ${MAX_FIELDS} special members`);
  if (first.some((f) => STRUCTS[f.name]?.once)) throw new Broken(`an array of ${first[0]!.name}`);
  const size = sizeOf(btf, id) ?? 0;
  for (let i = 1; i < count; i++) search.found.push(...first.map((f) => ({ ...f, off: f.off + i * size })));
}

/** Whether the member itself is special, or would be elsewhere. */
function special(search: Search, type: BtfType, m: Member, id: TypeId): boolean {
  if (type.kind === "struct") {
    const found = Object.hasOwn(STRUCTS, type.name) ? STRUCTS[type.name] : undefined;
    if (!found || !search.isWanted(found)) return false;
    if (type.size !== sizeInKernel(search, type.name))
      throw new Broken(`a struct ${type.name} that is not the kernel's`, false);
    add(search, found, {
      name: type.name,
      off: m.off,
      size: type.size,
      ...(NODES[type.name] && { holds: heldBy(search, type.name, m) }),
    });
    return true;
  }
  const pointer = type.kind === "volatile" ? search.btf.type(type.type) : type;
  if (pointer.kind !== "ptr") return false;
  const tag = tagOf(search.btf, pointer);
  if (tag === undefined) return false;
  const found = Object.hasOwn(TAGS, tag) ? TAGS[tag] : undefined;
  if (!found) throw new Broken(`a pointer with the tag '${tag}'`);
  if (search.isWanted(found)) {
    const to = pointee(search, pointer.type, tag);
    add(search, found, { name: tag, off: m.off, size: sizeOf(search.btf, id) ?? 8, to });
  }
  return true;
}

function sizeInKernel({ kernel }: Search, name: string): number | undefined {
  const id = kernel.byName(name, "struct")[0];
  return id === undefined ? undefined : sizeOf(kernel, id);
}

function add(search: Search, of: Kind, field: SpecialField): void {
  const taken = of.once && search.found.some((f) => f.name === field.name);
  if (taken) throw new Broken(`more than one ${field.name}`);
  if (field.off % (field.size < 8 ? 4 : 8) !== 0) throw new Broken(`a ${field.name} that is not aligned`, false);
  search.found.push(field);
}

/** The type tag that stands right behind a pointer. kernel/bpf/btf.c:btf_find_kptr */
function tagOf(btf: BtfSpec, type: BtfType & { readonly kind: "ptr" }): string | undefined {
  const target = btf.type(type.type);
  return target.kind === "type_tag" && !target.attribute ? target.name : undefined;
}

/** Kernel structs that know how to let go of themselves, and so may lie in maps. */
const KEPT: ReadonlySet<string> = new Set([
  "task_struct",
  "cgroup",
  "bpf_cpumask",
  "bpf_crypto_ctx",
  "prog_test_ref_kfunc",
  "prog_test_member",
]);

/** kernel/bpf/btf.c:btf_parse_kptr */
function pointee({ btf, kernel }: Search, tagged: TypeId, tag: string): Pointee {
  const found = strip(btf, tagged);
  const { type } = found;
  if (found.tags.length > 1) throw new Broken("a pointer with several tags", false);
  if (type.kind !== "struct" && type.kind !== "union" && type.kind !== "fwd") {
    throw new Broken("a kernel pointer to something that is no struct", false);
  }
  const theirs = type.kind === "fwd" ? undefined : kernel.byName(type.name, type.kind)[0];
  if (type.kind === "fwd") throw new Broken(`a kernel pointer to struct ${type.name}, of which no more is known`);
  if (theirs === undefined || tag === "uptr") return { btf, type: found.id, own: true };
  if (tag === "kptr" && !KEPT.has(type.name)) throw new Broken(`a kernel pointer to struct ${type.name}`);
  return { btf: kernel, type: theirs, own: false };
}

/** What a list or tree holds, by the tag `contains:TYPE:MEMBER` beside it. kernel/bpf/btf.c:btf_find_graph_root */
function heldBy({ btf }: Search, root: string, m: Member): { readonly type: TypeId; readonly off: number } {
  const tag = containsTag(btf, m);
  const [, name, member] = /^contains:([^:]*):(.*)$/.exec(tag ?? "") ?? [];
  const id = name === undefined ? undefined : btf.byName(name, "struct")[0];
  const type = id === undefined ? undefined : btf.type(id);
  if (id === undefined || type?.kind !== "struct") throw new Broken(`a ${root} without a type of what it holds`);
  const node = type.members.find((field) => field.name === member);
  const nodeType = node && btf.type(node.type);
  if (!node || nodeType?.kind !== "struct" || nodeType.name !== NODES[root] || node.bitOff % 64 !== 0)
    throw new Broken(`a ${root} of struct ${name}, which has no ${NODES[root]} '${member}'`);
  return { type: id, off: node.bitOff / 8 };
}

function containsTag(btf: BtfSpec, m: Member): string | undefined {
  for (let id = 1; id < btf.typeCount; id++) {
    const type = btf.type(id as TypeId);
    if (type.kind !== "decl_tag" || type.type !== m.owner || type.component !== m.index) continue;
    if (type.name.startsWith("contains:")) return type.name;
  }
  return undefined;
}

export const holdsLock = ({ fields }: FieldRecord): boolean => fields.some((f) => LOCKS.has(f.name));
export const fieldAt = ({ fields }: FieldRecord, off: number, name?: string): SpecialField | undefined =>
  fields.find((f) => f.off === off && (name === undefined || f.name === name));
