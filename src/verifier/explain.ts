/** A refusal told to people: where, since when the values are what they are, on which path, and what to do. */
import type { SourceLine } from "../elf/model.ts";
import type { Cx } from "./cx.ts";
import { describe } from "./domain/scalar.ts";
import type { State, Turn } from "./domain/state.ts";
import type { Value } from "./domain/value.ts";
import type { Finding } from "./model.ts";
import type { Refusal } from "./outcome.ts";
import { makerOf, regionWords } from "./words.ts";

type Note = Finding["notes"][number];

/** The finding for a refusal of the instruction at `at`; `state` is the one before it. */
export function findingOf(cx: Cx, refusal: Refusal, at: number, state: State | undefined): Finding {
  const here = cx.prep.insns[at];
  const notes = [
    ...refusal.about.flatMap((v) => originOf(cx, v)),
    ...refusal.marks.map((m) => withLine(cx, m.text, m.at)),
    ...(state ? pathNote(cx, state) : []),
  ];
  return {
    code: refusal.code,
    text: refusal.text,
    insn: here?.slot ?? 0,
    ...(here?.line && { line: here.line }),
    notes: distinct(notes),
    ...(refusal.help && { help: refusal.help }),
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

/** Since when a value is what it is. */
function originOf(cx: Cx, v: Value): readonly Note[] {
  if (v.at < 0) return [];
  const maker = makerOf(cx, v.at);
  if (v.kind === "nothing") return [withLine(cx, maker ? `the call of ${maker} is here` : "the call is here", v.at)];
  if (v.kind === "scalar") {
    const from = maker ? `it comes from ${maker}` : "it comes from here";
    return [withLine(cx, `${from}: ${describe(v)}`, v.at)];
  }
  const what = `a pointer to ${regionWords(cx, v)}${v.nullable ? ", or null" : ""}`;
  return [withLine(cx, maker ? `it comes from ${maker}: ${what}` : `it is ${what}, from here`, v.at)];
}

const MOST_LINES = 8;

/** The branches on the way, by source line, oldest first. */
function pathNote(cx: Cx, state: State): readonly Note[] {
  const lines: number[] = [];
  for (let t: Turn | undefined = state.path; t && lines.length < MOST_LINES; t = t.before) {
    const line = lineOf(cx, t.at)?.line;
    if (line !== undefined && lines[0] !== line) lines.unshift(line);
  }
  if (lines.length === 0) return [];
  return [{ text: `on the path through ${lines.length === 1 ? "line" : "lines"} ${listOf(lines)}` }];
}

function listOf(lines: readonly number[]): string {
  if (lines.length < 2) return `${lines[0]}`;
  return `${lines.slice(0, -1).join(", ")} and ${lines[lines.length - 1]}`;
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
