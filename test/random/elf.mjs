// Just enough of ELF for objects of both compilers: sections with their bytes, symbols, and relocations by section.

const SECTION_HEADER = 64;
const SYMBOL = 24;

const textAt = (bytes, at) => bytes.toString("utf8", at, bytes.indexOf(0, at));

function sectionsOf(file) {
  const [start, count, names] = [Number(file.readBigUInt64LE(40)), file.readUInt16LE(60), file.readUInt16LE(62)];
  const rows = Array.from({ length: count }, (_, index) => {
    const at = start + index * SECTION_HEADER;
    const [offset, size] = [Number(file.readBigUInt64LE(at + 24)), Number(file.readBigUInt64LE(at + 32))];
    const type = file.readUInt32LE(at + 4);
    const bytes = type === 8 ? Buffer.alloc(size) : Buffer.from(file.subarray(offset, offset + size));
    return { index, nameAt: file.readUInt32LE(at), type, bytes, info: file.readUInt32LE(at + 44) };
  });
  return rows.map((row) => ({ ...row, name: textAt(rows[names].bytes, row.nameAt) }));
}

function symbolsOf(sections) {
  const table = sections.find(({ type }) => type === 2);
  const names = sections.find(({ name }) => name === ".strtab");
  return Array.from({ length: table.bytes.length / SYMBOL }, (_, index) => {
    const at = index * SYMBOL;
    return {
      name: textAt(names.bytes, table.bytes.readUInt32LE(at)),
      section: table.bytes.readUInt16LE(at + 6),
      value: Number(table.bytes.readBigUInt64LE(at + 8)),
      size: Number(table.bytes.readBigUInt64LE(at + 16)),
    };
  });
}

/** { sections, symbols, relocations: Map of section index to Map of offset to { type, symbol } }. */
export function readElf(file) {
  const sections = sectionsOf(file);
  const symbols = symbolsOf(sections);
  const relocations = new Map();
  for (const { type, bytes, info } of sections) {
    if (type !== 9) continue;
    const rows = new Map();
    for (let at = 0; at < bytes.length; at += 16) {
      const word = bytes.readBigUInt64LE(at + 8);
      rows.set(Number(bytes.readBigUInt64LE(at)), {
        type: Number(word & 0xffffffffn),
        symbol: symbols[Number(word >> 32n)],
      });
    }
    relocations.set(info, rows);
  }
  return { sections, symbols, relocations };
}
