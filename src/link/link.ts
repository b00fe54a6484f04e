/**
 * What a loader does between opening an object and loading its programs: each entry program gets the subprograms that it
 * needs behind it, and every name becomes a number. tools/lib/bpf/libbpf.c:bpf_object__relocate.
 */
import { decodeBtfExt, type ExtSection } from "../btf/ext.ts";
import { BtfError } from "../btf/format.ts";
import { type BtfFile, openBtf } from "../btf/reader.ts";
import type { DiagSink } from "../diag/diagnostic.ts";
import type { FileFunc, ObjectFile } from "../elf/object-file.ts";
import type { Insn } from "../isa/insn.ts";
import type { Kernel } from "../kernel/model.ts";
import { parseSection } from "../kernel/sections.ts";
import { type Bindings, type BoundFunc, type BoundInsn, bindFunc } from "./bind.ts";
import { exceptionTags, subprogNamed } from "./exceptions.ts";
import { resolveExterns } from "./externs.ts";
import { kconfigMap, mapDefinitions } from "./maps.ts";
import type { LinkedFunc, LinkedInsn, LinkedMap, LinkedProgram, StructOpUse } from "./model.ts";
import { structOpUses } from "./struct-ops.ts";

/** Instructions that a kernel takes at most in one program (BPF_COMPLEXITY_LIMIT_INSNS). */
const MAX_SLOTS = 1_000_000;

/**
 * The programs of an object as `kernel` would get them, in the order of their sections. What cannot be linked is
 * reported, and the programs that need it are left out.
 */
export function linkObject(object: ObjectFile, kernel: Kernel, sink: DiagSink): readonly LinkedProgram[] {
  return readingBtf(".BTF", sink, () => linkPrograms(object, kernel, sink)) ?? [];
}

function linkPrograms(object: ObjectFile, kernel: Kernel, sink: DiagSink): readonly LinkedProgram[] {
  const btf = object.btf && openBtf(object.btf);
  const defined = mapDefinitions(object, btf, sink);
  const externs = resolveExterns(object, btf, kernel, sink);
  const { kconfigSize, kconfigKnown } = externs;
  const maps = kconfigSize > 0 ? [...defined.maps, kconfigMap(kconfigSize, kconfigKnown)] : defined.maps;
  const bindings: Bindings = {
    object,
    ...(btf && { btf }),
    ext: btf && object.btfExt ? readExt(object.btfExt, btf, sink) : new Map(),
    maps: defined,
    externs,
    kconfigMap: defined.maps.length,
    kernel,
    core: new Map(),
    sink,
  };
  const bound = new Map<FileFunc, BoundFunc | undefined>();
  const bind = (func: FileFunc): BoundFunc | undefined => {
    if (!bound.has(func)) bound.set(func, bindFunc(func, bindings));
    return bound.get(func);
  };
  const uses = structOpUses(object, btf);
  const tags = exceptionTags(btf);
  return object.funcs.flatMap((func) => {
    if (func.section.name === ".text") return [];
    if (func.binding === "local") sink.error("E0612", undefined, func.name, func.section.name);
    const type = func.binding === "local" ? undefined : bind(func)?.btfType;
    const callbacks = (type === undefined ? undefined : tags.get(type)) ?? [];
    const behind = callbacks.flatMap((name) => subprogNamed(object, name) ?? []);
    const program = func.binding === "local" ? undefined : linkProgram(func, behind, bind, sink);
    return program ? [describe(program, object, maps, btf, uses.get(func) ?? [], callbacks)] : [];
  });
}

function readExt(bytes: Uint8Array, btf: BtfFile, sink: DiagSink): ReadonlyMap<string, ExtSection> {
  const sections = readingBtf(".BTF.ext", sink, () => decodeBtfExt(bytes, (off) => btf.string(off)));
  return new Map(sections?.map((section) => [section.name, section]));
}

/** Types are decoded when they are asked for, so damage may show late; wherever it does, it is reported. */
function readingBtf<T>(section: string, sink: DiagSink, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BtfError || error instanceof RangeError)) throw error;
    sink.error("E0602", undefined, section, error.message);
    return undefined;
  }
}

/** A function at its place in a program. */
interface Placed {
  readonly bound: BoundFunc;
  /** Slots from the start of the program. */
  readonly slot: number;
}

/**
 * The functions of a program, the entry first, others where they are first referred to, depth first; then those in
 * `behind`, which nothing refers to.
 */
function linkProgram(
  entry: FileFunc,
  behind: readonly FileFunc[],
  bind: (func: FileFunc) => BoundFunc | undefined,
  sink: DiagSink,
): readonly Placed[] | undefined {
  const placed: Placed[] = [];
  const seen = new Set<FileFunc>();
  let slots = 0;
  /** Functions whose references are being followed, with how far. */
  const open: { readonly bound: BoundFunc; next: number }[] = [];
  const enter = (func: FileFunc): boolean => {
    const bound = bind(func);
    if (!bound) return false;
    seen.add(func);
    placed.push({ bound, slot: slots });
    slots += bound.slots;
    open.push({ bound, next: 0 });
    return true;
  };
  for (const func of [entry, ...behind]) {
    if (seen.has(func)) continue;
    if (!enter(func)) return undefined;
    while (open.length > 0) {
      const top = open.at(-1)!;
      const target = nextTarget(top, seen);
      if (!target) open.pop();
      else if (!enter(target)) return undefined;
      if (slots > MAX_SLOTS) {
        sink.error("E0611", undefined, entry.name, MAX_SLOTS);
        return undefined;
      }
    }
  }
  return placed;
}

/** The next function that is referred to and has no place yet. */
function nextTarget(
  at: { readonly bound: BoundFunc; next: number },
  seen: ReadonlySet<FileFunc>,
): FileFunc | undefined {
  const { insns } = at.bound;
  while (at.next < insns.length) {
    const { target } = insns[at.next++]!;
    if (target && !seen.has(target)) return target;
  }
  return undefined;
}

function describe(
  placed: readonly Placed[],
  object: ObjectFile,
  maps: readonly LinkedMap[],
  btf: BtfFile | undefined,
  structOps: readonly StructOpUse[],
  exceptionCallbacks: readonly string[],
): LinkedProgram {
  const [{ bound: entry }] = placed as [Placed];
  const info = parseSection(entry.func.section.name);
  const starts = new Map(placed.map(({ bound, slot }) => [bound.func, slot]));
  const insns: LinkedInsn[] = [];
  const funcs: LinkedFunc[] = [];
  for (const { bound, slot } of placed) {
    const start = insns.length;
    placeInsns(insns, bound.insns, slot, starts);
    funcs.push(linkedFunc(bound, start, insns.length, bound === entry));
  }
  return {
    name: entry.func.name,
    section: entry.func.section.name,
    ...(info && { info }),
    ...(info?.progType === "STRUCT_OPS" && { structOps }),
    insns,
    funcs,
    ...(exceptionCallbacks.length > 0 && { exceptionCallbacks }),
    maps,
    license: object.license,
    ...(btf && { btf }),
  };
}

function placeInsns(
  insns: LinkedInsn[],
  bound: readonly BoundInsn[],
  slot: number,
  starts: ReadonlyMap<FileFunc, number>,
): void {
  for (let i = 0; i < bound.length; i++) insns.push(placedInsn(bound[i]!, slot, starts));
}

/** The instruction of a function that begins at a slot; in the first function most are what they are. */
function placedInsn(bound: BoundInsn, slot: number, starts: ReadonlyMap<FileFunc, number>): LinkedInsn {
  const { insn, slot: local, line, target, missing } = bound;
  if (slot === 0 && !target) return bound;
  const at = slot + local;
  const final = target ? withDistance(insn, starts.get(target)! - at - 1) : insn;
  if (missing) return { insn: final, slot: at, ...(line && { line }), missing };
  return line ? { insn: final, slot: at, line } : { insn: final, slot: at };
}

/** Hidden subprograms count as static (libbpf.c:bpf_object_fixup_btf). */
const linkedFunc = ({ func, btfType }: BoundFunc, start: number, end: number, isEntry: boolean): LinkedFunc => ({
  name: func.name,
  start,
  end,
  linkage: isEntry || (func.binding !== "local" && !func.hidden) ? "global" : "static",
  ...(btfType !== undefined && { btfType }),
});

function withDistance(insn: Insn, off: number): Insn {
  if (insn.kind === "call") return { kind: "call", callee: { kind: "subprog_off", off } };
  return insn.kind === "ld_imm64" ? { ...insn, value: { kind: "func_off", off } } : insn;
}
