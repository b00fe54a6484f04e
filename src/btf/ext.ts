/** `.BTF.ext`: which function, source line and CO-RE relocation belongs to an instruction, by program section. */
import { bug } from "../support/bug.ts";
import { ByteWriter } from "../support/bytes.ts";
import { type CoreKind, coreKinds } from "./core.ts";
import { BTF_MAGIC, BTF_VERSION, BtfError } from "./format.ts";
import type { TypeId } from "./type.ts";
import type { BtfWriter } from "./writer.ts";

/** Offsets of instructions are in bytes from the start of the section. */
export interface ExtFunc {
  readonly insnOff: number;
  /** A FUNC type. */
  readonly type: TypeId;
}
export interface ExtLine {
  readonly insnOff: number;
  readonly file: string;
  readonly text: string;
  readonly line: number;
  readonly column: number;
}
export interface ExtCore {
  readonly insnOff: number;
  /** Root type of the access. */
  readonly type: TypeId;
  readonly access: string;
  readonly kind: CoreKind;
}

/** The records of one program section, each list ascending by `insnOff`. */
export interface ExtSection {
  readonly name: string;
  readonly funcs: readonly ExtFunc[];
  readonly lines: readonly ExtLine[];
  readonly core: readonly ExtCore[];
}

const HEADER_SIZE = 32;
/** `line_col` of a line record is `line << 10 | column` (BPF_LINE_INFO_LINE_NUM of uapi/linux/bpf.h). */
const COLUMN_BITS = 10;
const MAX_COLUMN = (1 << COLUMN_BITS) - 1;
const MAX_LINE = 2 ** (32 - COLUMN_BITS) - 1;

type List = "funcs" | "lines" | "core";

/** Bytes of `.BTF.ext`; its strings go into `writer`, which must be finished afterwards. Columns past 1023 become 1023. */
export function encodeBtfExt(sections: readonly ExtSection[], writer: BtfWriter): Uint8Array {
  const funcs = part(sections, "funcs", 8, writer, (out, f) => out.u32(f.insnOff).u32(f.type));
  const lines = part(sections, "lines", 16, writer, (out, l) => {
    const place = Math.min(l.line, MAX_LINE) * (MAX_COLUMN + 1) + Math.min(l.column, MAX_COLUMN);
    out.u32(l.insnOff).u32(writer.string(l.file)).u32(writer.string(l.text)).u32(place);
  });
  const core = part(sections, "core", 16, writer, (out, c) => {
    out.u32(c.insnOff).u32(c.type).u32(writer.string(c.access)).u32(coreKinds.indexOf(c.kind));
  });
  const out = new ByteWriter().u16(BTF_MAGIC).u8(BTF_VERSION).u8(0).u32(HEADER_SIZE);
  let off = 0;
  for (const bytes of [funcs, lines, core]) {
    out.u32(off).u32(bytes.length);
    off += bytes.length;
  }
  return out.bytes(funcs).bytes(lines).bytes(core).finish();
}

function part<K extends List>(
  sections: readonly ExtSection[],
  kept: K,
  recordSize: number,
  writer: BtfWriter,
  record: (out: ByteWriter, item: ExtSection[K][number]) => void,
): Uint8Array {
  const out = new ByteWriter();
  for (const section of sections) {
    const items = section[kept] as readonly ExtSection[K][number][];
    if (items.length === 0) continue;
    if (out.length === 0) out.u32(recordSize);
    out.u32(writer.string(section.name)).u32(items.length);
    let last = -1;
    for (const item of items) {
      if (item.insnOff < last) bug(`${kept} of ${section.name} are not in the order of instructions`);
      last = item.insnOff;
      record(out, item);
    }
  }
  return out.finish();
}

/** A section that is being read. */
interface Kept {
  readonly name: string;
  readonly funcs: ExtFunc[];
  readonly lines: ExtLine[];
  readonly core: ExtCore[];
}

/**
 * The sections of a `.BTF.ext` blob, in the order in which they are first named. `stringAt` reads the string table of
 * the object's `.BTF` (`BtfFile.string`). Throws `BtfError` for bytes that are none.
 */
export function decodeBtfExt(bytes: Uint8Array, stringAt: (off: number) => string): readonly ExtSection[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 24) throw new BtfError(".BTF.ext is shorter than its header");
  const little = view.getUint16(0, true) === BTF_MAGIC;
  if (!little && view.getUint16(0, false) !== BTF_MAGIC) throw new BtfError(".BTF.ext does not start with its magic");
  const u32 = (at: number): number => {
    if (at + 4 > bytes.length) throw new BtfError(".BTF.ext ends inside a record");
    return view.getUint32(at, little);
  };
  const headerSize = u32(4);
  if (headerSize < 24 || headerSize > bytes.length) throw new BtfError(`.BTF.ext header of ${headerSize} bytes`);

  const found = new Map<string, Kept>();
  const sectionOf = (name: string): Kept => {
    let section = found.get(name);
    if (!section) {
      section = { name, funcs: [], lines: [], core: [] };
      found.set(name, section);
    }
    return section;
  };

  /** Each string is read once: most are named again and again. */
  const strings = new Map<number, string>();
  const text = (off: number): string => {
    const known = strings.get(off);
    if (known !== undefined) return known;
    const made = stringAt(off);
    strings.set(off, made);
    return made;
  };

  /** Walks the blocks of a list whose offset and length are at `field` of the header. */
  const walk = (
    field: number,
    least: number,
    records: (section: Kept, at: number, end: number, size: number) => void,
  ) => {
    const start = headerSize + u32(field);
    const end = start + u32(field + 4);
    if (end > bytes.length) throw new BtfError(".BTF.ext list goes past its end");
    if (end === start) return;
    const size = u32(start);
    if (size < least) throw new BtfError(`.BTF.ext records of ${size} bytes`);
    let at = start + 4;
    while (at < end) {
      const name = text(u32(at));
      const count = u32(at + 4);
      at += 8;
      if (count === 0 || at + count * size > end) throw new BtfError(`.BTF.ext has ${count} records for ${name}`);
      const last = at + count * size;
      records(sectionOf(name), at, last, size);
      at = last;
    }
  };

  walk(8, 8, ({ funcs }, from, last, size) => {
    for (let at = from; at < last; at += size) funcs.push({ insnOff: u32(at), type: u32(at + 4) as TypeId });
  });
  walk(16, 16, ({ lines }, from, last, size) => {
    for (let at = from; at < last; at += size) {
      const place = u32(at + 12);
      const [line, column] = [place >>> COLUMN_BITS, place & MAX_COLUMN];
      lines.push({ insnOff: u32(at), file: text(u32(at + 4)), text: text(u32(at + 8)), line, column });
    }
  });
  if (headerSize < HEADER_SIZE) return [...found.values()];
  walk(24, 16, ({ core }, from, last, size) => {
    for (let at = from; at < last; at += size) {
      const kind = coreKinds[u32(at + 12)];
      if (kind === undefined) throw new BtfError(`CO-RE relocation kind ${u32(at + 12)}`);
      core.push({ insnOff: u32(at), type: u32(at + 4) as TypeId, access: text(u32(at + 8)), kind });
    }
  });
  return [...found.values()];
}
