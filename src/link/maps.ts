/**
 * The maps of an object: those that BTF defines in `.maps`, and one for each section of global data.
 * tools/lib/bpf/libbpf.c:parse_btf_map_def, bpf_object__init_global_data_maps.
 */
import { BtfError } from "../btf/format.ts";
import { sizeOf, skipModifiers } from "../btf/resolve.ts";
import type { BtfSpec, BtfType, DatasecVar, Member, TypeId } from "../btf/type.ts";
import type { DiagSink } from "../diag/diagnostic.ts";
import { SHT } from "../elf/format.ts";
import type { FileSection, ObjectFile } from "../elf/object-file.ts";
import type { LinkedMap } from "./model.ts";

/** Numbers of `enum bpf_map_type` that mean something here. */
const ARRAY = 2;
const PROG_ARRAY = 3;
const ARRAY_OF_MAPS = 12;
const HASH_OF_MAPS = 13;
const RINGBUF = 27;
const USER_RINGBUF = 31;
const ARENA = 33;
/** Variables in the arena: the start of what the object's one arena holds (libbpf.c:init_arena_map_data). */
const ARENA_SECTION = ".addr_space.1";
/** `BPF_F_RDONLY_PROG` and `BPF_F_MMAPABLE`. */
const READ_ONLY = 0x80;
const MMAPABLE = 0x400;
const PAGE_SIZE = 4096;

export interface MapTable {
  /** The index is what `map_fd` and `map_value` hold. */
  readonly maps: readonly LinkedMap[];
  /** The map that a place in a section belongs to: in `.maps` the one defined there, in data the section's. */
  find(section: FileSection, off: number): number | undefined;
}

/** The maps of the object, libbpf's order: `.maps`, then data sections. A map that is not well defined is reported. */
export function mapDefinitions(object: ObjectFile, btf: BtfSpec | undefined, sink: DiagSink): MapTable {
  const maps: LinkedMap[] = [];
  const byPlace = new Map<number, number>();
  for (const { name, off, type } of definedMaps(object, btf)) {
    try {
      const map = parseMap(btf!, name, type, false);
      byPlace.set(off, maps.length);
      maps.push(map);
    } catch (error) {
      if (!(error instanceof MapError || error instanceof BtfError || error instanceof RangeError)) throw error;
      sink.error("E0606", undefined, name, error.message);
    }
  }
  const bySection = new Map<FileSection, number>();
  const arena = maps.findIndex(({ type }) => type === ARENA);
  for (const section of object.sections) {
    if (section.name === ARENA_SECTION && arena !== -1) bySection.set(section, arena);
    if (!isData(section)) continue;
    bySection.set(section, maps.length);
    maps.push(dataMap(object, section, btf));
  }
  const find = (section: FileSection, off: number) =>
    section.name === ".maps" ? byPlace.get(off) : bySection.get(section);
  return { maps, find };
}

/** What is wrong with one map. */
class MapError extends Error {
  override readonly name = "MapError";
}

const isData = ({ name, size }: FileSection): boolean => size > 0 && /^\.(data|rodata|bss)(\.|$)/.test(name);

interface Definition {
  readonly name: string;
  readonly off: number;
  readonly type: TypeId;
}

const datasec = (btf: BtfSpec | undefined, name: string): (BtfType & { kind: "datasec" }) | undefined => {
  const [id] = btf?.byName(name, "datasec") ?? [];
  const type = id === undefined ? undefined : btf!.type(id);
  return type?.kind === "datasec" ? type : undefined;
};

/** Variables of `.maps`, by place; the symbol knows the place better than BTF, where compilers leave it 0. */
function definedMaps(object: ObjectFile, btf: BtfSpec | undefined): readonly Definition[] {
  const places = new Map(object.maps.map((symbol) => [symbol.name, symbol.value]));
  const definition = ({ type: id, off }: DatasecVar): readonly Definition[] => {
    const type = btf!.type(id);
    return type.kind === "var" ? [{ name: type.name, off: places.get(type.name) ?? off, type: type.type }] : [];
  };
  return (datasec(btf, ".maps")?.vars ?? []).flatMap(definition).sort((a, b) => a.off - b.off);
}

type Draft = { -readonly [K in keyof LinkedMap]: LinkedMap[K] };

function parseMap(btf: BtfSpec, name: string, id: TypeId, isInner: boolean): LinkedMap {
  const { type } = skipModifiers(btf, id);
  if (type.kind !== "struct") throw new MapError("its type is no struct");
  const map: Draft = { name, type: 0, keySize: 0, valueSize: 0, maxEntries: 0, flags: 0, readOnly: false };
  for (const member of type.members) setKey(btf, map, member, isInner);
  if (map.type === 0) throw new MapError("it has no type");
  if (map.type === RINGBUF || map.type === USER_RINGBUF) map.maxEntries = ringSize(map.maxEntries);
  return map;
}

/** One member of the struct that defines a map. */
function setKey(btf: BtfSpec, map: Draft, member: Member, isInner: boolean): void {
  switch (member.name) {
    case "type":
      map.type = numberOf(btf, member);
      return;
    case "max_entries":
      map.maxEntries = numberOf(btf, member);
      return;
    case "map_flags":
      map.flags = numberOf(btf, member);
      return;
    case "key_size":
      map.keySize = agree(map.keySize, numberOf(btf, member), "key");
      return;
    case "value_size":
      map.valueSize = agree(map.valueSize, numberOf(btf, member), "value");
      return;
    case "key":
      map.keyType = pointee(btf, member);
      map.keySize = agree(map.keySize, sizeOf(btf, map.keyType), "key");
      return;
    case "value":
      map.valueType = pointee(btf, member);
      map.valueSize = agree(map.valueSize, sizeOf(btf, map.valueType), "value");
      return;
    case "values":
      setValues(btf, map, member, isInner);
      return;
    case "numa_node":
    case "pinning":
    case "map_extra":
      return;
    default:
      throw new MapError(`it has the unknown member '${member.name}'`);
  }
}

/** Maps in a map, or programs. */
function setValues(btf: BtfSpec, map: Draft, member: Member, isInner: boolean): void {
  const { type: array } = skipModifiers(btf, member.type);
  if (array.kind !== "array") throw new MapError("'values' is no array");
  const { type: pointer } = skipModifiers(btf, array.elem);
  if (pointer.kind !== "ptr") throw new MapError("'values' holds no pointers");
  map.valueSize = agree(map.valueSize, 4, "value");
  if (map.type === PROG_ARRAY) return;
  if (isInner || (map.type !== ARRAY_OF_MAPS && map.type !== HASH_OF_MAPS)) {
    throw new MapError("'values' is for maps of maps and program arrays");
  }
  map.inner = parseMap(btf, `${map.name}.inner`, pointer.type, true);
}

/** The number in `int (*name)[number]`. */
function numberOf(btf: BtfSpec, member: Member): number {
  const { type } = skipModifiers(btf, member.type);
  const array = type.kind === "ptr" ? skipModifiers(btf, type.type).type : undefined;
  if (array?.kind !== "array") throw new MapError(`'${member.name}' is no number`);
  return array.nelems;
}

function pointee(btf: BtfSpec, member: Member): TypeId {
  const { type } = skipModifiers(btf, member.type);
  if (type.kind !== "ptr") throw new MapError(`'${member.name}' is no pointer to a type`);
  return type.type;
}

function agree(before: number, now: number | undefined, what: string): number {
  if (now === undefined) throw new MapError(`its ${what} type has no size`);
  if (before !== 0 && before !== now) throw new MapError(`its ${what} has ${before} bytes and ${now} bytes`);
  return now;
}

/** The kernel wants a page times a power of two (libbpf.c:adjust_ringbuf_sz). */
function ringSize(size: number): number {
  let pages = PAGE_SIZE;
  while (pages < size && pages < 2 ** 31) pages *= 2;
  return size === 0 ? 0 : pages;
}

function dataMap(object: ObjectFile, section: FileSection, btf: BtfSpec | undefined): LinkedMap {
  const readOnly = section.name.startsWith(".rodata");
  const [valueType] = btf?.byName(section.name, "datasec") ?? [];
  const symbols = object.symbols.filter((s) => s.section === section);
  const hidden = new Set(symbols.filter((s) => s.hidden).map((s) => s.name));
  // Hidden variables count as static (libbpf.c:btf_fixup_datasec).
  const isShared = (datasec(btf, section.name)?.vars ?? []).some(({ type: id }) => {
    const type = btf!.type(id);
    return type.kind === "var" && type.linkage !== "static" && !hidden.has(type.name);
  });
  return {
    name: section.name,
    type: ARRAY,
    keySize: 4,
    valueSize: section.size,
    maxEntries: 1,
    flags: (readOnly ? READ_ONLY : 0) | (isShared ? MMAPABLE : 0),
    readOnly,
    ...(valueType !== undefined && { valueType }),
    places: new Map(symbols.map((s) => [s.name, s.value])),
    ...(section.type !== SHT.NOBITS && { data: section.bytes }),
  };
}

/** The map that holds Kconfig values: read-only, its contents known to the loader alone. */
export const kconfigMap = (size: number, known: NonNullable<LinkedMap["known"]>): LinkedMap => ({
  name: ".kconfig",
  type: ARRAY,
  keySize: 4,
  valueSize: size,
  maxEntries: 1,
  flags: READ_ONLY | MMAPABLE,
  readOnly: true,
  known,
});
