/**
 * Assembly text to lines: statements apart by line ends or `;`, labels, comments as LLVM has them (`#`, `//`, slash-star).
 * Mistakes are reported and passed over, so that each is told once.
 */
import type { DiagSink } from "../../diag/diagnostic.ts";
import { type Callee, type Imm64, type Insn, type Line, slotCount, type Target } from "../../isa/insn.ts";
import type { Span } from "../../support/span.ts";
import { chosen } from "./conditional.ts";
import { dataInsns, isData, isIgnored, readData } from "./data.ts";
import { Labels } from "./labels.ts";
import { Reader, Unreadable } from "./reader.ts";
import { repeated } from "./repeat.ts";
import { readInsn, type Symbols } from "./statement.ts";
import { statementsOf, type Token } from "./token.ts";

export interface AssembleOptions {
  readonly sink: DiagSink;
  /** The place of a stretch of the text, in UTF-16 offsets, where diagnostics point and lines come from. */
  readonly spanOf?: (start: number, end: number) => Span | undefined;
  /** What `call name` calls; undefined: unknown. Without it every name is a subprogram. */
  readonly callee?: (name: string) => Callee | undefined;
  /** What `rX = name + addend ll` loads; undefined: unknown. Without it every name is a global. */
  readonly address?: (name: string, addend: number) => Imm64 | undefined;
}

export interface Assembled {
  readonly lines: readonly Line[];
  /** Labels behind the last line that something jumps to. */
  readonly endLabels: readonly string[];
}

/**
 * The instructions of `text`, symbolic as `Insn` is. Errors: E0450 for what cannot be read, E0451 for numbers that do not
 * fit, E0452 and E0453 for labels, E0454 for names that stand for nothing.
 */
export function assemble(text: string, options: AssembleOptions): Assembled {
  return new Assembler(text, options).run();
}

interface Draft {
  readonly insn: Insn;
  readonly labels: readonly string[];
  readonly span: Span | undefined;
  /** A call of a label, which becomes a distance in the end. */
  readonly calls?: string;
}

const NO_LABELS: readonly string[] = [];

class Assembler {
  readonly #text: string;
  readonly #options: AssembleOptions;
  readonly #labels: Labels;
  readonly #drafts: Draft[] = [];
  #waiting: string[] = [];
  #bytes: number[] = [];
  #data: { readonly start: number; readonly end: number } = { start: 0, end: 0 };
  #calls: string | undefined;

  constructor(text: string, options: AssembleOptions) {
    this.#text = text;
    this.#options = options;
    const refuse = (tokens: readonly Token[], problem: Unreadable) => this.#refuse(tokens, problem);
    this.#labels = new Labels(chosen(repeated(statementsOf(text), refuse), refuse));
  }

  run(): Assembled {
    this.#reportDoubleLabels();
    for (let i = 0; i < this.#labels.count; i++) {
      const tokens = this.#labels.take(i);
      this.#guarded(tokens, () => this.#statement(tokens, i));
    }
    this.#flush();
    const slots = this.#slots();
    const places = new Map(this.#drafts.flatMap(({ labels }, i) => labels.map((label) => [label, slots[i]!] as const)));
    for (const label of this.#waiting) places.set(label, slots[this.#drafts.length]!);
    const lines = this.#drafts.map((draft, i) => this.#line(draft, slots[i + 1]!, places));
    return { lines, endLabels: this.#waiting.filter((label) => this.#labels.isUsed(label)) };
  }

  #guarded(tokens: readonly Token[], read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.#refuse(tokens, error);
    }
  }

  #refuse(tokens: readonly Token[], error: Unreadable): void {
    const { sink } = this.#options;
    const span = this.#span(error.start, error.end);
    if (error.bits !== undefined) sink.error("E0451", span, error.message, error.bits);
    else {
      const statement = this.#text.slice(tokens[0]!.start, tokens[tokens.length - 1]!.end);
      sink.error("E0450", span, statement.length > 80 ? `${statement.slice(0, 77)}...` : statement).note(error.message);
    }
  }

  #span(start: number, end: number): Span | undefined {
    return this.#options.spanOf?.(start, end);
  }

  #reportDoubleLabels(): void {
    for (const { text, start, end } of this.#labels.doubles)
      this.#options.sink.error("E0453", this.#span(start, end), text);
  }

  #statement(tokens: readonly Token[], index: number): void {
    const labels = this.#labels.of(index);
    if (labels.length > 0) this.#flush();
    for (const { name } of labels) this.#waiting.push(name);
    const rest = labels.length > 0 ? tokens.slice(labels.length * 2) : tokens;
    const first = rest[0];
    if (!first) return;
    const reader = new Reader(rest);
    if (isData(first.text)) {
      if (this.#bytes.length === 0) this.#data = { start: first.start, end: rest[rest.length - 1]!.end };
      this.#bytes.push(...readData(reader));
      return;
    }
    this.#flush();
    if (isIgnored(first.text)) return;
    this.#calls = undefined;
    const insn = readInsn(reader, this.#symbols(index));
    for (const { value, start, end } of reader.cut)
      this.#options.sink.warn("asm-immediate", this.#span(start, end), String(value));
    this.#push(insn, this.#span(first.start, rest[rest.length - 1]!.end), this.#calls);
  }

  #push(insn: Insn, span: Span | undefined, calls?: string): void {
    const labels = this.#waiting.length > 0 ? this.#waiting : NO_LABELS;
    this.#drafts.push({ insn, labels, span, ...(calls !== undefined && { calls }) });
    if (this.#waiting.length > 0) this.#waiting = [];
  }

  /** Bytes that were given as data become the instructions they are. */
  #flush(): void {
    const bytes = this.#bytes;
    this.#bytes = [];
    if (bytes.length === 0) return;
    const { start, end } = this.#data;
    this.#guarded([{ kind: "bad", text: "", start, end }], () => {
      for (const insn of dataInsns(bytes, this.#data)) this.#push(insn, this.#span(start, end));
    });
  }

  #symbols(index: number): Symbols {
    return {
      call: (name) => ({ kind: "call", callee: this.#callee(name, index) }),
      address: (name, addend) => this.#address(name, addend),
      label: (name) => this.#target(name, index),
    };
  }

  #target(name: Token, index: number): Target {
    const label = this.#labels.find(name, index);
    if (label === undefined) {
      this.#options.sink.error("E0452", this.#span(name.start, name.end), name.text);
      return { off: 0 };
    }
    return { label };
  }

  #callee(name: Token, index: number): Callee {
    const label = this.#labels.find(name, index);
    if (label !== undefined) {
      this.#calls = label;
      return { kind: "subprog_off", off: 0 };
    }
    const { callee, sink } = this.#options;
    const found = callee ? callee(name.text) : ({ kind: "subprog", name: name.text } as const);
    if (!found) sink.error("E0454", this.#span(name.start, name.end), name.text);
    return found ?? { kind: "helper", id: 0 };
  }

  #address(name: Token, addend: number): Imm64 {
    const { address, sink } = this.#options;
    const found = address ? address(name.text, addend) : ({ kind: "global", name: name.text, addend } as const);
    if (!found) sink.error("E0454", this.#span(name.start, name.end), name.text);
    return found ?? { kind: "int", value: 0n };
  }

  /** Where each line begins, and the end behind the last. */
  #slots(): readonly number[] {
    const slots = [0];
    for (const { insn } of this.#drafts) slots.push(slots[slots.length - 1]! + slotCount(insn));
    return slots;
  }

  #line({ insn, labels, span, calls }: Draft, next: number, places: ReadonlyMap<string, number>): Line {
    const used = labels.filter((label) => this.#labels.isUsed(label));
    const marks = { ...(used.length > 0 && { labels: used }), ...(span && { span }) };
    if (calls === undefined) return { insn, ...marks };
    const off = places.get(calls)! - next;
    return { insn: { kind: "call", callee: { kind: "subprog_off", off } }, ...marks };
  }
}
