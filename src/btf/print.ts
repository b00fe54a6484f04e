/** BTF types as C text, for messages and listings. */
import type { BtfSpec, BtfType, TypeId } from "./type.ts";

/** Declarators nest at most so deep; a chain that is longer is a cycle and ends in `...`. */
const MAX_DEPTH = 64;

/** The words for the type at the bottom of a declaration; undefined: its name. */
export type BaseWords = (id: TypeId) => string | undefined;

/**
 * A declaration of `name` with that type, or the type alone: `struct sk_buff *skb`, `int (*)(void *)`, `char [16]`.
 * `base` may have other words than its name for the type that all else is made of.
 */
export function printType(btf: BtfSpec, id: TypeId, name = "", base?: BaseWords): string {
  return declare({ btf, base }, id, name, "", MAX_DEPTH);
}

/** A function by its FUNC or FUNC_PROTO type: `bool bpf_session_is_return(void *ctx)`. */
export function printPrototype(btf: BtfSpec, id: TypeId, name?: string): string {
  const type = btf.type(id);
  if (type.kind === "func") return printPrototype(btf, type.type, name ?? type.name);
  return printType(btf, id, name ?? "");
}

type Chained = BtfType & { readonly type: TypeId };

interface Cx {
  readonly btf: BtfSpec;
  readonly base: BaseWords | undefined;
}

/** `inner` is the declarator built so far, `quals` the qualifiers that apply to the type at `id`. */
function declare(cx: Cx, id: TypeId, inner: string, quals: string, depth: number): string {
  if (depth <= 0) return join("...", inner);
  const type = cx.btf.type(id);
  switch (type.kind) {
    case "const":
    case "volatile":
    case "restrict":
      return qualify(cx, type, inner, quals, depth);
    case "type_tag":
      return declare(cx, type.type, inner, quals, depth - 1);
    case "ptr": {
      const star = quals ? join(`*${quals.trim()}`, inner) : `*${inner}`;
      return declare(cx, type.type, needsParens(cx.btf, type.type) ? `(${star})` : star, "", depth - 1);
    }
    case "array":
      return declare(cx, type.elem, `${inner}[${type.nelems === 0 ? "" : type.nelems}]`, quals, depth - 1);
    case "func_proto":
      return declare(cx, type.ret, `${inner}(${parameters(cx, type, depth)})`, "", depth - 1);
    default:
      return join(quals + (cx.base?.(id) ?? baseName(type)), inner);
  }
}

function qualify(cx: Cx, type: Chained, inner: string, quals: string, depth: number): string {
  const word = type.kind === "restrict" ? "__restrict" : type.kind;
  return declare(cx, type.type, inner, quals.includes(word) ? quals : `${quals}${word} `, depth - 1);
}

function parameters(cx: Cx, type: BtfType & { kind: "func_proto" }, depth: number): string {
  const texts = type.params.map((p) => declare(cx, p.type, p.name, "", depth - 1));
  if (type.variadic) texts.push("...");
  return texts.length > 0 ? texts.join(", ") : "void";
}

/** Whether a pointer to that type is written with parentheses: to arrays and functions. */
function needsParens(btf: BtfSpec, id: TypeId): boolean {
  let type = btf.type(id);
  for (let i = 0; i < MAX_DEPTH && (type.kind === "type_tag" || type.kind === "const" || type.kind === "volatile"); i++)
    type = btf.type(type.type);
  return type.kind === "array" || type.kind === "func_proto";
}

function baseName(type: BtfType): string {
  switch (type.kind) {
    case "void":
      return "void";
    case "struct":
    case "union":
      return `${type.kind} ${type.name || "{...}"}`;
    case "fwd":
      return `${type.of} ${type.name}`;
    case "enum":
    case "enum64":
      return `enum ${type.name || "{...}"}`;
    default:
      return "name" in type ? type.name : type.kind;
  }
}

/** A blank between words, none before brackets: `char *p`, `char [4]`, `int (*)(void)`. */
const join = (base: string, inner: string): string => (inner ? `${base} ${inner}` : base);
