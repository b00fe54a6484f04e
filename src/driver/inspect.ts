/** Reads any BPF object, whoever made it, and tells what is in it. */
import { printTypes } from "../btf/c-text.ts";
import type { ExtSection } from "../btf/ext.ts";
import { BtfError } from "../btf/format.ts";
import { printPrototype } from "../btf/print.ts";
import { type BtfFile, openBtf } from "../btf/reader.ts";
import type { BtfSpec } from "../btf/type.ts";
import { DiagSink } from "../diag/diagnostic.ts";
import type { FileFunc } from "../elf/object-file.ts";
import { readObject } from "../elf/reader.ts";
import { slotCount } from "../isa/insn.ts";
import type { Kernel, SectionInfo } from "../kernel/model.ts";
import { parseSection } from "../kernel/sections.ts";
import { extOf, type ListedFunc, listObject } from "../link/listing.ts";
import { inspectCore } from "./inspect-core.ts";
import { inspectExterns, inspectGlobals, inspectMaps } from "./inspect-data.ts";
import { INSPECTION_VERSION, type InspectedFunction, type InspectedProgram, type Inspection } from "./inspection.ts";

export interface InspectOptions {
  /** Whose ids, offsets and prototypes are wanted; without one, only what the object itself says. */
  readonly kernel?: Kernel;
}

/**
 * What a BPF object of any compiler holds. Throws `ElfError` for bytes that are no object; what is wrong inside is told in
 * `problems`.
 */
export function inspect(bytes: Uint8Array, { kernel }: InspectOptions = {}): Inspection {
  const object = readObject(bytes);
  const problems: string[] = [];
  const tried = <T>(what: string, read: () => T, otherwise: T): T => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof BtfError || error instanceof RangeError)) throw error;
      problems.push(`${what}: ${error.message}`);
      return otherwise;
    }
  };
  const btf = tried(".BTF", () => object.btf && openBtf(object.btf), undefined);
  const sink = new DiagSink();
  const listed = listObject(object);
  const ext = extOf(object);
  const functions = tried("functions", () => listed.map((one) => inspectFunction(one, ext, btf)), []);
  const made: Inspection = {
    version: INSPECTION_VERSION,
    ...(kernel && { kernel: kernel.name }),
    license: object.license,
    programs: functions.flatMap((one, i) => (isProgram(listed[i]!.func) ? [inspectProgram(one, kernel)] : [])),
    functions: functions.filter((_, i) => !isProgram(listed[i]!.func)),
    maps: tried("maps", () => inspectMaps(object, btf, sink), []),
    globals: tried("globals", () => (btf ? inspectGlobals(object, btf) : []), []),
    externs: tried("externs", () => inspectExterns(object, btf, kernel, sink), []),
    core: tried("CO-RE relocations", () => (btf ? inspectCore(listed, btf, kernel) : []), []),
    types: tried("types", () => (btf ? printTypes(btf) : ""), ""),
    problems,
  };
  problems.push(...sink.diagnostics.map(({ text }) => text));
  if (!btf && object.sections.some(({ name }) => name === ".maps"))
    problems.push(".maps: the object has no BTF, which alone tells what the maps are");
  return made;
}

const isProgram = ({ section, binding }: FileFunc): boolean => section.name !== ".text" && binding !== "local";

function inspectFunction(
  { func, rows }: ListedFunc,
  ext: ReadonlyMap<string, ExtSection>,
  btf: BtfFile | undefined,
): InspectedFunction {
  const record = ext.get(func.section.name)?.funcs.find(({ insnOff }) => insnOff === func.off);
  const prototype = btf && record && printPrototype(btf, record.type);
  return {
    name: func.name,
    section: func.section.name,
    ...(prototype !== undefined && { prototype }),
    linkage: func.binding === "local" || func.hidden ? "static" : func.binding,
    insns: rows.filter(({ insn }) => insn).length,
    slots: rows.reduce((sum, { insn }) => sum + (insn ? slotCount(insn) : 1), 0),
  };
}

function inspectProgram(func: InspectedFunction, kernel: Kernel | undefined): InspectedProgram {
  const info = parseSection(func.section);
  const targetPrototype = kernel && info && prototypeIn(kernel.btf, info);
  return {
    ...func,
    ...(info && { type: info.progType }),
    ...(info?.attachType !== undefined && { attachType: info.attachType }),
    ...(info?.target !== undefined && { target: info.target }),
    sleepable: info?.sleepable ?? false,
    optional: func.section.startsWith("?"),
    ...(targetPrototype !== undefined && { targetPrototype }),
  };
}

/** The function that the program hangs on, where the section names one. */
function prototypeIn(btf: BtfSpec, { target, needsBtfTarget, btfPrefix }: SectionInfo): string | undefined {
  if (target === undefined || !needsBtfTarget || btfPrefix === "btf_trace_") return undefined;
  const [id] = btf.byName((btfPrefix ?? "") + target, "func");
  return id === undefined ? undefined : printPrototype(btf, id);
}
