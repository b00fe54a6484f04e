/** `__attribute__` lists, turned into one record of what bpfasm knows. */
import type { Attribute, Expr } from "../syntax/ast.ts";
import { constantInt } from "./constants.ts";
import type { Sema } from "./context.ts";

export interface Attributes {
  readonly section?: string;
  readonly align?: number;
  readonly packed: boolean;
  /** The number of `#pragma pack` around a record. */
  readonly pack?: number;
  readonly inlining?: "always" | "never";
  readonly weak: boolean;
  readonly hidden: boolean;
  /** Something that the compiler does not see reads or writes it. */
  readonly used?: true;
  readonly naked: boolean;
  /** `extern inline` is only for inlining, `inline` for others to call: the other way round than in C11. */
  readonly gnuInline?: true;
  readonly core: boolean;
  readonly mayAlias?: true;
  readonly mode?: string;
  readonly addressSpace?: number;
  /** The function to call with the variable's address where its scope is left. */
  readonly cleanup?: Extract<Expr, { kind: "name" }>;
  readonly declTags: readonly string[];
  readonly typeTags: readonly string[];
}

export const noAttributes: Attributes = {
  packed: false,
  weak: false,
  hidden: false,
  naked: false,
  core: false,
  declTags: [],
  typeTags: [],
};

type Draft = { -readonly [K in keyof Attributes]: Attributes[K] };

/** Attributes that change nothing for a single-file BPF object. */
const silent = new Set(
  (
    "unused nonnull noreturn deprecated warn_unused_result pure const cold hot malloc returns_nonnull fallthrough " +
    "artificial flatten leaf no_instrument_function nothrow no_caller_saved_registers " +
    "bpf_fastcall target transparent_union designated_init externally_visible randomize_layout " +
    "diagnose_if enable_if overloadable optnone minsize format format_arg sentinel alloc_size assume_aligned " +
    "alloc_align counted_by copy error warning uninitialized maybe_unused preserve_static_offset"
  ).split(" "),
);

/** Attributes that give a declaration another meaning, which bpfasm does not. */
const refused = new Set(
  "alias constructor destructor ifunc scalar_storage_order vector_size ext_vector_type weakref".split(" "),
);

/** What `aligned` means without a number: the target's greatest alignment (clang, Targets/BPF.h, as on most 64-bit ones). */
const GREATEST_ALIGN = 16;

type Handler = (cx: Sema, a: Attribute, out: Draft) => void;

const handlers: Readonly<Record<string, Handler>> = {
  section: (cx, a, out) => {
    const name = stringArg(cx, a, 0);
    if (name !== undefined) out.section = name;
  },
  aligned: (cx, a, out) => {
    const arg = a.args[0];
    out.align = Math.max(out.align ?? 1, arg ? Number(constantInt(cx, arg, "an alignment") ?? 1n) : GREATEST_ALIGN);
  },
  packed: (_cx, _a, out) => {
    out.packed = true;
  },
  pragma_pack: (cx, a, out) => {
    const arg = a.args[0];
    if (arg) out.pack = Number(constantInt(cx, arg, "an alignment") ?? 16n);
  },
  always_inline: (_cx, _a, out) => {
    out.inlining = "always";
  },
  gnu_inline: (_cx, _a, out) => {
    out.gnuInline = true;
  },
  noinline: (_cx, _a, out) => {
    out.inlining = "never";
  },
  weak: (_cx, _a, out) => {
    out.weak = true;
  },
  visibility: (cx, a, out) => {
    const kind = stringArg(cx, a, 0);
    out.hidden = kind === "hidden" || kind === "internal";
  },
  used: (_cx, _a, out) => {
    out.used = true;
  },
  retain: (_cx, _a, out) => {
    out.used = true;
  },
  naked: (_cx, _a, out) => {
    out.naked = true;
  },
  preserve_access_index: (_cx, _a, out) => {
    out.core = true;
  },
  may_alias: (_cx, _a, out) => {
    out.mayAlias = true;
  },
  mode: (_cx, a, out) => {
    const arg = a.args[0];
    if (arg?.kind === "name") out.mode = arg.name.replace(/^__|__$/g, "");
  },
  address_space: (cx, a, out) => {
    const arg = a.args[0];
    if (arg) out.addressSpace = Number(constantInt(cx, arg, "an address space") ?? 0n);
  },
  cleanup: (cx, a, out) => {
    const arg = a.args[0];
    if (arg?.kind === "name") out.cleanup = arg;
    else cx.sink.error("E0220", a.span, a.name, "the name of a function");
  },
  btf_decl_tag: (cx, a, out) => {
    const tag = stringArg(cx, a, 0);
    if (tag !== undefined) out.declTags = [...out.declTags, tag];
  },
  btf_type_tag: (cx, a, out) => {
    const tag = stringArg(cx, a, 0);
    if (tag !== undefined) out.typeTags = [...out.typeTags, tag];
  },
};

/** Every attribute that is obeyed or may be passed over. */
export const attributeNames = (): readonly string[] => [
  ...Object.keys(handlers).filter((name) => name !== "pragma_pack"),
  ...silent,
];

function stringArg(cx: Sema, a: Attribute, index: number): string | undefined {
  const arg = a.args[index];
  if (arg?.kind === "string" && !arg.wide) return new TextDecoder().decode(arg.bytes);
  cx.sink.error("E0220", a.span, a.name, "a string");
  return undefined;
}

/** Everything known in one or two attribute lists; unknown ones are warned about once each. */
export function readAttributes(cx: Sema, list: readonly Attribute[], more: readonly Attribute[] = []): Attributes {
  if (list.length === 0 && more.length === 0) return noAttributes;
  const out: Draft = { ...noAttributes };
  for (const a of [...list, ...more]) {
    const handler = Object.hasOwn(handlers, a.name) ? handlers[a.name] : undefined;
    if (handler) handler(cx, a, out);
    else if (refused.has(a.name)) cx.sink.error("E0230", a.span, `attribute '${a.name}'`);
    else if (!silent.has(a.name)) cx.sink.warn("unknown-attributes", a.span, a.name);
  }
  return out;
}
