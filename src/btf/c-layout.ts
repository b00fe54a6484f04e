/** How C would lay out a struct of BTF, and where the real layout has to be forced on it: packing and padding. */
import { alignUp } from "../support/int.ts";
import { sizeOf, skipModifiers } from "./resolve.ts";
import type { BtfSpec, BtfType, RecordType, TypeId } from "./type.ts";

/** What a record's definition in C needs beyond its members. */
export interface CLayout {
  readonly packed: boolean;
  /** Bits to leave free before each member; whole bytes where the member is no bit-field. */
  readonly gaps: readonly number[];
  /** Bytes to leave free at the end. */
  readonly tail: number;
}

/** Alignments worked out so far; 1 while one is being worked out, which ends types that hold themselves. */
type Known = Map<TypeId, number>;
const known = new WeakMap<BtfSpec, Known>();

/** Alignment in bytes as C has it for 64-bit BPF; 1 for what has none. */
export function alignOf(btf: BtfSpec, from: TypeId): number {
  const { id, type } = skipModifiers(btf, from);
  switch (type.kind) {
    case "int":
    case "float":
    case "enum":
    case "enum64":
      return Math.max(1, Math.min(type.size, 16));
    case "ptr":
      return 8;
    case "array":
    case "struct":
    case "union":
      return alignOnce(btf, id, type);
    default:
      return 1;
  }
}

function alignOnce(btf: BtfSpec, id: TypeId, type: RecordType | Extract<BtfType, { kind: "array" }>): number {
  const all: Known = known.get(btf) ?? new Map();
  known.set(btf, all);
  let align = all.get(id);
  if (align === undefined) {
    all.set(id, 1);
    deep++;
    try {
      align = deep > MAX_NESTING ? 1 : alignOfWhole(btf, type);
    } finally {
      deep--;
    }
    all.set(id, align);
  }
  return align;
}

/** Records and arrays inside one another that are looked into, and how many the one being worked out is in. */
const MAX_NESTING = 500;
let deep = 0;

const alignOfWhole = (btf: BtfSpec, type: RecordType | Extract<BtfType, { kind: "array" }>): number => {
  if (type.kind === "array") return alignOf(btf, type.elem);
  return isPacked(btf, type) ? 1 : widest(btf, type);
};

const widest = (btf: BtfSpec, record: RecordType): number =>
  record.members.reduce((most, m) => Math.max(most, alignOf(btf, m.type)), 1);

function isPacked(btf: BtfSpec, record: RecordType): boolean {
  if (record.members.some((m) => !m.bitSize && m.bitOff % (8 * alignOf(btf, m.type)) !== 0)) return true;
  return record.size % widest(btf, record) !== 0;
}

/** What C must be told so that the members lie where BTF has them. */
export function layoutOf(btf: BtfSpec, record: RecordType): CLayout {
  const packed = isPacked(btf, record);
  const isUnion = record.kind === "union";
  let end = 0;
  const gaps = record.members.map((m) => {
    const align = packed ? 8 : 8 * alignOf(btf, m.type);
    const free = m.bitOff - (m.bitSize ? end : alignUp(end, align));
    const size = m.bitSize || 8 * (sizeOf(btf, m.type) ?? 0);
    end = isUnion ? Math.max(end, size) : m.bitOff + size;
    if (isUnion || free <= 0) return 0;
    return m.bitSize && crossesUnit(btf, m.type, m.bitOff, m.bitSize, free) ? 0 : free;
  });
  const natural = alignUp(end, packed ? 8 : 8 * widest(btf, record));
  const tail = isUnion ? 0 : Math.max(0, record.size - natural / 8);
  return { packed, gaps, tail };
}

/** A bit-field that would not fit the rest of its unit begins the next one by itself. */
function crossesUnit(btf: BtfSpec, type: TypeId, bitOff: number, bitSize: number, free: number): boolean {
  const unit = 8 * (sizeOf(btf, type) ?? 1);
  const before = bitOff - free;
  return bitOff % unit === 0 && Math.floor(before / unit) !== Math.floor((before + bitSize - 1) / unit);
}
