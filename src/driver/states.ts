/** What the verifier knows before the instructions of an object, by function and slot, all its programs together. */
import { DiagSink } from "../diag/diagnostic.ts";
import type { FileFunc, ObjectFile } from "../elf/object-file.ts";
import type { Kernel } from "../kernel/model.ts";
import { linkObject } from "../link/link.ts";
import type { LinkedProgram } from "../link/model.ts";
import { type Known, knownBefore } from "../verifier/known.ts";
import type { ProgramVerdict } from "../verifier/model.ts";

export interface ObjectStates {
  readonly verdicts: readonly ProgramVerdict[];
  /** Before the instruction at a slot of the function; undefined where no program comes by. */
  readonly before: (func: FileFunc, slot: number) => Known | undefined;
  /** Why programs could not be linked. */
  readonly problems: readonly string[];
}

/** Links the object as a loader would and verifies every program. */
export function statesOf(object: ObjectFile, kernel: Kernel): ObjectStates {
  const sink = new DiagSink();
  const verdicts: ProgramVerdict[] = [];
  const states = new Map<string, Known>();
  for (const program of linkObject(object, kernel, sink)) {
    const { verdict, before } = knownBefore(program, kernel);
    verdicts.push(verdict);
    for (const func of program.funcs) keep(program, func, before, states);
  }
  const isAlone = namesOfOne(object);
  const find = (func: FileFunc, slot: number) =>
    isAlone.has(func.name) ? states.get(keyOf(func.name, slot)) : undefined;
  return { verdicts, before: find, problems: sink.diagnostics.map(({ text }) => text) };
}

const keyOf = (func: string, slot: number): string => `${func} ${slot}`;

/** Linked programs know functions by name, so one that shares its name has no states. */
function namesOfOne({ funcs }: ObjectFile): ReadonlySet<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { name } of funcs) (seen.has(name) ? twice : seen).add(name);
  return new Set([...seen].filter((name) => !twice.has(name)));
}

function keep(
  { insns }: LinkedProgram,
  { name, start, end }: LinkedProgram["funcs"][number],
  before: readonly (Known | undefined)[],
  states: Map<string, Known>,
): void {
  const first = insns[start]?.slot ?? 0;
  for (let i = start; i < end; i++) {
    const key = keyOf(name, insns[i]!.slot - first);
    const known = before[i];
    const old = states.get(key);
    if (known) states.set(key, old ? both(old, known) : known);
  }
}

/** The same function in two programs. */
function both(a: Known, b: Known): Known {
  return {
    visits: a.visits + b.visits,
    regs: joined(a.regs, b.regs),
    stack: joined(a.stack, b.stack),
    refs: Math.max(a.refs, b.refs),
  };
}

type Words = Readonly<Record<string, string>>;

function joined(a: Words, b: Words): Words {
  const made: Record<string, string> = { ...a };
  for (const [place, words] of Object.entries(b)) {
    const old = made[place];
    made[place] = old === undefined || old.split(" | ").includes(words) ? (old ?? words) : `${old} | ${words}`;
  }
  return made;
}
