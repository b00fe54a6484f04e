/** The CO-RE records of an object in words: by function, as `at struct task_struct.comm[2]`, sorted. */
import type { CoreKind } from "../../src/btf/core.ts";
import { decodeBtfExt, type ExtCore } from "../../src/btf/ext.ts";
import { type BtfFile, openBtf } from "../../src/btf/reader.ts";
import { skipModifiers } from "../../src/btf/resolve.ts";
import type { BtfType } from "../../src/btf/type.ts";
import { readObject } from "../../src/elf/reader.ts";

const words: Readonly<Partial<Record<CoreKind, string>>> = {
  field_byte_offset: "at",
  field_byte_size: "size",
  field_exists: "exists",
  field_signed: "signed",
  field_lshift_u64: "lshift",
  field_rshift_u64: "rshift",
};

const nameOf = (type: BtfType): string => ("name" in type ? type.name : "");

function stepIn(btf: BtfFile, type: BtfType, index: number): { text: string; next: BtfType } {
  if (type.kind === "array") return { text: `[${index}]`, next: skipModifiers(btf, type.elem).type };
  if (type.kind !== "struct" && type.kind !== "union") throw new Error(`no step into ${type.kind}`);
  const member = type.members[index]!;
  return { text: member.name && `.${member.name}`, next: skipModifiers(btf, member.type).type };
}

function pathText(btf: BtfFile, { type, access, kind }: ExtCore): string {
  const [first = 0, ...rest] = access.split(":").map(Number);
  let at = skipModifiers(btf, type).type;
  if (at.kind === "enum" || at.kind === "enum64") return kind.startsWith("enumval") ? `.${at.values[first]?.name}` : "";
  let text = first === 0 ? "" : `[${first}]`;
  for (const index of rest) {
    const step = stepIn(btf, at, index);
    text += step.text;
    at = step.next;
  }
  return text;
}

/** `; ` between the records of a function, none twice. */
export function coreRecords(object: Uint8Array): ReadonlyMap<string, string> {
  const file = readObject(object);
  const btf = openBtf(file.btf!);
  const found = new Map<string, Set<string>>();
  for (const section of decodeBtfExt(file.btfExt!, (off) => btf.string(off))) {
    for (const core of section.core) {
      const func = file.funcs.find(
        (f) => f.section.name === section.name && f.off <= core.insnOff && core.insnOff < f.off + f.size,
      );
      const root = btf.type(core.type);
      const text = `${words[core.kind] ?? core.kind} ${root.kind} ${nameOf(root)}${pathText(btf, core)}`.trimEnd();
      const name = func?.name ?? section.name;
      found.set(name, (found.get(name) ?? new Set()).add(text));
    }
  }
  return new Map([...found].map(([name, texts]) => [name, [...texts].sort().join("; ")]));
}
