/** Questions about C types and ways to make them. */
import type { CType, EnumDecl, FuncParam, FuncType, IntType, PtrType, Qualifiers, RecordDecl } from "./types.ts";

const int = (name: string, size: IntType["size"], signed: boolean): IntType => ({ kind: "int", name, size, signed });

/** The integer types by their canonical C spelling; plain char is signed on the BPF target. */
export const intTypes = {
  char: int("char", 1, true),
  "signed char": int("signed char", 1, true),
  "unsigned char": int("unsigned char", 1, false),
  short: int("short", 2, true),
  "unsigned short": int("unsigned short", 2, false),
  int: int("int", 4, true),
  "unsigned int": int("unsigned int", 4, false),
  long: int("long", 8, true),
  "unsigned long": int("unsigned long", 8, false),
  "long long": int("long long", 8, true),
  "unsigned long long": int("unsigned long long", 8, false),
  __int128: int("__int128", 16, true),
  "unsigned __int128": int("unsigned __int128", 16, false),
} as const;

const float = (name: string, size: number): CType => ({ kind: "float", name, size });

/** The floating types; `long double` is a double on the BPF target. */
export const floatTypes: Readonly<Record<string, CType>> = {
  float: float("float", 4),
  double: float("double", 8),
  "long double": float("long double", 8),
};

export const voidType: CType = { kind: "void" };
export const boolType: CType = { kind: "bool" };
export const intType: IntType = intTypes.int;
export const uintType: IntType = intTypes["unsigned int"];
export const longType: IntType = intTypes.long;
export const ulongType: IntType = intTypes["unsigned long"];
export const charType: IntType = intTypes.char;

/** The result type of `sizeof`. */
export const sizeType: IntType = ulongType;
export const voidPtr: PtrType = { kind: "ptr", to: voidType };

export const ptrTo = (to: CType): PtrType => ({ kind: "ptr", to });

/** Adds qualifiers; on an array they go to its elements (C11 6.7.3p9). */
export function qualify(type: CType, q: Qualifiers): CType {
  if (type.kind === "array") return { ...type, elem: qualify(type.elem, q) };
  return { ...type, q: { ...type.q, ...q } };
}

/** The address space of objects of the type: 0, or 1 for arenas. */
export const spaceOf = (type: CType): number => (type.kind === "array" ? spaceOf(type.elem) : (type.q?.space ?? 0));

/** The address space of what a pointer points to; 0 for other types. */
export const pointeeSpace = (type: CType): number => (type.kind === "ptr" ? spaceOf(type.to) : 0);

/** The type of a value: without qualifiers of its own, its sugar kept. */
export function unqualified(type: CType): CType {
  if (!type.q) return type;
  const { q: _, ...rest } = type;
  return rest as CType;
}

/** A value's type without what only matters to objects: qualifiers, a typedef's alignment and `may_alias`. */
function plain(type: CType): CType {
  if (type.align === undefined && !type.mayAlias) return unqualified(type);
  const { align: _, mayAlias: __, ...rest } = unqualified(type);
  return rest as CType;
}

/** Objects of the type are read and written atomically (C11 6.2.5p27). */
export const isAtomic = (t: CType): boolean => t.q?.atomic === true;
export const isInteger = (t: CType): boolean => t.kind === "int" || t.kind === "bool" || t.kind === "enum";
export const isScalar = (t: CType): boolean => isInteger(t) || t.kind === "ptr";
export const isPtr = (t: CType): t is PtrType => t.kind === "ptr";
export const isVoidPtr = (t: CType): boolean => t.kind === "ptr" && t.to.kind === "void";

/** The integer type an enum's values are kept in. */
export function enumUnderlying(decl: EnumDecl): IntType {
  const names = { 1: "char", 2: "short", 4: "int", 8: "long" } as const;
  const name = names[decl.size];
  if (!decl.signed) return intTypes[`unsigned ${name}` as keyof typeof intTypes];
  return name === "char" ? intTypes["signed char"] : intTypes[name];
}

/** Signedness and bytes of an integer, bool or enum. */
export function integerShape(t: CType): { readonly size: number; readonly signed: boolean } {
  if (t.kind === "int") return t;
  if (t.kind === "enum") return enumUnderlying(t.decl);
  return { size: 1, signed: false };
}

/** Integer promotion (C11 6.3.1.1). */
export function promote(t: CType): CType {
  if (t.kind === "bool") return intType;
  if (t.kind === "enum") return promote(enumUnderlying(t.decl));
  if (t.kind === "int" && t.size < 4) return intType;
  return plain(t);
}

const rank = (t: IntType): number =>
  t.size === 16 ? 5 : t.name.includes("long long") ? 4 : t.name.includes("long") ? 3 : 2;
const unsignedOf = (t: IntType): IntType => (t.signed ? intTypes[`unsigned ${t.name}` as keyof typeof intTypes] : t);

/** Usual arithmetic conversions (C11 6.3.1.8) of two integers. */
export function commonType(a: CType, b: CType): CType {
  const x = promote(a) as IntType;
  const y = promote(b) as IntType;
  if (x.name === y.name) return x;
  const [high, low] = rank(x) >= rank(y) ? [x, y] : [y, x];
  if (high.signed === low.signed || !high.signed) return high;
  return high.size > low.size ? high : unsignedOf(high);
}

/** Same type but for sugar; with `qualifiers`, those count as well. */
export function sameType(a: CType, b: CType, qualifiers = false): boolean {
  if (a === b) return true;
  if (spaceOf(a) !== spaceOf(b) || isAtomic(a) !== isAtomic(b)) return false;
  if (qualifiers && (!a.q?.const !== !b.q?.const || !a.q?.volatile !== !b.q?.volatile)) return false;
  switch (a.kind) {
    case "void":
    case "bool":
      return a.kind === b.kind;
    case "int":
    case "float":
      return b.kind === a.kind && a.name === b.name;
    case "ptr":
      return b.kind === "ptr" && sameType(a.to, b.to, qualifiers);
    case "array":
      return (
        b.kind === "array" &&
        sameType(a.elem, b.elem, qualifiers) &&
        (a.length === undefined || b.length === undefined || a.length === b.length)
      );
    case "record":
      return b.kind === "record" && sameRecord(a.decl, b.decl);
    case "enum":
      return b.kind === "enum" && (a.decl === b.decl || (a.decl.tag !== "" && a.decl.tag === b.decl.tag));
    case "func":
      return b.kind === "func" && sameFunction(a, b);
  }
}

/**
 * Compatible in the sense of C11 6.2.7, what is asked of types by name: qualifiers count but for the outermost, and an
 * enum is its integer type.
 */
export function compatibleTypes(a: CType, b: CType): boolean {
  const [left, right] = [bare(a), bare(b)];
  if (left.kind === "enum" && right.kind === "int") return sameType(enumUnderlying(left.decl), right);
  if (right.kind === "enum" && left.kind === "int") return sameType(enumUnderlying(right.decl), left);
  return sameType(left, right, true);
}

/** Without qualifiers of its own or of its elements; an atomic type stays one. */
function bare(t: CType): CType {
  if (t.kind === "array") return { ...unqualified(t), elem: bare(t.elem) } as CType;
  return isAtomic(t) ? ({ ...t, q: { atomic: true } } as CType) : unqualified(t);
}

/** One declaration, or two of the kernel's of one name (its BTF may hold a name more than once). */
const sameRecord = (a: RecordDecl, b: RecordDecl): boolean =>
  a === b ||
  (a.tag !== "" && a.tag === b.tag && a.of === b.of && a.kernelType !== undefined && b.kernelType !== undefined);

function sameFunction(a: FuncType, b: FuncType): boolean {
  if (!sameType(a.ret, b.ret)) return false;
  if (a.unspecified || b.unspecified) return true;
  return (
    a.variadic === b.variadic &&
    a.params.length === b.params.length &&
    a.params.every((p, i) => sameType(p.type, b.params[i]!.type))
  );
}

const qualifierText = (q: Qualifiers | undefined): string =>
  `${q?.space ? `__attribute__((address_space(${q.space}))) ` : ""}${q?.const ? "const " : ""}${q?.volatile ? "volatile " : ""}${q?.atomic ? "_Atomic " : ""}${q?.restrict ? "restrict " : ""}`;

const paramText = (p: FuncParam): string => typeText(p.type);

/** A type as C writes it, around `inner` (a name, a `*`, ...). Uses typedef names where the program did. */
export function typeText(type: CType, inner = ""): string {
  const around = inner === "" ? "" : ` ${inner}`;
  const q = qualifierText(type.q);
  if (type.sugar) return `${q}${type.sugar.name}${around}`;
  switch (type.kind) {
    case "void":
      return `${q}void${around}`;
    case "bool":
      return `${q}_Bool${around}`;
    case "int":
    case "float":
      return `${q}${type.name}${around}`;
    case "record":
      return `${q}${type.decl.of} ${type.decl.tag || "(anonymous)"}${around}`;
    case "enum":
      return `${q}enum ${type.decl.tag || "(anonymous)"}${around}`;
    case "ptr":
      return pointerText(type, inner);
    case "array":
      return typeText(type.elem, `${inner}[${type.length ?? ""}]`);
    case "func": {
      const params = [...type.params.map(paramText), ...(type.variadic ? ["..."] : [])].join(", ");
      return typeText(type.ret, `${inner}(${params || (type.unspecified ? "" : "void")})`);
    }
  }
}

function pointerText(type: PtrType, inner: string): string {
  const star = `*${qualifierText(type.q)}${inner}`.trimEnd();
  const wraps = (type.to.kind === "array" || type.to.kind === "func") && !type.to.sugar;
  return typeText(type.to, wraps ? `(${star})` : star);
}
