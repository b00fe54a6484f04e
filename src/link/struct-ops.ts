/**
 * Which operations a program is: the structs of operations in `.struct_ops` and `.struct_ops.link`, whose relocations name
 * the programs. The section of a program only says that it is one. tools/lib/bpf/libbpf.c:bpf_object__collect_st_ops_relos
 */
import { essentialName } from "../btf/name.ts";
import { skipModifiers } from "../btf/resolve.ts";
import type { BtfSpec, RecordType, TypeId } from "../btf/type.ts";
import type { FileFunc, FileReloc, FileSymbol, ObjectFile } from "../elf/object-file.ts";
import type { StructOpUse } from "./model.ts";
import { placesOf } from "./places.ts";

/** `?.struct_ops.link` and its kin; a leading `?` keeps the loader from making the struct. */
const SECTION = /^(\?)?\.struct_ops(\.link)?$/;

/** The uses of each function that a struct of operations of the object names. */
export function structOpUses(
  object: ObjectFile,
  btf: BtfSpec | undefined,
): ReadonlyMap<FileFunc, readonly StructOpUse[]> {
  const uses = new Map<FileFunc, StructOpUse[]>();
  if (!btf) return uses;
  const places = placesOf(object);
  for (const section of object.sections) {
    const match = SECTION.exec(section.name);
    if (!match) continue;
    const types = variableTypes(btf, section.name);
    for (const reloc of object.relocs.get(section.index) ?? []) {
      const variable = places.variable(section.name, reloc.off);
      const struct = variable && types.get(variable.name);
      const func = programOf(object, reloc);
      if (!variable || !struct || !func) continue;
      const use = useAt(struct, variable, reloc.off - variable.value, match[1] === "?");
      const known = uses.get(func);
      if (use && known) known.push(use);
      else if (use) uses.set(func, [use]);
    }
  }
  return uses;
}

/** The structs of the variables of a data section, by name. */
function variableTypes(btf: BtfSpec, section: string): ReadonlyMap<string, RecordType> {
  const types = new Map<string, RecordType>();
  const [id] = btf.byName(section, "datasec");
  const list = id === undefined ? undefined : btf.type(id);
  if (list?.kind !== "datasec") return types;
  for (const { type } of list.vars) {
    const variable = btf.type(type);
    const struct = variable.kind === "var" ? structOf(btf, variable.type) : undefined;
    if (variable.kind === "var" && struct) types.set(variable.name, struct);
  }
  return types;
}

function structOf(btf: BtfSpec, id: TypeId): RecordType | undefined {
  const { type } = skipModifiers(btf, id);
  return type.kind === "struct" ? type : undefined;
}

/** The program that begins where the symbol stands: the number in the data does not count. */
function programOf(object: ObjectFile, { symbol }: FileReloc): FileFunc | undefined {
  return symbol.section && placesOf(object).func(symbol.section.name, symbol.value);
}

function useAt(struct: RecordType, variable: FileSymbol, off: number, optional: boolean): StructOpUse | undefined {
  const member = struct.members.find(({ bitOff }) => bitOff === off * 8);
  if (!member || struct.name === "") return undefined;
  return { variable: variable.name, struct: essentialName(struct.name), member: member.name, optional };
}
