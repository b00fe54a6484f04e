/**
 * The index of a BTF blob: where each type starts, and which types and enumerators have a name. It is made in one pass,
 * kept beside an embedded kernel as words that are used where they lie, and rebuilt in memory for any other BTF.
 *
 *   words: magic, version, type words, string bytes, types, name buckets, names, enum buckets, enumerators, tags
 *          type starts[types]                      word offset of each type
 *          bucket starts[buckets + 1], ids[names]  types by hash of the name, ascending in a bucket; a name with a
 *                                                  flavour (`x___y`) is also under `x`
 *          bucket starts[buckets + 1], (id, index)[enumerators]
 *          ids[tags]                               declaration tags
 *
 * Ids are counted from the first type of this blob, so an index does not depend on a base.
 */
import { type BtfBlob, hostIsLittle, wordsOf } from "./blob.ts";
import { BtfError, kindNames, kindWords } from "./format.ts";
import { essentialLength, hashAt } from "./name.ts";

export interface BtfIndex {
  readonly starts: Uint32Array;
  readonly nameBuckets: Uint32Array;
  readonly names: Uint32Array;
  readonly enumBuckets: Uint32Array;
  readonly enumerators: Uint32Array;
  readonly tags: Uint32Array;
}

const INDEX_MAGIC = 0x58495442; // "BTIX"
const INDEX_VERSION = 1;
const HEADER_WORDS = 10;

const KIND_DECL_TAG = kindNames.indexOf("decl_tag");
const KIND_ENUM = kindNames.indexOf("enum");
const KIND_ENUM64 = kindNames.indexOf("enum64");

/**
 * One pass over the types. `base` holds the strings of the BTF that this one stands on. Throws `BtfError` where a type
 * goes past the end or is of no known kind.
 */
export function makeIndex(blob: BtfBlob, base?: Uint8Array): BtfIndex {
  const { words } = blob;
  const firstString = base?.length ?? 0;
  const starts: number[] = [];
  const named: number[] = []; // pairs: hash, id
  const enumerators: number[] = []; // triples: hash, id, index
  const tags: number[] = [];
  for (let at = 0; at < words.length; ) {
    const id = starts.length;
    starts.push(at);
    const next = endOfType(words, at, id);
    const info = words[at + 1]!;
    const kind = (info >>> 24) & 0x7f;
    const nameOff = words[at]!;
    if (nameOff !== 0) {
      const table = nameOff < firstString ? base! : blob.strings;
      const from = nameOff < firstString ? nameOff : nameOff - firstString;
      if (from >= table.length) throw new BtfError(`BTF type ${id + 1} has a name past the strings`);
      named.push(hashAt(table, from), id);
      const essential = essentialLength(table, from);
      if (table[from + essential] !== 0) named.push(hashAt(table, from, from + essential), id);
    }
    if (kind === KIND_ENUM || kind === KIND_ENUM64) {
      const each = kindWords[kind]![1];
      const vlen = info & 0xffffff;
      for (let i = 0; i < vlen; i++) {
        const off = words[at + 3 + i * each]!;
        const hash = off < firstString ? hashAt(base!, off) : hashAt(blob.strings, off - firstString);
        enumerators.push(hash, id, i);
      }
    } else if (kind === KIND_DECL_TAG) tags.push(id);
    at = next;
  }
  const byName = group(named, 2);
  const byEnumerator = group(enumerators, 3);
  return {
    starts: Uint32Array.from(starts),
    nameBuckets: byName.starts,
    names: byName.items,
    enumBuckets: byEnumerator.starts,
    enumerators: byEnumerator.items,
    tags: Uint32Array.from(tags),
  };
}

function endOfType(words: Uint32Array, at: number, id: number): number {
  const info = words[at + 1];
  if (info === undefined) throw new BtfError(`BTF type ${id + 1} is cut off`);
  const kind = (info >>> 24) & 0x7f;
  const shape = kind === 0 ? undefined : kindWords[kind];
  if (!shape) throw new BtfError(`BTF type ${id + 1} is of unknown kind ${kind}`);
  const end = at + 3 + shape[0] + shape[1] * (info & 0xffffff);
  if (end > words.length) throw new BtfError(`BTF type ${id + 1} is cut off`);
  return end;
}

/** Sorts (hash, ...) records by bucket, keeping their order inside one; drops the hash. */
function group(records: readonly number[], width: number): { starts: Uint32Array; items: Uint32Array } {
  const count = records.length / width;
  let buckets = 1;
  while (buckets < count) buckets *= 2;
  const starts = new Uint32Array(buckets + 1);
  for (let r = 0; r < records.length; r += width) starts[(records[r]! & (buckets - 1)) + 1]!++;
  for (let b = 0; b < buckets; b++) starts[b + 1]! += starts[b]!;
  const fill = starts.slice();
  const items = new Uint32Array(count * (width - 1));
  for (let r = 0; r < records.length; r += width) {
    const slot = fill[records[r]! & (buckets - 1)]!++ * (width - 1);
    for (let k = 1; k < width; k++) items[slot + k - 1] = records[r + k]!;
  }
  return { starts, items };
}

/** The index as the words of a file. */
export function encodeIndex(blob: BtfBlob, index: BtfIndex): Uint8Array {
  const parts = [index.starts, index.nameBuckets, index.names, index.enumBuckets, index.enumerators, index.tags];
  const counts = [index.starts.length, index.nameBuckets.length - 1, index.names.length];
  counts.push(index.enumBuckets.length - 1, index.enumerators.length / 2, index.tags.length);
  const header = [INDEX_MAGIC, INDEX_VERSION, blob.words.length, blob.strings.length, ...counts];
  const all = Uint32Array.from([...header, ...parts.flatMap((p) => Array.from(p))]);
  if (hostIsLittle) return new Uint8Array(all.buffer);
  const out = new DataView(new ArrayBuffer(all.length * 4));
  all.forEach((word, i) => {
    out.setUint32(i * 4, word, true);
  });
  return new Uint8Array(out.buffer);
}

/** Views on a written index, or undefined where it belongs to another blob or version: the caller makes one anew. */
export function decodeIndex(bytes: Uint8Array, blob: BtfBlob): BtfIndex | undefined {
  const words = wordsOf(bytes, true);
  const [magic, version, typeWords, stringBytes, types, nameBuckets, names, enumBuckets, enumerators, tags] = words;
  if (magic !== INDEX_MAGIC || version !== INDEX_VERSION) return undefined;
  if (typeWords !== blob.words.length || stringBytes !== blob.strings.length) return undefined;
  const lengths = [types!, nameBuckets! + 1, names!, enumBuckets! + 1, enumerators! * 2, tags!];
  if (HEADER_WORDS + lengths.reduce((sum, n) => sum + n, 0) !== words.length) return undefined;
  let at = HEADER_WORDS;
  const parts = lengths.map((n) => {
    at += n;
    return words.subarray(at - n, at);
  });
  return {
    starts: parts[0]!,
    nameBuckets: parts[1]!,
    names: parts[2]!,
    enumBuckets: parts[3]!,
    enumerators: parts[4]!,
    tags: parts[5]!,
  };
}
