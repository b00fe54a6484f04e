/** Parses snippets for the tests of this room, with a few ambient macros and kernel types in reach. */
import type { TranslationUnit } from "../../../src/asm/syntax/ast.ts";
import { type IncludeHost, type Limits, parseUnit, preprocessOnly } from "../../../src/asm/syntax/parse.ts";
import { DiagSink } from "../../../src/diag/diagnostic.ts";
import { SourceMap } from "../../../src/diag/source.ts";

export interface Setup {
  readonly types?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly ambient?: Readonly<Record<string, string>>;
  readonly defines?: readonly { readonly name: string; readonly value: string }[];
  readonly undefs?: readonly string[];
  readonly forcedIncludes?: readonly string[];
  readonly limits?: Partial<Limits>;
}

const kernelTypes = ["u8", "u16", "u32", "u64", "s32", "s64", "__u32", "__u64", "bool", "size_t"];

export const ambientMacros: Readonly<Record<string, string>> = {
  SEC: "SEC(name) __attribute__((section(name), used))",
  BPF_PROG:
    "BPF_PROG(name, args...) name(unsigned long long *ctx); static int ____##name(unsigned long long *ctx, ##args);" +
    " int name(unsigned long long *ctx) { return 0; } static int ____##name(unsigned long long *ctx, ##args)",
  bpf_printk: "bpf_printk(fmt, args...) ({ static const char ____fmt[] = fmt; bpf_trace_printk(____fmt, ##args); })",
  NULL: "NULL ((void *)0)",
  ETH_P_IP: "ETH_P_IP 0x0800",
  barrier: 'barrier() asm volatile("" ::: "memory")',
  min: "min(a, b) ((a) < (b) ? (a) : (b))",
};

function inputOf(text: string, setup: Setup) {
  const files = new SourceMap();
  const main = files.add("main.bpf", text);
  const texts = setup.files ?? {};
  const includes: IncludeHost = {
    find: (name) => {
      if (Object.hasOwn(texts, name)) return { name, text: texts[name]! };
      return name.startsWith("bpf/") || name === "vmlinux.h" ? { builtin: name } : undefined;
    },
  };
  const ambient = setup.ambient ?? ambientMacros;
  const types = new Set([...kernelTypes, ...(setup.types ?? [])]);
  return {
    files,
    main,
    includes,
    defines: setup.defines ?? [],
    undefs: setup.undefs ?? [],
    forcedIncludes: setup.forcedIncludes ?? [],
    ambientMacros: {
      get: (name: string) => (Object.hasOwn(ambient, name) ? ambient[name] : undefined),
      key: JSON.stringify(ambient),
    },
    isTypeName: (name: string) => types.has(name),
    ...(setup.limits && { limits: setup.limits }),
  };
}

export interface Parsed {
  readonly unit: TranslationUnit;
  readonly sink: DiagSink;
  readonly files: SourceMap;
  /** `line:column code text` of each diagnostic. */
  readonly messages: readonly string[];
  readonly codes: readonly string[];
}

/** Parses `text` as the file `main.bpf`. */
export function parse(text: string, setup: Setup = {}): Parsed {
  const sink = new DiagSink();
  const input = inputOf(text, setup);
  const unit = parseUnit(input, sink);
  return { unit, sink, files: input.files, ...messagesOf(sink, input.files) };
}

/** The text after preprocessing, and what was reported. */
export function preprocess(
  text: string,
  setup: Setup = {},
): { readonly text: string; readonly messages: readonly string[] } {
  const sink = new DiagSink();
  const input = inputOf(text, setup);
  const out = preprocessOnly(input, sink);
  return { text: out, ...messagesOf(sink, input.files) };
}

function messagesOf(sink: DiagSink, files: SourceMap) {
  const messages = sink.diagnostics.map(({ code, text, span }) => {
    const place = span && files.place(span);
    return `${place ? `${place.line}:${place.column} ` : ""}${code} ${text}`;
  });
  return { messages, codes: sink.diagnostics.map(({ code }) => code) };
}
