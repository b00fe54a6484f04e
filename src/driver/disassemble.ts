/** Any BPF object as data and as text: source line, place, bytes, instruction, relocation, what the verifier knows. */
import { printType } from "../btf/print.ts";
import { type BtfFile, openBtf } from "../btf/reader.ts";
import type { SourceLine } from "../elf/model.ts";
import type { ObjectFile } from "../elf/object-file.ts";
import { readObject } from "../elf/reader.ts";
import { type Insn, slotCount } from "../isa/insn.ts";
import { helperById } from "../kernel/helpers.ts";
import type { Kernel } from "../kernel/model.ts";
import { type ListedFunc, type ListingReloc, type ListingRow, listObject } from "../link/listing.ts";
import { hex } from "../support/bytes.ts";
import type { Known } from "../verifier/known.ts";
import type { ProgramVerdict } from "../verifier/model.ts";
import { described } from "./inspect-core.ts";
import { type ObjectStates, statesOf } from "./states.ts";

export interface DisassembleOptions {
  /** CO-RE relocations are told in words of this kernel. */
  readonly kernel?: Kernel;
  /** What the verifier knows before each instruction; wants a kernel. */
  readonly states?: boolean;
}

export interface DisassembledInsn {
  /** Slot from the start of the function. */
  readonly slot: number;
  readonly bytes: Uint8Array;
  readonly text: string;
  /** Set where the source line changes. */
  readonly line?: SourceLine;
  readonly reloc?: ListingReloc;
  /** A CO-RE record in words. */
  readonly core?: string;
  /** The name under which branches go here. */
  readonly label?: string;
  /** Slot that a branch goes to. */
  readonly target?: number;
  /** Nothing runs from here into the next instruction. */
  readonly ends?: true;
  /** What the verifier knows before it. */
  readonly before?: Known;
}

export interface DisassembledFunc {
  readonly name: string;
  readonly section: string;
  readonly slots: number;
  readonly insns: readonly DisassembledInsn[];
}

export interface Disassembly {
  readonly license: string;
  readonly maps: readonly string[];
  readonly funcs: readonly DisassembledFunc[];
  /** With `states`. */
  readonly verdicts?: readonly ProgramVerdict[];
}

interface Cx {
  readonly btf: BtfFile | undefined;
  readonly kernel: Kernel | undefined;
  readonly states: ObjectStates | undefined;
}

/** Throws `ElfError` for bytes that are no object. Bad BTF is left out; bytes that are no instruction say so. */
export function disassemble(bytes: Uint8Array, { kernel, states }: DisassembleOptions = {}): Disassembly {
  const object = readObject(bytes);
  const known = states && kernel ? statesOf(object, kernel) : undefined;
  const cx: Cx = { btf: readBtf(object), kernel, states: known };
  const listed = listObject(object, { names: { helper: (id) => helperById(id)?.name } });
  return {
    license: object.license,
    maps: object.maps.map((m) => m.name),
    funcs: listed.map((f) => disassembleFunc(f, cx)),
    ...(known && { verdicts: known.verdicts }),
  };
}

function readBtf(object: ObjectFile): BtfFile | undefined {
  try {
    return object.btf && openBtf(object.btf);
  } catch {
    return undefined;
  }
}

function disassembleFunc({ func, rows }: ListedFunc, cx: Cx): DisassembledFunc {
  let shown: SourceLine | undefined;
  const insns = rows.map((row) => {
    const fresh = row.line && (row.line.line !== shown?.line || row.line.file !== shown.file) ? row.line : undefined;
    if (fresh) shown = fresh;
    const before = cx.states?.before(func, row.slot);
    return { ...disassembleRow(row, fresh, cx), ...(before && { before }) };
  });
  return { name: func.name, section: func.section.name, slots: func.size / 8, insns };
}

function disassembleRow(row: ListingRow, line: SourceLine | undefined, cx: Cx): DisassembledInsn {
  const { slot, bytes, insn, text, reloc, core, label } = row;
  const target = insn && targetOf(insn, slot);
  return {
    slot,
    bytes,
    text,
    ...(line && { line }),
    ...(reloc && { reloc }),
    ...(core && cx.btf && { core: coreText(core, cx.btf, cx.kernel) }),
    ...(label !== undefined && { label }),
    ...(target !== undefined && { target }),
    ...(insn && endsHere(insn) && { ends: true as const }),
  };
}

function targetOf(insn: Insn, slot: number): number | undefined {
  if (insn.kind !== "jump" && insn.kind !== "may_goto") return undefined;
  return "off" in insn.target ? slot + slotCount(insn) + insn.target.off : undefined;
}

const endsHere = (insn: Insn): boolean =>
  insn.kind === "exit" || insn.kind === "gotox" || (insn.kind === "jump" && !insn.cond);

function coreText(core: NonNullable<ListingRow["core"]>, btf: BtfFile, kernel: Kernel | undefined): string {
  try {
    return kernel ? described(core, btf, kernel).words : `${core.kind} ${printType(btf, core.type)} ${core.access}`;
  } catch {
    return `${core.kind} type ${core.type} ${core.access}`;
  }
}

/** The whole as text, a function after the other, with source lines as comments. */
export function listing(d: Disassembly): string {
  return d.funcs.map(funcText).join("\n");
}

function funcText(f: DisassembledFunc): string {
  let shown: Known | undefined;
  const rows = f.insns.map((insn) => {
    const state = insn.before ? stateText(insn.before, shown) : "";
    shown = insn.before ?? shown;
    return insnText(insn, state);
  });
  return `; ${f.section}: ${f.slots} slots\n${f.name}:\n${rows.join("")}`;
}

/** What differs from what was last told. */
function stateText({ regs, stack, visits }: Known, shown: Known | undefined): string {
  const news = (now: Known["regs"], old: Known["regs"] | undefined, name: (place: string) => string) =>
    Object.entries(now).flatMap(([place, words]) =>
      old?.[place] === words ? [] : [`;   ${name(place)}: ${oneLine(words)}\n`],
    );
  const rows = [...news(regs, shown?.regs, (r) => r), ...news(stack, shown?.stack, (off) => `r10${off}`)];
  const often = visits > 1 && visits !== shown?.visits ? `; seen ${visits} times\n` : "";
  return often + rows.join("");
}

function insnText(i: DisassembledInsn, state: string): string {
  const label = i.label === undefined ? "" : `${i.label}:\n`;
  const line = i.line ? `; ${i.line.file}:${i.line.line}: ${i.line.text.trim()}\n` : "";
  const rides = [i.reloc && `${i.reloc.type} ${i.reloc.symbol}`, i.core && `CO-RE ${i.core}`]
    .filter(Boolean)
    .join(", ");
  const head = `${String(i.slot).padStart(6)}:  ${hex(i.bytes.subarray(0, 8))}  ${i.text}`;
  const rest = i.bytes.length > 8 ? `         ${hex(i.bytes.subarray(8))}\n` : "";
  return `${label}${line}${state}${rides ? `${head.padEnd(64)}  ; ${rides}` : head}\n${rest}`;
}

/** Plain assembly, as the assembler reads it: source lines and what rides along are comments. */
export const assemblyText = (d: Disassembly): string => d.funcs.map(funcAssembly).join("\n");

const funcAssembly = (f: DisassembledFunc): string =>
  `# ${f.section}\n${f.name}:\n${f.insns.map(insnAssembly).join("")}`;

function insnAssembly(i: DisassembledInsn): string {
  const label = i.label === undefined ? "" : `${i.label}:\n`;
  const line = i.line ? `# ${i.line.file}:${i.line.line}: ${oneLine(i.line.text)}\n` : "";
  const unknown = i.text.startsWith(";") ? dataText(i) : i.text;
  return `${label}${line}\t${unknown}${i.core ? `  # CO-RE ${oneLine(i.core)}` : ""}\n`;
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();
/** Bytes that are no instruction, as data. */
const dataText = (i: DisassembledInsn): string =>
  `.byte 0x${hex(i.bytes).replaceAll(" ", ", 0x")}  # ${i.text.slice(2)}`;

/** The same as plain data for `--json`. */
export function listingJson(d: Disassembly) {
  const insn = (i: DisassembledInsn) => ({ ...i, bytes: hex(i.bytes) });
  return { ...d, funcs: d.funcs.map((f) => ({ ...f, insns: f.insns.map(insn) })) };
}
