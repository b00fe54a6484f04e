/** CO-RE accesses in words: the type and the path that a record asks about, for messages. */
import type { CoreKind } from "./core.ts";
import type { BtfSpec, BtfType, TypeId } from "./type.ts";

interface Access {
  readonly type: TypeId;
  readonly access: string;
  readonly kind: CoreKind;
}

/** Typedefs and qualifiers that may stand in a row, in BTF from anywhere. */
const MOST_STEPS = 64;

/** `struct task_struct.pid`, `enum state.READY`, `struct gone`; what cannot be followed is left out. */
export function coreText(btf: BtfSpec, { type, access, kind }: Access): string {
  const indices = access.split(":").map(Number);
  const whole = typeName(btf, type);
  if (kind.startsWith("enumval")) return `'${whole}${enumerator(btf, type, indices[0] ?? -1)}'`;
  return kind.startsWith("type") ? `'${whole}'` : `'${whole}${path(btf, type, indices.slice(1))}'`;
}

function typeName(btf: BtfSpec, id: TypeId): string {
  const type = btf.type(id);
  if (!("name" in type) || type.name === "") return type.kind;
  return type.kind === "typedef" || type.kind === "int"
    ? type.name
    : `${type.kind.replace("enum64", "enum")} ${type.name}`;
}

type Modifier = Extract<BtfType, { kind: "typedef" | "const" | "volatile" | "restrict" | "type_tag" }>;
const modifiers: ReadonlySet<string> = new Set(["typedef", "const", "volatile", "restrict", "type_tag"]);
const isModifier = (type: BtfType): type is Modifier => modifiers.has(type.kind);

/** The type behind typedefs and qualifiers. */
function plain(btf: BtfSpec, from: TypeId): TypeId {
  let id = from;
  for (let i = 0; i < MOST_STEPS; i++) {
    const type = btf.type(id);
    if (!isModifier(type)) return id;
    id = type.type;
  }
  return id;
}

function enumerator(btf: BtfSpec, id: TypeId, index: number): string {
  const type = btf.type(plain(btf, id));
  const found = "values" in type ? type.values[index] : undefined;
  return found ? `.${found.name}` : "";
}

/** Members by name, elements by number; anonymous members are stepped over. */
function path(btf: BtfSpec, root: TypeId, indices: readonly number[]): string {
  let text = "";
  let id = root;
  for (const index of indices) {
    const type = btf.type(plain(btf, id));
    if (type.kind === "struct" || type.kind === "union") {
      const member = type.members[index];
      if (!member) return text;
      if (member.name !== "") text += `.${member.name}`;
      id = member.type;
    } else if (type.kind === "array") {
      text += `[${index}]`;
      id = type.elem;
    } else return text;
  }
  return text;
}
