/**
 * What a compilation keeps for the next one of nearly the same text: results of steps that work on one function at a time.
 * A result is used again where all that it was made from is alike, so objects and diagnostics are those of a compilation
 * without a memory. It holds about as much as one compilation makes.
 */
import type { OptimiseOptions } from "../asm/ir/optimise.ts";
import type { BtfSpec, TypeId } from "../btf/type.ts";
import type { LinkedProgram } from "../link/model.ts";
import type { Span } from "../support/span.ts";
import type { ProgramVerdict } from "../verifier/model.ts";
import { alike, Shift, shifted, Unplaced } from "./alike.ts";

/** A result, and all that it depends on. */
interface Known {
  readonly input: unknown;
  readonly output: unknown;
  /** What the step asked of watched tables, and the answers. */
  readonly asked: Questions;
  /** Spans that it told the listener. */
  readonly told: readonly (Span | undefined)[];
}

/** Answers by table and name. */
type Questions = ReadonlyMap<string, ReadonlyMap<string, unknown>>;
type OpenQuestions = Map<string, Map<string, unknown>>;

interface Judged {
  readonly program: LinkedProgram;
  readonly verdict: ProgramVerdict;
}

/** The memory of one file. What asks it must be told the same settings each time, or it starts anew. */
export class Memory {
  #settings: readonly unknown[] = [];
  readonly #steps = new Generations<Known>();
  readonly #verdicts = new Generations<Judged>();
  readonly #tables = new Map<string, ReadonlyMap<string, unknown>>();
  #listener: (span: Span | undefined) => void = () => {};
  #open: { readonly asked: OpenQuestions; readonly told: (Span | undefined)[] } | undefined;
  /** By function: what its steps asked in this compilation. A step may know answers that an earlier one was given. */
  readonly #asked = new Map<string, Questions>();
  /** Pairs that were found alike: what many programs share is compared once. */
  readonly #alike = new WeakMap<object, object>();

  /** A compilation begins. All results depend on `settings`, which are compared one by one. */
  begin(settings: readonly unknown[]): void {
    const isSame = settings.length === this.#settings.length && settings.every((one, i) => one === this.#settings[i]);
    if (!isSame) {
      this.#steps.clear();
      this.#verdicts.clear();
    }
    this.#settings = settings;
    this.#asked.clear();
    this.#open = undefined;
  }

  /** A step went over all functions: what it knew of others is of no use any more. */
  ended(step: string): void {
    this.#steps.sweep(step);
  }

  /** The table, with a note of what steps ask of it. */
  watched<V>(table: string, entries: ReadonlyMap<string, V>): ReadonlyMap<string, V> {
    this.#tables.set(table, entries);
    return new Watched(entries, (name, answer) => this.#ask(table, name, answer));
  }

  /** The listener, with a note of what steps tell it. */
  heard(listener: (span: Span | undefined) => void): (span: Span | undefined) => void {
    this.#listener = listener;
    return (span) => {
      this.#open?.told.push(span);
      listener(span);
    };
  }

  /**
   * What `run` gives for a function, which depends on the function, the settings, and what is watched. With `isWhole`, a
   * result is kept only if that holds of it.
   */
  recall<In extends { readonly name: string }, Out>(
    step: string,
    input: In,
    run: (input: In) => Out,
    isWhole: () => boolean = () => true,
  ): Out {
    const known = this.#steps.get(step, input.name);
    const again = known && this.#again<Out>(known, step, input);
    if (again) return again.output;
    const asked: OpenQuestions = new Map();
    for (const [table, answers] of this.#asked.get(input.name) ?? []) asked.set(table, new Map(answers));
    const told: (Span | undefined)[] = [];
    this.#open = { asked, told };
    const output = run(input);
    this.#open = undefined;
    this.#asked.set(input.name, asked);
    if (isWhole()) this.#steps.set(step, input.name, { input, output, asked, told });
    return output;
  }

  /** The verdict on a program, which depends on the program and the settings. */
  verdict(program: LinkedProgram, run: () => ProgramVerdict): ProgramVerdict {
    const key = `${program.section} ${program.name}`;
    const known = this.#verdicts.get("verify", key);
    if (known && this.#isJudged(known, program)) {
      this.#verdicts.set("verify", key, known);
      return known.verdict;
    }
    const verdict = run();
    this.#verdicts.set("verify", key, { program, verdict });
    return verdict;
  }

  /** Every program has its verdict. */
  judged(): void {
    this.#verdicts.sweep("verify");
  }

  #again<Out>(known: Known, step: string, input: { readonly name: string }): { readonly output: Out } | undefined {
    if (known.input === input && this.#isAnswered(known)) return this.#replayed(known, step, input.name, known.told);
    const shift = new Shift();
    if (!alike(known.input, input, shift.note) || !this.#isAnswered(known)) return undefined;
    try {
      const output = shifted(known.output, shift);
      const told = known.told.map((span) => span && shifted({ span }, shift).span);
      return this.#replayed({ ...known, input, output, told }, step, input.name, told);
    } catch (error) {
      if (error instanceof Unplaced) return undefined;
      throw error;
    }
  }

  #replayed<Out>(known: Known, step: string, name: string, told: Known["told"]): { readonly output: Out } {
    this.#steps.set(step, name, known);
    this.#asked.set(name, known.asked);
    for (const span of told) this.#listener(span);
    return { output: known.output as Out };
  }

  #isAnswered({ asked }: Known): boolean {
    for (const [table, answers] of asked)
      for (const [name, answer] of answers)
        if (!alike(answer, this.#tables.get(table)?.get(name), () => true)) return false;
    return true;
  }

  #ask(table: string, name: string, answer: unknown): void {
    if (!this.#open) return;
    const { asked } = this.#open;
    const answers = asked.get(table);
    if (answers) answers.set(name, answer);
    else asked.set(table, new Map([[name, answer]]));
  }

  /** Only refusals and doubts speak of lines. */
  #isJudged({ program: old, verdict }: Judged, program: LinkedProgram): boolean {
    const speaks = verdict.verdict !== "accepted";
    const sameLine = speaks ? (a: object, b: object) => alike(a, b, () => false) : () => true;
    const [{ btf: oldBtf, maps: oldMaps, ...was }, { btf, maps, ...is }] = [old, program];
    return (
      alike(was, is, sameLine) &&
      this.#once(oldMaps, maps, () => alike(oldMaps, maps, () => true)) &&
      (oldBtf === btf || (!!oldBtf && !!btf && this.#once(oldBtf, btf, () => sameTypes(oldBtf, btf))))
    );
  }

  #once(a: object, b: object, compare: () => boolean): boolean {
    if (this.#alike.get(a) === b) return true;
    const found = compare();
    if (found) this.#alike.set(a, b);
    return found;
  }
}

/** The passes' options, with a memory of what they made of each function; `pulse` is called for each that is asked for. */
export function withMemory(options: OptimiseOptions, memory: Memory, pulse?: () => void): OptimiseOptions {
  return {
    ...options,
    ...(options.constants && { constants: memory.watched("constants", options.constants) }),
    ...(options.tables && { tables: memory.watched("tables", options.tables) }),
    ...(options.notUnrolled && { notUnrolled: memory.heard(options.notUnrolled) }),
    recall: (step, fn, run) => {
      pulse?.();
      return memory.recall(step, fn, run);
    },
  };
}

/** Whether all types are the same, under the same numbers: then all that can be asked of both is. */
function sameTypes(a: BtfSpec, b: BtfSpec): boolean {
  if (a.typeCount !== b.typeCount || a.base !== b.base) return false;
  for (let id = 1; id < a.typeCount; id++)
    if (!alike(a.type(id as TypeId), b.type(id as TypeId), () => false)) return false;
  return true;
}

/** Entries of several steps, by name; those that a round did not touch are dropped at its end. */
class Generations<T> {
  readonly #entries = new Map<string, Map<string, T>>();
  readonly #touched = new Map<string, Map<string, T>>();

  get(step: string, name: string): T | undefined {
    return this.#touched.get(step)?.get(name) ?? this.#entries.get(step)?.get(name);
  }

  set(step: string, name: string, entry: T): void {
    const touched = this.#touched.get(step);
    if (touched) touched.set(name, entry);
    else this.#touched.set(step, new Map([[name, entry]]));
  }

  sweep(step: string): void {
    this.#entries.set(step, this.#touched.get(step) ?? new Map());
    this.#touched.delete(step);
  }

  clear(): void {
    this.#entries.clear();
    this.#touched.clear();
  }
}

class Watched<V> extends Map<string, V> {
  readonly #asked: (name: string, answer: V | undefined) => void;

  constructor(entries: ReadonlyMap<string, V>, asked: (name: string, answer: V | undefined) => void) {
    super(entries);
    this.#asked = asked;
  }

  override get(name: string): V | undefined {
    const answer = super.get(name);
    this.#asked(name, answer);
    return answer;
  }
}
