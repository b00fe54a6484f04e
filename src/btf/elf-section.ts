/** Finds one section of an ELF64 file by name; all that reading BTF out of a vmlinux or an object needs. */
import { BtfError } from "./format.ts";

const SHT_NOBITS = 8;

/** Bytes of the first section of that name, or undefined. Throws `BtfError` where the file's own tables lie. */
export function findElfSection(bytes: Uint8Array, name: string): Uint8Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const need = (at: number, size: number): void => {
    if (at < 0 || at + size > bytes.length) throw new BtfError("the ELF file ends inside its section table");
  };
  need(0, 64);
  if (view.getUint8(4) !== 2) throw new BtfError("the ELF file is not a 64-bit one");
  const little = view.getUint8(5) === 1;
  const word64 = (at: number): number => Number(view.getBigUint64(at, little));
  const tableOff = word64(40);
  const entrySize = view.getUint16(58, little);
  if (tableOff === 0) return undefined;
  if (entrySize < 64) throw new BtfError(`the ELF file has section headers of ${entrySize} bytes`);
  need(tableOff, entrySize);
  // counts that do not fit the header are in the first section header
  const count = view.getUint16(60, little) || word64(tableOff + 32);
  const stringsIdx =
    view.getUint16(62, little) === 0xffff ? view.getUint32(tableOff + 40, little) : view.getUint16(62, little);
  need(tableOff, count * entrySize);

  const body = (header: number): Uint8Array => {
    const [off, size] = [word64(header + 24), word64(header + 32)];
    need(off, size);
    return bytes.subarray(off, off + size);
  };
  if (stringsIdx >= count) throw new BtfError("the ELF file has no section names");
  const names = body(tableOff + stringsIdx * entrySize);
  for (let i = 1; i < count; i++) {
    const header = tableOff + i * entrySize;
    if (view.getUint32(header + 4, little) === SHT_NOBITS) continue;
    if (nameIs(names, view.getUint32(header, little), name)) return body(header);
  }
  return undefined;
}

function nameIs(names: Uint8Array, off: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) if (names[off + i] !== name.charCodeAt(i)) return false;
  return names[off + name.length] === 0;
}
