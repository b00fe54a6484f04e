/** What the kernel refuses, as a value: a code of the catalogue with its arguments, before it has a place in a source. */

import { kernelCodes } from "../diag/codes/kernel.ts";
import type { DiagBuilder, DiagSink } from "../diag/diagnostic.ts";
import type { Span } from "../support/span.ts";

export type KernelCode = keyof typeof kernelCodes;

export interface KernelProblem {
  readonly code: KernelCode;
  readonly args: readonly string[];
  /** The message without a place. */
  readonly text: string;
  readonly notes: readonly string[];
  readonly help?: string;
}

/** Typed by code, as `DiagSink.error` is. */
export function problem<C extends KernelCode>(code: C, ...args: Parameters<(typeof kernelCodes)[C]>): KernelProblem {
  const text = (kernelCodes[code] as (...a: readonly string[]) => string)(...args);
  return { code, args, text, notes: [] };
}

export const withHelp = (p: KernelProblem, help: string | undefined): KernelProblem => (help ? { ...p, help } : p);
export const withNote = (p: KernelProblem, note: string): KernelProblem => ({ ...p, notes: [...p.notes, note] });

/** `did you mean 'a', 'b' or 'c'?`, or undefined where there is nothing to offer. */
export function didYouMean(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const quoted = names.map((name) => `'${name}'`);
  const last = quoted.pop();
  return `did you mean ${quoted.length > 0 ? `${quoted.join(", ")} or ` : ""}${last}?`;
}

/** Reports it at a place in a source, with its notes and help. */
export function reportProblem(sink: DiagSink, span: Span | undefined, p: KernelProblem): DiagBuilder {
  const builder = sink.error(p.code, span, ...(p.args as never));
  for (const note of p.notes) builder.note(note);
  if (p.help) builder.help(p.help);
  return builder;
}
