/** The data of an object: maps, global variables, and what it wants of the kernel by name. */
import { essentialName } from "../btf/name.ts";
import { printPrototype, printType } from "../btf/print.ts";
import { sizeOf, skipModifiers } from "../btf/resolve.ts";
import { type BtfSpec, type BtfType, isEnum, type TypeId } from "../btf/type.ts";
import type { DiagSink } from "../diag/diagnostic.ts";
import type { FileSection, FileSymbol, ObjectFile } from "../elf/object-file.ts";
import { mapTypeById } from "../kernel/maps.ts";
import type { Kernel } from "../kernel/model.ts";
import { type Extern, externTypes, resolveExterns } from "../link/externs.ts";
import { mapDefinitions } from "../link/maps.ts";
import type { LinkedMap } from "../link/model.ts";
import type { InspectedExtern, InspectedGlobal, InspectedMap } from "./inspection.ts";

/** Maps that the object defines; those that loaders make of its data sections are not among them. */
export function inspectMaps(object: ObjectFile, btf: BtfSpec | undefined, sink: DiagSink): readonly InspectedMap[] {
  const { maps } = mapDefinitions(object, btf, sink);
  return maps.filter(({ name }) => !name.startsWith(".")).map((map) => inspectMap(map, btf));
}

function inspectMap(map: LinkedMap, btf: BtfSpec | undefined): InspectedMap {
  const type = (id: TypeId | undefined) => (btf && id !== undefined ? printType(btf, id) : undefined);
  const [key, value] = [type(map.keyType), type(map.valueType)];
  return {
    name: map.name,
    type: mapTypeById(map.type)?.name ?? `type ${map.type}`,
    keySize: map.keySize,
    valueSize: map.valueSize,
    ...(key !== undefined && { key }),
    ...(value !== undefined && { value }),
    maxEntries: map.maxEntries,
    flags: map.flags,
    ...(map.inner && { inner: inspectMap(map.inner, btf) }),
  };
}

const isData = (name: string): boolean => /^\.(data|rodata|bss|addr_space\.1)(\.|$)/.test(name);

/** Variables by section, as BTF lists them; their places are the symbols', where compilers leave BTF's 0. */
export function inspectGlobals(object: ObjectFile, btf: BtfSpec): readonly InspectedGlobal[] {
  const found: InspectedGlobal[] = [];
  for (let id = 1; id < btf.typeCount; id++) {
    const datasec = btf.type(id as TypeId);
    const section = datasec.kind === "datasec" ? object.sections.find(({ name }) => name === datasec.name) : undefined;
    if (datasec.kind !== "datasec" || !section || !isData(section.name)) continue;
    const places = symbolsIn(object, section);
    for (const { type, off, size } of datasec.vars) {
      const variable = btf.type(type);
      if (variable.kind !== "var") continue;
      const at = places.get(variable.name)?.value ?? off;
      const bytes = section.bytes.subarray(at, at + size);
      const value = bytes.length === size ? valueText(btf, variable.type, bytes) : undefined;
      found.push({
        section: section.name,
        name: variable.name,
        declaration: printType(btf, variable.type, variable.name),
        off: at,
        size,
        linkage: variable.linkage,
        ...(value !== undefined && { value }),
      });
    }
  }
  return found.sort((a, b) => (a.section === b.section ? a.off - b.off : 0));
}

const symbolsIn = (object: ObjectFile, section: FileSection): ReadonlyMap<string, FileSymbol> =>
  new Map(object.symbols.filter((s) => s.section === section && s.type === "object").map((s) => [s.name, s]));

const MAX_TEXT = 120;

/** A number or a text as C writes it. */
function valueText(btf: BtfSpec, id: TypeId, bytes: Uint8Array): string | undefined {
  const { type } = skipModifiers(btf, id);
  if (type.kind === "int" && type.size <= 8) return String(numberIn(bytes, type.encoding === "signed"));
  if (isEnum(type)) return enumText(type, bytes);
  if (type.kind !== "array" || sizeOf(btf, type.elem) !== 1) return undefined;
  const text = new TextDecoder().decode(bytes).replace(/\0+$/, "");
  return /^[\n\t\x20-\x7e]*$/.test(text) && text.length <= MAX_TEXT ? JSON.stringify(text) : undefined;
}

function enumText(type: Extract<BtfType, { kind: "enum" | "enum64" }>, bytes: Uint8Array): string {
  const value = numberIn(bytes, type.signed);
  return type.values.find((one) => one.value === value)?.name ?? String(value);
}

function numberIn(bytes: Uint8Array, signed: boolean): bigint {
  let value = 0n;
  for (const [i, byte] of bytes.entries()) value |= BigInt(byte) << BigInt(8 * i);
  return signed ? BigInt.asIntN(8 * bytes.length, value) : value;
}

/** What a loader has to find: kfuncs, kernel symbols, Kconfig values. */
export function inspectExterns(
  object: ObjectFile,
  btf: BtfSpec | undefined,
  kernel: Kernel | undefined,
  sink: DiagSink,
): readonly InspectedExtern[] {
  const declared = btf ? externTypes(btf) : new Map<string, never>();
  const bound = kernel && resolveExterns(object, btf, kernel, sink).bySymbol;
  return object.symbols.flatMap((symbol): readonly InspectedExtern[] => {
    if (!symbol.undefined || symbol.binding === "local" || symbol.type !== "notype" || symbol.name === "") return [];
    const known = declared.get(symbol.name);
    const type: BtfType | undefined = known?.type;
    const kind = !type
      ? "undeclared"
      : known?.section === ".kconfig"
        ? "kconfig"
        : type.kind === "func"
          ? "kfunc"
          : "ksym";
    const declaration =
      btf && (type?.kind === "func" ? printPrototype(btf, type.type, type.name) : type && varText(btf, type));
    const extern = bound?.get(symbol.index);
    return [
      {
        name: symbol.name,
        kind,
        ...(declaration !== undefined && { declaration }),
        weak: symbol.binding === "weak",
        ...(extern && "btfId" in extern && { id: extern.btfId }),
        ...(kernel && { here: hereWords(extern, symbol.name, kernel) }),
      },
    ];
  });
}

const varText = (btf: BtfSpec, type: BtfType): string | undefined =>
  type.kind === "var" ? `extern ${printType(btf, type.type, type.name)}` : undefined;

function hereWords(extern: Extern | undefined, name: string, kernel: Kernel): NonNullable<InspectedExtern["here"]> {
  if (extern?.kind === "func" || extern?.kind === "var") return "found";
  if (extern?.kind === "address" || extern?.kind === "kconfig") return "given";
  const plain = essentialName(name);
  const isThere = [kernel.btf, ...kernel.modules].some(
    (btf) => btf.byName(plain, "func").length > 0 || btf.byName(plain, "var").length > 0,
  );
  return isThere ? "other type" : "missing";
}
