/** A refusal told to people: where, since when the values are what they are, on which path, and what to do. */
import type { SourceLine } from "../elf/model.ts";
import type { Cx } from "./cx.ts";
import { describe } from "./domain/scalar.ts";
import type { State, Turn } from "./domain/state.ts";
import type { Pointer, Value } from "./domain/value.ts";
import { expectationOf } from "./expectations.ts";
import type { Cause, Finding } from "./model.ts";
import { type Refusal, textOf } from "./outcome.ts";
import { expressionAt, nameGiven } from "./source-names.ts";
import { makerOf, regionWords } from "./words.ts";

type Note = Finding["notes"][number];

/** The finding for a refusal of the instruction at `at`; `state` is the one before it. */
export function findingOf(cx: Cx, refusal: Refusal, at: number, state: State | undefined): Finding {
  const here = cx.prep.insns[at];
  const line = here?.line ?? lineOf(cx, at);
  const { expected, mend } = expectationOf(refusal.code);
  const path = state ? pathOf(cx, state) : [];
  const notes = [
    { text: `expected ${expected}` },
    ...refusal.about.flatMap((v) => originOf(cx, refusal, v, line, path)),
    ...refusal.marks.map((m) => withLine(cx, m.text, m.at)),
  ];
  return {
    code: refusal.code,
    text: textOf(refusal.code, named(cx, refusal)),
    insn: here?.slot ?? 0,
    ...(line && { line }),
    expected,
    notes: distinct(notes),
    path,
    help: refusal.help ?? mend,
    cause: causeOf(cx, refusal, at),
  };
}

function withLine(cx: Cx, text: string, at: number): Note {
  const line = lineOf(cx, at);
  return line ? { text, line } : { text };
}

/** The source line of an instruction, or of the last one before it in its function that has one. */
function lineOf(cx: Cx, at: number): SourceLine | undefined {
  const func = cx.prep.funcOf[at];
  for (let i = at; i >= 0 && cx.prep.funcOf[i] === func; i--) {
    const line = cx.prep.insns[i]?.line;
    if (line) return line;
  }
  return undefined;
}

/** The arguments of the text, with the source's name beside the first register, where the source gives the value one. */
function named(cx: Cx, { args, about }: Refusal): readonly unknown[] {
  const name = about[0] && nameOf(cx, about[0]);
  const first = args.findIndex((a) => typeof a === "string" && /^r\d+$/.test(a));
  if (name === undefined || first < 0) return args;
  return args.map((a, i) => (i === first ? `'${name}' (${a})` : a));
}

/** The variable that the source gives the value to where it is made. */
function nameOf(cx: Cx, v: Value): string | undefined {
  const line = v.at < 0 ? undefined : cx.prep.insns[v.at]?.line;
  return line && nameGiven(line);
}

/** Since when a value is what it is. */
function originOf(
  cx: Cx,
  refusal: Refusal,
  v: Value,
  here: SourceLine | undefined,
  path: readonly SourceLine[],
): readonly Note[] {
  if (v.at < 0) return [];
  const line = lineOf(cx, v.at);
  const since = line && !samePlace(line, here) ? ` at line ${line.line}` : "";
  return [withLine(cx, originText(cx, refusal, v, since, path), v.at)];
}

function originText(cx: Cx, refusal: Refusal, v: Value, since: string, path: readonly SourceLine[]): string {
  const maker = makerOf(cx, v.at);
  const from = maker ? `from ${maker}${since}` : since.replace(/^ at/, "since");
  const name = nameOf(cx, v);
  const it = name === undefined ? "it" : `'${name}'`;
  if (v.kind === "nothing") return `${maker ? `the call of ${maker}` : "the call"}${since} leaves nothing there`;
  if (v.kind === "scalar") {
    if (isOffset(refusal, v)) return `the offset is ${describe(v)} bytes${from && `, ${from}`}`;
    return scalarText(it, describe(v), from, cx.prep.insns[v.at]?.line);
  }
  const what = `a pointer to ${regionWords(cx, v)}`;
  if (!NULL_CODES.has(refusal.code) || !v.nullable)
    return `${it} is ${what}${v.nullable ? ", or NULL" : ""}${from && `, ${from}`}`;
  const comes = maker ? `it comes ${from}` : `it is read${since || " here"}`;
  return `${it} may be null: ${comes} (${what}, or NULL) and is not checked${pathWords(path)}`;
}

/** Refusals of pointers for no other reason than that they may be null. */
const NULL_CODES: ReadonlySet<string> = new Set(["E0510", "E0537", "E0550"]);

/** Whether the number is what was added to a pointer of the refusal. */
const isOffset = ({ about }: Refusal, v: Value): boolean => about.some((p) => p.kind === "ptr" && p.varying === v);

function scalarText(it: string, range: string, from: string, line: SourceLine | undefined): string {
  const expression = it === "it" && line ? expressionAt(line) : undefined;
  const who = expression === undefined ? it : `'${expression}'`;
  return `${who} is ${range}${from && `, ${from}`}`;
}

const samePlace = (a: SourceLine, b: SourceLine | undefined): boolean =>
  b !== undefined && a.file === b.file && a.line === b.line;

const MOST_LINES = 8;

/** The lines of the branches on the way, oldest first. */
function pathOf(cx: Cx, state: State): readonly SourceLine[] {
  const lines: SourceLine[] = [];
  for (let t: Turn | undefined = state.path; t && lines.length < MOST_LINES; t = t.before) {
    const line = lineOf(cx, t.at);
    if (line && !(lines[0] && samePlace(line, lines[0]))) lines.unshift(line);
  }
  return lines;
}

/** ` on the path through lines 3 and 5`, or nothing. */
function pathWords(path: readonly SourceLine[]): string {
  const numbers = path.map(({ line }) => line);
  const last = numbers.pop();
  if (last === undefined) return " on the way here";
  return ` on the path through line${numbers.length > 0 ? `s ${numbers.join(", ")} and` : ""} ${last}`;
}

function distinct(notes: readonly Note[]): readonly Note[] {
  const seen = new Set<string>();
  return notes.filter((n) => {
    const key = `${n.text}@${n.line?.line ?? ""}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** What a tool that mends the source needs to know of the value. */
function causeOf(cx: Cx, refusal: Refusal, at: number): Cause {
  const about = refusal.marks[0] ?? refusal.about.find((v) => v.at >= 0);
  const p = refusal.about.find((v): v is Pointer => v.kind === "ptr");
  const maker = about && makerOf(cx, about.at);
  const made = about && about.at >= 0 ? lineOf(cx, about.at) : undefined;
  const room = p && roomOf(p);
  const callee = makerOf(cx, at);
  const arg = callee === undefined ? undefined : argOf(refusal);
  const want = refusal.code === "E0562" ? String(refusal.args[2]) : undefined;
  return {
    ...(maker !== undefined && { maker }),
    ...(made && { made }),
    ...(room !== undefined && { room }),
    ...(callee !== undefined && { callee }),
    ...(arg !== undefined && { arg }),
    ...(want !== undefined && { want }),
  };
}

function roomOf({ to }: Pointer): number | undefined {
  if (to.kind === "map_value") return to.map.valueSize;
  if (to.kind === "map_key") return to.map.keySize;
  return to.kind === "mem" ? to.size : undefined;
}

/** Registers r1 to r5 are arguments 0 to 4. */
function argOf({ args }: Refusal): number | undefined {
  const reg = args.find((a): a is string => typeof a === "string" && /^r[1-5]$/.test(a));
  return reg === undefined ? undefined : Number(reg.slice(1)) - 1;
}
