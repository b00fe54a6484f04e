/** What of a compilation belongs in its object: everything that the loader or the programs can name. */

import type { Subprog } from "../asm/codegen/subprog.ts";
import type { TGlobal, Unit } from "../asm/sema/tree.ts";
import type { Insn } from "../isa/insn.ts";

export interface Reached {
  /** Entry programs and global functions, and the static ones they call. */
  readonly subprogs: readonly Subprog[];
  readonly globals: readonly TGlobal[];
  readonly externs: ReadonlySet<string>;
}

/** Follows calls and addresses from programs, global functions, global variables and maps. */
export function reach(unit: Unit, subprogs: readonly Subprog[]): Reached {
  const funcs = new Map(subprogs.map((s) => [s.name, s]));
  const globals = new Map(unit.globals.map((g) => [g.name, g]));
  const seen = new Set<string>();
  const queue: string[] = [
    ...subprogs.filter((s) => s.section !== undefined || s.linkage === "global").map((s) => s.name),
    ...unit.globals.filter((g) => g.linkage === "global" || g.used).map((g) => g.name),
    ...unit.maps.flatMap((m) => m.relocs.map((r) => r.symbol)),
  ];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    for (const line of funcs.get(name)?.lines ?? []) queue.push(...namedBy(line.insn));
    for (const reloc of globals.get(name)?.relocs ?? []) queue.push(reloc.symbol);
  }
  return {
    subprogs: subprogs.filter((s) => seen.has(s.name)),
    globals: unit.globals.filter((g) => seen.has(g.name)),
    externs: new Set(unit.externs.map((e) => e.name).filter((name) => seen.has(name))),
  };
}

/** Functions, variables and externs that an instruction names. */
function namedBy(insn: Insn): string[] {
  if (insn.kind === "call" && (insn.callee.kind === "subprog" || insn.callee.kind === "kfunc"))
    return [insn.callee.name];
  if (insn.kind !== "ld_imm64") return [];
  const { value } = insn;
  return value.kind === "global" || value.kind === "func" || value.kind === "extern" ? [value.name] : [];
}
