/** Tells what a kernel's log says in our terms: the rule by its code, the place in the source, since when, and the path. */
import type { ErrorCode } from "../../diag/catalogue.ts";
import type { SourceLine } from "../../elf/model.ts";
import { expectationOf } from "../expectations.ts";
import type { Finding } from "../model.ts";
import type { KernelLog, LogInsn, LogSource } from "./read.ts";
import { codeOfMessage, UNKNOWN_RULE } from "./rules.ts";

/** The source line of a slot, as the object has it. */
export type LineAt = (slot: number) => SourceLine | undefined;

/** The refusal of a log; undefined where it tells of none. */
export function findingOfLog(log: KernelLog, lineAt: LineAt = () => undefined): Finding | undefined {
  if (log.message.length === 0) return undefined;
  const message = log.message.join("\n");
  const code = codeOfMessage(message);
  if (code === UNKNOWN_RULE && log.path.length === 0) return undefined;
  const last = log.path[log.path.length - 1];
  const slot = SHAPE.has(code) ? (log.named ?? last?.slot) : last?.slot;
  const here = log.path.find((i) => i.slot === slot) ?? last;
  const line =
    (slot === undefined ? undefined : (lineAt(slot) ?? written(log.sources.get(slot)))) ??
    (here && lineOf(here, lineAt));
  const { expected, mend } = expectationOf(code);
  return {
    code: code as ErrorCode,
    text: `the kernel says: ${log.message.join("; ")}`,
    insn: slot ?? 0,
    ...(line && { line }),
    expected,
    notes: [{ text: `expected ${expected}` }, ...instruction(here), ...since(log, lineAt), ...acquired(log, lineAt)],
    path: branches(log.path, lineAt),
    help: mend,
    cause: {},
  };
}

/** Refusals of the program's shape, whose messages name the instruction. */
const SHAPE: ReadonlySet<string> = new Set(["E0501", "E0502", "E0503", "E0504", "E0505", "E0566"]);

type Note = Finding["notes"][number];

function lineOf(insn: LogInsn, lineAt: LineAt): SourceLine | undefined {
  return lineAt(insn.slot) ?? written(insn.source);
}

const written = (source: LogSource | undefined): SourceLine | undefined =>
  source && { file: source.file ?? "", line: source.line ?? 0, column: 0, text: source.text };

const noteAt = (text: string, line: SourceLine | undefined): Note => (line ? { text, line } : { text });

const instruction = (insn: LogInsn | undefined): readonly Note[] =>
  insn ? [{ text: `instruction ${insn.slot} is '${insn.text}'` }] : [];

/** The instruction that gave the register its value which the message speaks of. */
function since({ path, message }: KernelLog, lineAt: LineAt): readonly Note[] {
  const reg = /\bR(\d)\b/.exec(message.join("\n"))?.[1];
  if (reg === undefined) return [];
  const maker = makerOf(path.slice(0, -1), Number(reg));
  if (!maker) return [];
  const called = /^call (\w+)/.exec(maker.text)?.[1];
  const from = called ? `comes from ${called}` : `is made by '${maker.text}'`;
  return [noteAt(`r${reg} ${from} (instruction ${maker.slot})${wordsOf(maker, Number(reg))}`, lineOf(maker, lineAt))];
}

/** `: map_value_or_null(...)`, what the log says that the register holds from then on. */
function wordsOf({ state }: LogInsn, reg: number): string {
  const value = state && new RegExp(`\\bR${reg}(?:_w|_rw|_r)?=(\\S+)`).exec(state)?.[1];
  return value ? `: ${value}` : "";
}

/** Follows copies back to where the value was made. */
function makerOf(path: readonly LogInsn[], wanted: number): LogInsn | undefined {
  let reg = wanted;
  for (let i = path.length - 1; i >= 0; i--) {
    const insn = path[i]!;
    const to = writes(insn, reg);
    if (!to) continue;
    const copied = /^[rw]\d+ = r(\d+)$/.exec(insn.text)?.[1];
    if (copied === undefined || copied === "10") return insn;
    reg = Number(copied);
  }
  return undefined;
}

/** A call leaves its result in r0; calls of the program's own functions are entered, and their results come from there. */
function writes({ text }: LogInsn, reg: number): boolean {
  if (text.startsWith("call ")) return reg === 0 && !text.startsWith("call pc");
  return new RegExp(`^[rw]${reg} (=|[^=]{1,4}=) `).test(text);
}

function acquired({ path, message }: KernelLog, lineAt: LineAt): readonly Note[] {
  const slot = /alloc_insn=(\d+)/.exec(message.join("\n"))?.[1];
  const insn = slot === undefined ? undefined : path.find((i) => i.slot === Number(slot));
  return insn ? [noteAt("acquired here", lineOf(insn, lineAt))] : [];
}

const MOST_LINES = 8;

/** Lines of the conditional jumps on the way, oldest first, a line told once where it repeats. */
function branches(path: readonly LogInsn[], lineAt: LineAt): readonly SourceLine[] {
  const lines: SourceLine[] = [];
  for (let i = path.length - 1; i >= 0 && lines.length < MOST_LINES; i--) {
    const insn = path[i]!;
    const line = /^(if |may_goto)/.test(insn.text) ? lineOf(insn, lineAt) : undefined;
    const next = lines[0];
    if (line && !(next && next.file === line.file && next.line === line.line && next.text === line.text))
      lines.unshift(line);
  }
  return lines;
}
