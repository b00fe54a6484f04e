/** Completion inside `SEC("...")`: section names, and behind the slash what a program of that kind attaches to. */
import type { CompletionItem } from "vscode-languageserver";
import type { BtfFile } from "../btf/reader.ts";
import type { BtfKind } from "../btf/type.ts";
import { attachTarget } from "../kernel/attach-target.ts";
import type { Kernel } from "../kernel/model.ts";
import { parseSection, sectionNames } from "../kernel/sections.ts";

export interface Offers {
  readonly items: readonly CompletionItem[];
  /** More could be found with a longer prefix. */
  readonly partial: boolean;
}

/** What has been written of the section's name up to the cursor; undefined outside of `SEC("`. */
export const sectionBefore = (lineUpToCursor: string): string | undefined =>
  /\bSEC\s*\(\s*"(\??[^"]*)$/.exec(lineUpToCursor)?.[1];

/** Kinds of the protocol. */
const FUNCTION = 3 as const;
const EVENT = 23 as const;

export function sectionOffers(kernel: Kernel, written: string): Offers {
  const plain = written.replace(/^\?/, "");
  return plain.includes("/") ? targetOffers(kernel, plain) : { items: prefixOffers(plain), partial: false };
}

/** `fsession/` where a target follows, else the whole name. */
function prefixOffers(plain: string): CompletionItem[] {
  const names = [...new Set(sectionNames())].filter((name) => name.startsWith(plain));
  return names.map((name) => {
    const slashed = parseSection(`${name}/x`)?.prefix === name ? `${name}/` : name;
    const info = parseSection(name);
    return { label: slashed, kind: EVENT, ...(info && { detail: info.attachType ?? info.progType }) };
  });
}

interface Source {
  readonly kind: BtfKind;
  /** What stands before the target's name in BTF. */
  readonly before: string;
}

const MAX_TARGETS = 200;
/** The kernel refuses some of what is found. */
const MAX_SEEN = 600;

/** Functions, tracepoints, hooks or iterators of the kernel that a program of that section may attach to. */
function targetOffers(kernel: Kernel, plain: string): Offers {
  const slash = plain.indexOf("/");
  const [prefix, target] = [plain.slice(0, slash), plain.slice(slash + 1)];
  const source = sourceOf(prefix);
  if (!source || target.includes("/")) return { items: [], partial: false };
  const found = namesOf(kernel, source, target);
  const items = found
    .map((name) => name.slice(source.before.length))
    .filter((name) => mayAttach(kernel, `${prefix}/${name}`))
    .slice(0, MAX_TARGETS)
    .map((label) => ({ label, kind: FUNCTION }));
  return { items, partial: found.length >= MAX_SEEN || items.length >= MAX_TARGETS };
}

function sourceOf(prefix: string): Source | undefined {
  const info = parseSection(`${prefix}/x`);
  if (!info || info.prefix !== prefix) return undefined;
  if (info.attachType === "BPF_TRACE_RAW_TP" || info.progType === "RAW_TRACEPOINT")
    return { kind: "typedef", before: "btf_trace_" };
  if (info.needsBtfTarget && info.progType !== "EXT") return { kind: "func", before: info.btfPrefix ?? "" };
  return /^k(ret)?probe/.test(prefix) ? { kind: "func", before: "" } : undefined;
}

function namesOf(kernel: Kernel, { kind, before }: Source, target: string): readonly string[] {
  const btf = kernel.btf as Partial<BtfFile>;
  return btf.prefixed?.(before + target, [kind], MAX_SEEN) ?? [];
}

function mayAttach(kernel: Kernel, section: string): boolean {
  const info = parseSection(section);
  return info !== undefined && !["problem", "elsewhere"].includes(attachTarget(kernel, info).kind);
}
