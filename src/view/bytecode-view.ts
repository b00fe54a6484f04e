/**
 * Source and instructions beside each other, as markup: the one component that pages, editors and playgrounds show. It goes
 * with `viewStyle`, and `viewScript` makes it move.
 */
import type { DisassembledFunc, DisassembledInsn, Disassembly } from "../driver/disassemble.ts";
import { hex } from "../support/bytes.ts";
import { type Flow, flowOf } from "./blocks.ts";
import { escaped } from "./escape.ts";
import { svgOfOne } from "./svg.ts";

export interface ViewInput {
  readonly made: Disassembly;
  /** Texts of source files, by the name that the object has for them; others are shown as far as the object tells. */
  readonly sources?: ReadonlyMap<string, string>;
  /** The source is shown beside the view already, and left out. */
  readonly isBeside?: boolean;
}

/** A function of more blocks is not drawn: layout would take long, and nobody could read it. */
const MOST_BLOCKS = 300;
/** Blocks of all functions together. */
const MOST_IN_ALL = 2000;

/** The component as an HTML element. */
export function bytecodeView({ made, sources = new Map(), isBeside = false }: ViewInput): string {
  const funcs = made.funcs.map(funcView);
  return `<div class="bpf-view${isBeside ? " bpf-beside" : ""}">
${isBeside ? "" : sourceColumn(made.funcs, sources)}<div class="bpf-code">${funcs.join("")}</div>
<div class="bpf-side">
<div class="bpf-state"><p class="bpf-none">rest on an instruction to see what the verifier knows before it</p></div>
${pictures(made.funcs).join("")}</div>
<script type="application/json" class="bpf-data">${dataOf(made.funcs)}</script>
</div>
`;
}

function sourceColumn(funcs: readonly DisassembledFunc[], sources: ReadonlyMap<string, string>): string {
  const source = [...filesOf(funcs)].map(([file, lines]) => sourceFile(file, lines, sources.get(file)));
  return `<div class="bpf-source">${source.join("") || '<p class="bpf-none">no source lines in the object</p>'}</div>\n`;
}

/** `<` must not end the script that holds it. */
const json = (value: unknown): string => JSON.stringify(value).replaceAll("<", "\\u003c");

const dataOf = (funcs: readonly DisassembledFunc[]): string =>
  json(funcs.map(({ insns }) => Object.fromEntries(insns.flatMap((i) => (i.before ? [[i.slot, i.before]] : [])))));

/** What the object knows of each file: lines that have instructions, with their texts. */
function filesOf(funcs: readonly DisassembledFunc[]): ReadonlyMap<string, Map<number, string>> {
  const files = new Map<string, Map<number, string>>();
  for (const { line } of funcs.flatMap(({ insns }) => insns)) {
    if (!line) continue;
    const lines = files.get(line.file) ?? new Map<number, string>();
    files.set(line.file, lines.set(line.line, line.text));
  }
  return files;
}

function sourceFile(file: string, lines: ReadonlyMap<number, string>, text: string | undefined): string {
  const whole = text?.split(/\r?\n/).map((row, i): [number, string] => [i + 1, row]);
  const rows = whole ?? [...lines].sort(([a], [b]) => a - b);
  let last = 0;
  const shown = rows.map(([number, row]) => {
    const gap = number > last + 1 ? '<div class="bpf-gap">⋯</div>' : "";
    last = number;
    const key = lines.has(number) ? ` data-line="${escaped(lineKey(file, number))}"` : "";
    return `${gap}<div class="bpf-line"${key}><span class="bpf-no">${number}</span>${escaped(row)}</div>`;
  });
  return `<section><h2>${escaped(file)}</h2>${shown.join("\n")}</section>\n`;
}

const lineKey = (file: string, line: number): string => `${line} ${file}`;

function funcView(func: DisassembledFunc, index: number): string {
  let key: string | undefined;
  const rows = func.insns.map((insn) => {
    if (insn.line) key = lineKey(insn.line.file, insn.line.line);
    return insnRow(insn, key);
  });
  const title = `<h2>${escaped(func.name)} <small>${escaped(func.section)}, ${func.slots} slots</small></h2>`;
  return `<section data-func="${index}">${title}${rows.join("")}</section>\n`;
}

function insnRow(insn: DisassembledInsn, key: string | undefined): string {
  const label = insn.label === undefined ? "" : `<div class="bpf-label">${escaped(insn.label)}:</div>`;
  const line = key === undefined ? "" : ` data-line="${escaped(key)}"`;
  const rides = [insn.reloc && `${insn.reloc.type} ${insn.reloc.symbol}`, insn.core].filter(Boolean).join(", ");
  const note = rides === "" ? "" : `<span class="bpf-note">${escaped(rides)}</span>`;
  const reached = insn.before ? "" : " bpf-unseen";
  return (
    `${label}<div class="bpf-insn${reached}" tabindex="-1" data-slot="${insn.slot}"${line}>` +
    `<span class="bpf-no">${insn.slot}</span><span class="bpf-bytes" title="${hex(insn.bytes)}">${hex(insn.bytes.subarray(0, 8))}</span>` +
    `<span class="bpf-text">${escaped(insn.text)}</span>${note}</div>\n`
  );
}

function pictures(funcs: readonly DisassembledFunc[]): readonly string[] {
  let left = MOST_IN_ALL;
  return funcs.map((func, index) => {
    const flow = flowOf(func);
    left -= flow.blocks.length;
    return picture(flow, index, flow.blocks.length > MOST_BLOCKS || left < 0);
  });
}

function picture(flow: Flow, index: number, tooLarge: boolean): string {
  const inside = tooLarge ? '<p class="bpf-none">too large to be drawn</p>' : svgOfOne(flow, String(index));
  return `<div class="bpf-picture" data-func="${index}"${index === 0 ? "" : " hidden"}>${inside}</div>\n`;
}
