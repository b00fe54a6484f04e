/** Puts the parts of a compilation together as the object that is written: code, data, maps, externs, types. */

import type { Subprog } from "../asm/codegen/subprog.ts";
import { BtfTypes } from "../asm/sema/btf-types.ts";
import { layoutOf, sizeOf } from "../asm/sema/layout.ts";
import { stringType } from "../asm/sema/strings.ts";
import type { TExtern, TGlobal, TMap, Unit } from "../asm/sema/tree.ts";
import { UsedMembers } from "../asm/sema/used-members.ts";
import type { CoreAccess } from "../btf/core.ts";
import type { DatasecVar, TypeId } from "../btf/type.ts";
import { BtfWriter } from "../btf/writer.ts";
import type { ObjectCore, ObjectData, ObjectFunc, ObjectModel, SourceLine } from "../elf/model.ts";
import type { Insn, Line } from "../isa/insn.ts";
import { alignUp } from "../support/int.ts";
import { flatMap } from "../support/lists.ts";
import { reach } from "./reach.ts";

export interface ModelInput {
  readonly unit: Unit;
  readonly subprogs: readonly Subprog[];
  /** License to write where the file gives none. */
  readonly license?: string;
  readonly lineOf: (line: Line<unknown>) => SourceLine | undefined;
}

export function objectModel(input: ModelInput): ObjectModel {
  const { unit } = input;
  const kept = reach(unit, input.subprogs);
  const accesses = flatMap(kept.subprogs, (s) => flatMap(s.lines, (l) => (l.core ? [l.core] : [])));
  const used = new UsedMembers();
  for (const access of accesses) used.add(unit.localTypes[access.root]!, access);
  const btf = new BtfWriter();
  const types = new BtfTypes(btf, used);
  for (const map of unit.maps) holdMap(types, map);
  for (const global of kept.globals) types.holdWhole(global.type);

  const core = (access: CoreAccess): ObjectCore => {
    const root = unit.localTypes[access.root]!;
    return { kind: access.kind, type: types.id(root), access: types.accessString(root, access) };
  };
  const funcs = kept.subprogs.map((s) => objectFunc(unit, s, btf, types, core));
  const data = dataSections(kept.globals, btf, types);
  if (unit.maps.length > 0) data.push(mapSection(unit.maps, btf, types));
  if (input.license !== undefined) data.push(licenseSection(input.license, btf, types));
  const externs = unit.externs.filter((e) => kept.externs.has(e.name));
  declareExterns(externs, btf, types);
  return {
    funcs,
    data,
    externs: externs.map((e) => ({ name: e.name, weak: e.weak })),
    btf,
    lineOf: input.lineOf,
  };
}

/** Keys and values are held by the map: their types are written whole. */
function holdMap(types: BtfTypes, map: TMap): void {
  for (const field of layoutOf(map.type.decl)?.fields ?? [])
    if (field.type.kind === "ptr") types.holdWhole(field.type.to);
}

function objectFunc(
  unit: Unit,
  s: Subprog,
  btf: BtfWriter,
  types: BtfTypes,
  core: (access: CoreAccess) => ObjectCore,
): ObjectFunc {
  const source = unit.functions.find((f) => f.name === s.name)!;
  const proto = types.proto(source.type);
  const btfType = btf.add({ kind: "func", name: s.name, type: proto, linkage: source.linkage });
  for (const tag of source.declTags) types.declTag(btfType, tag, -1);
  if (source.linkage === "global")
    for (const [i, p] of source.type.params.entries())
      for (const tag of p.declTags ?? []) types.declTag(btfType, tag, i);
  return {
    name: s.name,
    section: s.section ?? ".text",
    binding: source.linkage === "static" ? "local" : source.weak ? "weak" : "global",
    hidden: source.hidden,
    btfType,
    lines: s.lines.map((line) => resolveLine(line, core)),
  };
}

function resolveLine(line: Line<CoreAccess>, core: (access: CoreAccess) => ObjectCore): Line<ObjectCore> {
  const { core: access, ...rest } = line;
  if (!access) return rest;
  const resolved = core(access);
  const insn = access.kind === "type_id_local" ? withImm(line.insn, resolved.type) : line.insn;
  return { ...rest, insn, core: resolved };
}

/** A local type id is known only now. */
function withImm(insn: Insn, id: TypeId): Insn {
  if (insn.kind === "alu") return { ...insn, src: { imm: id } };
  if (insn.kind === "ld_imm64") return { ...insn, value: { kind: "int", value: BigInt(id) } };
  return insn;
}

// ---- data ----

function dataSections(globals: readonly TGlobal[], btf: BtfWriter, types: BtfTypes): ObjectData[] {
  const bySection = new Map<string, TGlobal[]>();
  for (const g of globals) bySection.set(g.section, [...(bySection.get(g.section) ?? []), g]);
  return [...bySection].map(([name, list]) => dataSection(name, list, btf, types));
}

function dataSection(name: string, globals: readonly TGlobal[], btf: BtfWriter, types: BtfTypes): ObjectData {
  let end = 0;
  const placed = globals.map((g) => {
    const off = alignUp(end, g.align);
    end = off + g.size;
    return { g, off };
  });
  const bytes = new Uint8Array(end);
  for (const { g, off } of placed) if (g.bytes) bytes.set(g.bytes, off);
  declareVars(name, end, placed, btf, types);
  const zero = name.startsWith(".bss") && globals.every((g) => !g.bytes && g.relocs.length === 0);
  return {
    name,
    align: Math.max(1, ...globals.map((g) => g.align)),
    size: end,
    ...(!zero && { bytes }),
    writable: !name.startsWith(".rodata"),
    vars: placed.map(({ g, off }) => ({
      name: g.anonymous ? "" : g.name,
      key: g.name,
      off,
      size: g.size,
      binding: g.linkage === "static" ? "local" : g.weak ? "weak" : "global",
      hidden: g.hidden,
    })),
    relocs: placed.flatMap(({ g, off }) => g.relocs.map((r) => ({ ...r, off: off + r.off }))),
  };
}

interface PlacedGlobal {
  readonly g: TGlobal;
  readonly off: number;
}

/** VARs and their DATASEC; literals have none. */
function declareVars(
  name: string,
  size: number,
  placed: readonly PlacedGlobal[],
  btf: BtfWriter,
  types: BtfTypes,
): void {
  const vars: DatasecVar[] = [];
  for (const { g, off } of placed) {
    if (g.anonymous) continue;
    const linkage = g.linkage === "static" || g.hidden ? "static" : "global";
    const type = btf.add({ kind: "var", name: g.name, type: types.id(g.type), linkage });
    for (const tag of g.declTags) types.declTag(type, tag, -1);
    vars.push({ type, off, size: g.size });
  }
  if (vars.length > 0) btf.add({ kind: "datasec", name, size, vars });
}

function mapSection(maps: readonly TMap[], btf: BtfWriter, types: BtfTypes): ObjectData {
  let end = 0;
  const placed = maps.map((map) => {
    const off = alignUp(end, 8);
    end = off + map.size;
    return { map, off };
  });
  const vars = placed.map(({ map, off }) => ({
    type: btf.add({ kind: "var", name: map.name, type: types.id(map.type), linkage: "global" }),
    off,
    size: map.size,
  }));
  btf.add({ kind: "datasec", name: ".maps", size: end, vars });
  return {
    name: ".maps",
    align: 8,
    size: end,
    bytes: new Uint8Array(end),
    writable: true,
    vars: placed.map(({ map, off }) => ({
      name: map.name,
      key: map.name,
      off,
      size: map.size,
      binding: "global",
      hidden: false,
    })),
    relocs: placed.flatMap(({ map, off }) => map.relocs.map((r) => ({ ...r, off: off + r.off }))),
  };
}

function licenseSection(text: string, btf: BtfWriter, types: BtfTypes): ObjectData {
  const bytes = new TextEncoder().encode(`${text}\0`);
  const name = "_license";
  const size = bytes.length;
  const type = btf.add({
    kind: "var",
    name,
    type: types.id(stringType({ bytes: bytes.subarray(0, size - 1) })),
    linkage: "global",
  });
  btf.add({ kind: "datasec", name: "license", size, vars: [{ type, off: 0, size }] });
  const vars = [{ name, key: name, off: 0, size, binding: "global", hidden: false } as const];
  return { name: "license", align: 1, size, bytes, writable: true, vars, relocs: [] };
}

/**
 * FUNCs and VARs of extern linkage, in the DATASEC that names who binds them; in none for other objects'. The loader gives
 * them offsets; the sizes of Kconfig values are the compiler's, and the kernel refuses all BTF with an empty one
 * (btf.c: btf_datasec_check_meta).
 */
function declareExterns(externs: readonly TExtern[], btf: BtfWriter, types: BtfTypes): void {
  const sections = new Map<string, DatasecVar[]>();
  for (const e of externs) {
    const vars = (e.section && sections.get(e.section)) ?? [];
    if (e.section) sections.set(e.section, vars);
    if (e.type.kind === "func") {
      const type = btf.add({ kind: "func", name: e.name, type: types.proto(e.type), linkage: "extern" });
      vars.push({ type, off: 0, size: 0 });
    } else {
      const type = btf.add({ kind: "var", name: e.name, type: types.id(e.type), linkage: "extern" });
      vars.push({ type, off: 0, size: sizeOf(e.type) ?? 0 });
    }
  }
  for (const [name, vars] of sections) btf.add({ kind: "datasec", name, size: 0, vars });
}
