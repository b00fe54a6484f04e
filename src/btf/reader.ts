/** Opens a BTF blob for reading: types are decoded one by one, when asked for, and found through the index. */
import { type BtfBlob, openBlob } from "./blob.ts";
import { decodeType } from "./decode.ts";
import { BtfError, kindNames } from "./format.ts";
import { type BtfIndex, decodeIndex, encodeIndex, makeIndex } from "./index-table.ts";
import { essentialName, hashAt, isNameAt, nameBytes, textAt } from "./name.ts";
import { type Candidate, nearestNames } from "./nearest.ts";
import type { BtfKind, BtfSpec, BtfType, TypeId } from "./type.ts";

/** BTF that came from bytes, with what the format adds to the bare types. */
export interface BtfFile extends BtfSpec {
  readonly base?: BtfFile;
  /** Length of the string table, base included. */
  readonly stringEnd: number;
  /** The string at an offset of the string table. Throws `BtfError` past its end. */
  string(off: number): string;
  /** Types of these kinds whose name is `name` once flavours (`___x`) are taken off both; base first. */
  flavours(name: string, kinds: readonly BtfKind[]): readonly TypeId[];
  /** What declaration tags of that text hang on (component -1), ascending; base first. */
  tagged(tag: string): readonly TypeId[];
  /** At most `max` names of these kinds that begin with `prefix`, each once, in the order of the types. */
  prefixed(prefix: string, kinds: readonly BtfKind[], max: number): readonly string[];
}

export interface OpenOptions {
  /** The kernel's BTF, under a module's. */
  readonly base?: BtfFile;
  /** What `buildBtfIndex` made of the same bytes; without it one pass over the types makes it here. */
  readonly index?: Uint8Array;
}

/** Raw BTF, or an ELF file that holds some. Throws `BtfError` for bytes that are neither. */
export function openBtf(bytes: Uint8Array, options: OpenOptions = {}): BtfFile {
  const blob = openBlob(bytes);
  const known = options.index && !options.base ? decodeIndex(options.index, blob) : undefined;
  return new Reader(blob, known ?? makeIndex(blob, options.base && stringsOf(options.base)), options.base);
}

/** The index of a kernel's BTF as a file to keep beside it. Throws `BtfError` as `openBtf` does. */
export function buildBtfIndex(bytes: Uint8Array): Uint8Array {
  const blob = openBlob(bytes);
  return encodeIndex(blob, makeIndex(blob));
}

function stringsOf(base: BtfFile): Uint8Array {
  if (!(base instanceof Reader) || base.base) throw new BtfError("BTF can only stand on a kernel's own BTF");
  return base.blob.strings;
}

const VOID_TYPE: BtfType = { kind: "void" };

class Reader implements BtfFile {
  readonly blob: BtfBlob;
  readonly base?: BtfFile;
  readonly typeCount: number;
  readonly stringEnd: number;
  readonly #index: BtfIndex;
  /** Id of the first type of this blob. */
  readonly #first: number;
  readonly #firstString: number;
  readonly #types: (BtfType | undefined)[] = [];
  #tagged?: ReadonlyMap<string, readonly TypeId[]>;

  constructor(blob: BtfBlob, index: BtfIndex, base: BtfFile | undefined) {
    this.blob = blob;
    this.#index = index;
    if (base) this.base = base;
    this.#first = base?.typeCount ?? 1;
    this.#firstString = base?.stringEnd ?? 0;
    this.typeCount = this.#first + index.starts.length;
    this.stringEnd = this.#firstString + blob.strings.length;
  }

  type(id: TypeId): BtfType {
    if (id === 0) return VOID_TYPE;
    if (id < this.#first && this.base) return this.base.type(id);
    const local = id - this.#first;
    let type = this.#types[local];
    if (!type) {
      const at = this.#index.starts[local];
      if (at === undefined || !(id > 0)) throw new RangeError(`no BTF type ${id} among ${this.typeCount}`);
      type = decodeType(this.blob.words, at, (off) => this.string(off));
      this.#types[local] = type;
    }
    return type;
  }

  string(off: number): string {
    if (off < this.#firstString && this.base) return this.base.string(off);
    const from = off - this.#firstString;
    if (from >= this.blob.strings.length) throw new BtfError(`BTF string offset ${off} is past the strings`);
    return textAt(this.blob.strings, from);
  }

  byName(name: string, kind: BtfKind): readonly TypeId[] {
    const found = this.base ? [...this.base.byName(name, kind)] : [];
    const bytes = nameBytes(name);
    const code = kindNames.indexOf(kind);
    for (const local of this.#bucket(bytes)) {
      if (this.#kindCode(local) === code && this.#isName(this.#nameOff(local), bytes))
        found.push((local + this.#first) as TypeId);
    }
    return found;
  }

  flavours(name: string, kinds: readonly BtfKind[]): readonly TypeId[] {
    const found = this.base ? [...this.base.flavours(name, kinds)] : [];
    const essential = essentialName(name);
    for (const local of this.#bucket(nameBytes(essential))) {
      if (!kinds.includes(kindNames[this.#kindCode(local)]!)) continue;
      if (essentialName(this.string(this.#nameOff(local))) === essential) found.push((local + this.#first) as TypeId);
    }
    return found;
  }

  enumerator(name: string): readonly { readonly type: TypeId; readonly index: number }[] {
    const found = this.base ? [...this.base.enumerator(name)] : [];
    const bytes = nameBytes(name);
    const { enumBuckets, enumerators, starts } = this.#index;
    const bucket = hashAt(bytes, 0) & (enumBuckets.length - 2);
    for (let i = enumBuckets[bucket]!; i < enumBuckets[bucket + 1]!; i++) {
      const [local, index] = [enumerators[i * 2]!, enumerators[i * 2 + 1]!];
      const each = kindNames[this.#kindCode(local)] === "enum64" ? 3 : 2;
      const nameOff = this.blob.words[starts[local]! + 3 + index * each] ?? 0;
      if (this.#isName(nameOff, bytes)) found.push({ type: (local + this.#first) as TypeId, index });
    }
    return found;
  }

  nearest(name: string, kinds: readonly BtfKind[], max: number): readonly string[] {
    return nearestNames(name, this.#candidates(kinds), max);
  }

  prefixed(prefix: string, kinds: readonly BtfKind[], max: number): readonly string[] {
    const wanted = new TextEncoder().encode(prefix);
    const found = new Set<string>();
    for (const { bytes, from } of this.#candidates(kinds)) {
      if (found.size >= max) break;
      if (bytes[from] !== 0 && wanted.every((byte, i) => bytes[from + i] === byte)) found.add(textAt(bytes, from));
    }
    return [...found];
  }

  tagged(tag: string): readonly TypeId[] {
    this.#tagged ??= this.#readTags();
    const own = this.#tagged.get(tag) ?? [];
    return this.base ? [...this.base.tagged(tag), ...own] : own;
  }

  /** Names of some kinds, as bytes, so that a search need not make strings of them. */
  *#candidates(kinds: readonly BtfKind[]): Generator<Candidate> {
    if (this.base instanceof Reader) yield* this.base.#candidates(kinds);
    const codes = new Set(kinds.map((kind) => kindNames.indexOf(kind as (typeof kindNames)[number])));
    for (let local = 0; local < this.#index.starts.length; local++) {
      const nameOff = this.#nameOff(local);
      if (nameOff < this.#firstString || !codes.has(this.#kindCode(local))) continue;
      yield { bytes: this.blob.strings, from: nameOff - this.#firstString };
    }
  }

  #readTags(): ReadonlyMap<string, readonly TypeId[]> {
    const byTag = new Map<string, TypeId[]>();
    for (const local of this.#index.tags) {
      const tag = this.type((local + this.#first) as TypeId);
      if (tag.kind !== "decl_tag" || tag.component !== -1) continue;
      const ids = byTag.get(tag.name);
      if (ids) ids.push(tag.type);
      else byTag.set(tag.name, [tag.type]);
    }
    for (const ids of byTag.values()) ids.sort((a, b) => a - b);
    return byTag;
  }

  /** Local numbers of the types that may have that name. One that is there by both its names comes twice in a row. */
  *#bucket(name: Uint8Array): Generator<number> {
    const { nameBuckets, names } = this.#index;
    const bucket = hashAt(name, 0) & (nameBuckets.length - 2);
    const end = nameBuckets[bucket + 1]!;
    let last = -1;
    for (let i = nameBuckets[bucket]!; i < end; i++) {
      const local = names[i]!;
      if (local !== last) yield local;
      last = local;
    }
  }

  #nameOff(local: number): number {
    return this.blob.words[this.#index.starts[local]!]!;
  }

  #kindCode(local: number): number {
    return (this.blob.words[this.#index.starts[local]! + 1]! >>> 24) & 0x7f;
  }

  #isName(nameOff: number, name: Uint8Array): boolean {
    if (nameOff < this.#firstString) return this.base instanceof Reader && this.base.#isName(nameOff, name);
    return isNameAt(this.blob.strings, nameOff - this.#firstString, name);
  }
}
