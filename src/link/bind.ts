/**
 * One function of an object with its relocations applied: maps, globals, externs and CO-RE values are numbers, and calls
 * know the function that they reach. Distances between functions come later, when they lie behind one another.
 */
import { coreText } from "../btf/core-text.ts";
import type { ExtCore, ExtLine, ExtSection } from "../btf/ext.ts";
import type { BtfSpec, TypeId } from "../btf/type.ts";
import type { DiagSink } from "../diag/diagnostic.ts";
import type { SourceLine } from "../elf/model.ts";
import { type FileFunc, type FileReloc, type FileSymbol, isCode, type ObjectFile } from "../elf/object-file.ts";
import { DecodeError, decodeInsns } from "../isa/decode.ts";
import { type Callee, type Imm64, type Insn, slotCount } from "../isa/insn.ts";
import type { Kernel } from "../kernel/model.ts";
import { type CoreResults, isPoisoned, patchCore } from "./core.ts";
import type { Extern, ExternTable } from "./externs.ts";
import type { MapTable } from "./maps.ts";
import { placesOf } from "./places.ts";

export interface BoundInsn {
  /** Distances of `subprog_off` and `func_off` mean nothing where `target` is set. */
  readonly insn: Insn;
  /** Slots from the start of the function. */
  readonly slot: number;
  readonly line?: SourceLine;
  /** The function that is called, or whose address is taken. */
  readonly target?: FileFunc;
  /** What the kernel does not have, where that makes the instruction one that must never run. */
  readonly missing?: string;
}

export interface BoundFunc {
  readonly func: FileFunc;
  readonly insns: readonly BoundInsn[];
  readonly slots: number;
  readonly btfType?: TypeId;
}

/** What names of the object mean, the same for all its functions. */
export interface Bindings {
  readonly object: ObjectFile;
  readonly btf?: BtfSpec;
  readonly ext: ReadonlyMap<string, ExtSection>;
  readonly maps: MapTable;
  readonly externs: ExternTable;
  /** Index of the map that Kconfig values are in. */
  readonly kconfigMap: number;
  readonly kernel: Kernel;
  readonly core: CoreResults;
  readonly sink: DiagSink;
}

/** The function, or undefined after reporting what is wrong with it; missing externs have been reported before. */
export function bindFunc(func: FileFunc, cx: Bindings): BoundFunc | undefined {
  if (func.relocs.some(({ symbol }) => symbol.undefined && !cx.externs.bySymbol.has(symbol.index))) return undefined;
  const before = cx.sink.errorCount;
  const decoded = decode(func, cx.sink);
  if (!decoded) return undefined;
  const ext = cx.ext.get(func.section.name);
  const riders: Riders = {
    relocs: new Map(func.relocs.map((reloc) => [reloc.off, reloc])),
    core: new Map(within(ext?.core ?? [], func).map((record) => [record.insnOff, record])),
    lines: within(ext?.lines ?? [], func),
  };
  const insns: BoundInsn[] = [];
  const slots = bindInsns(insns, decoded, riders, func, cx);
  if (cx.sink.errorCount > before) return undefined;
  const type = ext?.funcs.find((record) => record.insnOff === func.off)?.type;
  return { func, insns, slots, ...(type !== undefined && { btfType: type }) };
}

/** What rides on the instructions of a function; offsets count from the start of its section. */
interface Riders {
  readonly relocs: ReadonlyMap<number, FileReloc>;
  readonly core: ReadonlyMap<number, ExtCore>;
  readonly lines: readonly ExtLine[];
}

/** Binds one instruction after the other, and tells how many slots they fill. */
function bindInsns(
  insns: BoundInsn[],
  decoded: readonly Insn[],
  { relocs, core, lines }: Riders,
  func: FileFunc,
  cx: Bindings,
): number {
  let slot = 0;
  let next = 0;
  let line: SourceLine | undefined;
  for (let i = 0; i < decoded.length; i++) {
    const insn = decoded[i]!;
    const off = func.off + slot * 8;
    for (; next < lines.length && lines[next]!.insnOff <= off; next++) line = sourceLine(lines[next]!);
    const reloc = relocs.get(off);
    const record = core.get(off);
    if (!reloc && !record && insn.kind !== "call" && insn.kind !== "ld_imm64") {
      insns.push(boundAt(slot++, line, insn));
    } else {
      slot = bindNamed(insns, insn, line, { func, slot, off, reloc, core: record, cx });
    }
  }
  return slot;
}

/** Binds an instruction that may name something; the slot behind it. */
function bindNamed(insns: BoundInsn[], insn: Insn, line: SourceLine | undefined, place: Place): number {
  let { slot } = place;
  for (const { insn: final, target, missing } of bindInsn(insn, place)) {
    insns.push(boundAt(slot, line, final, target, missing));
    slot += slotCount(final);
  }
  return slot;
}

/** Members that have nothing to say are left out. Most instructions have a line alone: these are of one shape for the engine. */
function boundAt(
  slot: number,
  line: SourceLine | undefined,
  insn: Insn,
  target?: FileFunc,
  missing?: string,
): BoundInsn {
  if (!target && !missing) return line ? { insn, slot, line } : { insn, slot };
  return { insn, slot, ...(line && { line }), ...(target && { target }), ...(missing && { missing }) };
}

function decode(func: FileFunc, sink: DiagSink): readonly Insn[] | undefined {
  try {
    return decodeInsns(func.bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    sink.error("E0603", undefined, func.name, error.slot, error.message);
    return undefined;
  }
}

const within = <R extends { readonly insnOff: number }>(records: readonly R[], func: FileFunc): readonly R[] =>
  records.filter(({ insnOff }) => insnOff >= func.off && insnOff < func.off + func.size);

const sourceLine = ({ file, line, column, text }: ExtLine): SourceLine => ({ file, line, column, text });

interface Place {
  readonly func: FileFunc;
  readonly slot: number;
  /** Bytes from the start of the section. */
  readonly off: number;
  readonly reloc: FileReloc | undefined;
  readonly core: ExtCore | undefined;
  readonly cx: Bindings;
}

type Bound = Omit<BoundInsn, "slot" | "line">;

/** Usually one instruction; a poisoned `ld_imm64` becomes two. */
function bindInsn(insn: Insn, place: Place): readonly Bound[] {
  const { core, reloc, cx } = place;
  const patched =
    core && cx.btf ? patchCore(insn, core, { ...cx, btf: cx.btf, func: place.func.name, slot: place.slot }) : [insn];
  if (core && cx.btf && patched.every(isPoisoned)) {
    const missing = coreText(cx.btf, core);
    return patched.map((one) => ({ insn: one, missing }));
  }
  const [only] = patched as [Insn];
  if (only.kind === "call") return [bindCall(only.callee, place)];
  if (only.kind === "ld_imm64") return [bindImm64(only, place)];
  if (reloc) refuse(place, reloc.symbol);
  return [{ insn: only }];
}

function refuse({ func, slot, cx }: Place, symbol: FileSymbol): void {
  cx.sink.error("E0604", undefined, func.name, slot, symbol.name);
}

function bindCall(callee: Callee, place: Place): Bound {
  const insn: Insn = { kind: "call", callee };
  const { reloc, cx, func } = place;
  if (callee.kind !== "subprog_off") {
    if (reloc) refuse(place, reloc.symbol);
    return { insn };
  }
  if (reloc?.symbol.undefined) return { insn: { kind: "call", callee: externCallee(reloc.symbol, place) } };
  const section = reloc ? reloc.symbol.section : func.section;
  const start = reloc ? reloc.symbol.value + (callee.off + 1) * 8 : place.off + (callee.off + 1) * 8;
  const target = section && functionAt(cx.object, section.name, start);
  if (!target) cx.sink.error("E0605", undefined, func.name, place.slot);
  return target ? { insn, target } : { insn };
}

/** libbpf calls functions of `.text` only (libbpf.c:bpf_program__record_reloc). */
const functionAt = (object: ObjectFile, section: string, off: number): FileFunc | undefined =>
  section === ".text" ? placesOf(object).func(section, off) : undefined;

function externCallee(symbol: FileSymbol, place: Place): Callee {
  const extern = place.cx.externs.bySymbol.get(symbol.index);
  if (extern?.kind === "func") return { kind: "kfunc_id", btfId: extern.btfId, off: extern.fd };
  if (extern?.kind === "missing") return { kind: "helper", id: extern.poison };
  refuse(place, symbol);
  return { kind: "kfunc", name: symbol.name };
}

function bindImm64(insn: Extract<Insn, { kind: "ld_imm64" }>, place: Place): Bound {
  const { value } = insn;
  const { reloc, func, cx } = place;
  if (value.kind === "func_off" && !reloc) {
    return addressOf(insn, func.section.name, place.off + (value.off + 1) * 8, place);
  }
  if (!reloc) return { insn: { ...insn, value: withoutMap(value) } };
  const { symbol } = reloc;
  const addend = addendOf(value);
  if (addend !== undefined && symbol.section && isCode(symbol.section)) {
    return addressOf(insn, symbol.section.name, symbol.value + addend, place);
  }
  const bound = addend === undefined ? undefined : boundValue(symbol, addend, cx);
  if (!bound) refuse(place, symbol);
  return { insn: bound ? { ...insn, value: bound } : insn };
}

/** A descriptor that stands in the object itself means nothing: the loader opens maps of its own. */
function withoutMap(value: Imm64): Imm64 {
  if (value.kind === "map_fd" || value.kind === "map_value") return { ...value, fd: -1 };
  return value.kind === "map_idx" || value.kind === "map_idx_value" ? { ...value, idx: -1 } : value;
}

/** The number that a relocation adds to, which stands in the instruction; compilers leave the kind of address open. */
function addendOf(value: Imm64): number | undefined {
  if (value.kind === "func_off") return value.off;
  return value.kind === "int" ? Number(BigInt.asIntN(32, value.value)) : undefined;
}

function addressOf(insn: Insn, section: string, off: number, { cx, func, slot }: Place): Bound {
  const target = functionAt(cx.object, section, off);
  if (target) return { insn, target };
  cx.sink.error("E0605", undefined, func.name, slot);
  return { insn };
}

/** What the loader puts into an `ld_imm64` that held `addend`. */
function boundValue(symbol: FileSymbol, addend: number, cx: Bindings): Imm64 | undefined {
  if (symbol.undefined) {
    const extern = cx.externs.bySymbol.get(symbol.index);
    return extern && externValue(extern, symbol.name, cx.kconfigMap);
  }
  if (!symbol.section) return undefined;
  const fd = cx.maps.find(symbol.section, symbol.value);
  if (fd === undefined) return undefined;
  if (symbol.section.name === ".maps") return { kind: "map_fd", fd };
  return { kind: "map_value", fd, off: (symbol.value + addend) | 0 };
}

function externValue(extern: Extern, name: string, kconfigMap: number): Imm64 {
  switch (extern.kind) {
    case "func":
    case "var":
      return { kind: "btf_id", btfId: extern.btfId, fd: extern.fd };
    case "missing":
      return { kind: "int", value: 0n };
    case "address":
      return { kind: "extern", name };
    case "kconfig":
      return { kind: "map_value", fd: kconfigMap, off: extern.off };
  }
}
