/** One type of the words of a BTF type section, as plain data. */
import { BtfError, intEncodings, kindNames, linkages } from "./format.ts";
import type { BtfType, DatasecVar, Enumerator, Linkage, Member, Param, TypeId } from "./type.ts";

type IntEncoding = keyof typeof intEncodings;

/** Decodes the type whose header is at word `at`. Throws `BtfError` where it goes past the end or its kind is unknown. */
export function decodeType(words: Uint32Array, at: number, stringAt: (off: number) => string): BtfType {
  const word = (i: number): number => words[i] ?? cutOff(at);
  const id = (i: number): TypeId => word(i) as TypeId;
  const info = word(at + 1);
  const flag = info >>> 31 === 1;
  const vlen = info & 0xffffff;
  const name = stringAt(word(at));
  const size = word(at + 2);
  const type = size as TypeId;
  const body = at + 3;
  const kind = kindNames[(info >>> 24) & 0x7f];
  switch (kind) {
    case "int":
      return { kind, name, size, bits: word(body) & 0xff, encoding: encodingOf(word(body) >>> 24) };
    case "ptr":
    case "volatile":
    case "const":
    case "restrict":
      return { kind, type };
    case "array":
      return { kind, elem: id(body), index: id(body + 1), nelems: word(body + 2) };
    case "struct":
    case "union":
      return { kind, name, size, members: list(vlen, body, 3, words, (i) => memberAt(word, stringAt, i, flag)) };
    case "enum":
      return {
        kind,
        name,
        size,
        signed: flag,
        values: list(vlen, body, 2, words, (i) => value32(word, stringAt, i, flag)),
      };
    case "enum64":
      return {
        kind,
        name,
        size,
        signed: flag,
        values: list(vlen, body, 3, words, (i) => value64(word, stringAt, i, flag)),
      };
    case "fwd":
      return { kind, name, of: flag ? "union" : "struct" };
    case "typedef":
      return { kind, name, type };
    case "func":
      return { kind, name, type, linkage: linkageOf(vlen) };
    case "func_proto":
      return protoOf(
        type,
        list(vlen, body, 2, words, (i) => ({ name: stringAt(word(i)), type: id(i + 1) })),
      );
    case "var":
      return { kind, name, type, linkage: linkageOf(word(body)) };
    case "datasec":
      return { kind, name, size, vars: list(vlen, body, 3, words, (i) => sectionVar(word, i)) };
    case "float":
      return { kind, name, size };
    case "decl_tag":
      return { kind, name, type, component: word(body) | 0, ...(flag && { attribute: true }) };
    case "type_tag":
      return { kind, name, type, ...(flag && { attribute: true }) };
    default:
      throw new BtfError(`BTF type of unknown kind ${(info >>> 24) & 0x7f}`);
  }
}

function cutOff(at: number): never {
  throw new BtfError(`BTF type at byte ${at * 4} is cut off`);
}

/** `vlen` elements of `each` words; refuses before it makes any if they cannot all be there. */
function list<T>(vlen: number, body: number, each: number, words: Uint32Array, item: (at: number) => T): T[] {
  if (body + vlen * each > words.length) cutOff(body - 3);
  return Array.from({ length: vlen }, (_, i) => item(body + i * each));
}

type Word = (i: number) => number;
type Text = (off: number) => string;

function memberAt(word: Word, stringAt: Text, at: number, packed: boolean): Member {
  const off = word(at + 2);
  const member = { name: stringAt(word(at)), type: word(at + 1) as TypeId };
  if (!packed) return { ...member, bitOff: off };
  const bitSize = off >>> 24;
  return { ...member, bitOff: off & 0xffffff, ...(bitSize > 0 && { bitSize }) };
}

function value32(word: Word, stringAt: Text, at: number, signed: boolean): Enumerator {
  const value = word(at + 1);
  return { name: stringAt(word(at)), value: BigInt(signed ? value | 0 : value) };
}

function value64(word: Word, stringAt: Text, at: number, signed: boolean): Enumerator {
  const value = (BigInt(word(at + 2)) << 32n) | BigInt(word(at + 1));
  return { name: stringAt(word(at)), value: signed ? BigInt.asIntN(64, value) : value };
}

const sectionVar = (word: Word, at: number): DatasecVar => ({
  type: word(at) as TypeId,
  off: word(at + 1),
  size: word(at + 2),
});

function protoOf(ret: TypeId, params: Param[]): BtfType {
  const last = params.at(-1);
  const variadic = last !== undefined && last.type === 0 && last.name === "";
  return { kind: "func_proto", ret, params: variadic ? params.slice(0, -1) : params, variadic };
}

function encodingOf(bits: number): IntEncoding {
  for (const [name, code] of Object.entries(intEncodings)) if ((bits & 0xf) === code) return name as IntEncoding;
  // gcc 12 says of a plain char that it is signed as well.
  if ((bits & 0xf) === (intEncodings.signed | intEncodings.char)) return "char";
  throw new BtfError(`BTF integer encoding ${bits}`);
}

function linkageOf(code: number): Linkage {
  return linkages[code] ?? badLinkage(code);
}

function badLinkage(code: number): never {
  throw new BtfError(`BTF linkage ${code}`);
}
