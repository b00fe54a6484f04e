/** Documents with a marker where the cursor is, and files that only the test knows. */
import type { Position } from "vscode-languageserver";
import { includeHost } from "../../src/driver/host.ts";
import type { CompileOptions } from "../../src/driver/options.ts";
import { type Analysis, analyse } from "../../src/lsp/analysis.ts";
import type { Uris } from "../../src/lsp/locations.ts";
import { TextLines } from "../../src/lsp/text.ts";
import { embeddedKernel } from "../support/kernel.ts";

/** Stands in the sources of tests where the cursor is. */
const CURSOR = "‸";

export interface Marked {
  readonly text: string;
  /** Where the first marker stood. */
  readonly position: Position;
}

export function marked(source: string): Marked {
  const text = source.replaceAll(CURSOR, "");
  return { text, position: new TextLines(text).position(Math.max(0, source.indexOf(CURSOR))) };
}

export function options(headers: Readonly<Record<string, string>> = {}): CompileOptions {
  const read = (path: string) => headers[path];
  return {
    kernel: embeddedKernel("x86"),
    fileName: "/p/probe.bpf",
    includes: includeHost(read, { dirs: [], system: [], machine: [] }),
  };
}

export interface Opened extends Marked {
  readonly a: Analysis;
}

export function opened(source: string, headers?: Readonly<Record<string, string>>): Opened {
  const { text, position } = marked(source);
  return { text, position, a: analyse(text, options(headers)) };
}

/** Kernel documents by name, as they were made. */
export const uris = (kernel = new Map<string, string>()): Uris => ({
  main: "file:///p/probe.bpf",
  file: (name) => `file://${name}`,
  kernel: (name, { text }) => {
    kernel.set(name, text);
    return `kernel:${name}`;
  },
});

/** A session program around some lines, with `skb` and `ctx` at hand. */
export const session = (body: string): string =>
  `SEC("fsession/icmp_rcv")\nint BPF_PROG(probe, struct sk_buff *skb)\n{\n${body}\n\treturn 0;\n}\n`;
