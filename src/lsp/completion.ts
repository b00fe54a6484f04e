/** Completion: members behind `.` and `->`, names in scope, helpers, kfuncs, macros and types of the kernel, sections. */
import type { CompletionItem, CompletionList, Position } from "vscode-languageserver";
import { ambientMacroNames } from "../asm/sema/ambient/index.ts";
import { layoutOf } from "../asm/sema/layout.ts";
import type { Observer } from "../asm/sema/observer.ts";
import type { Scope } from "../asm/sema/scope.ts";
import { typeText } from "../asm/sema/type-ops.ts";
import type { Field, RecordDecl } from "../asm/sema/types.ts";
import type { BtfFile } from "../btf/reader.ts";
import type { BtfKind } from "../btf/type.ts";
import { checkSource } from "../driver/compile.ts";
import type { CompileOptions } from "../driver/options.ts";
import { helperByName, helperNames } from "../kernel/helpers.ts";
import type { Kernel } from "../kernel/model.ts";
import { findKfunc, kfuncPrototype, listKfuncs } from "../kfuncs/kfunc.ts";
import { describe, helperDescription } from "./describe.ts";
import { placeText } from "./kernel-text.ts";
import { isProse, lex } from "./lexical.ts";
import { sectionBefore, sectionOffers } from "./section-names.ts";
import { TextLines } from "./text.ts";

/** Kinds of the protocol. */
const kinds = {
  function: 3,
  field: 5,
  variable: 6,
  enum: 13,
  keyword: 14,
  constant: 21,
  struct: 22,
  type: 25,
} as const;

/** Stands in the text where something is to be offered: no user writes it. */
const CURSOR = "bpfasm_cursor_here_";

export function completion(text: string, position: Position, options: CompileOptions): CompletionList {
  const lines = new TextLines(text);
  const offset = lines.offset(position);
  const section = sectionBefore(text.slice(lines.startOf(position.line), offset));
  if (section !== undefined) {
    const { items, partial } = sectionOffers(options.kernel, section);
    return list(items, partial);
  }
  if (isProse(text, lex(text), offset)) return list([]);
  const written = /[A-Za-z_]\w*$/.exec(text.slice(0, offset))?.[0] ?? "";
  const before = text.slice(0, offset - written.length).trimEnd();
  const tag = /\b(struct|union|enum)$/.exec(before)?.[1];
  if (tag !== undefined) return tagItems(text, tag as BtfKind, written, options.kernel);
  const seen = look(text, offset - written.length, offset, options);
  const isMember = /(?:->|\.)$/.test(before);
  if (isMember || (seen.record && !seen.scope)) return list(seen.record ? memberItems(seen.record) : []);
  return nameItems(seen.scope, written, options.kernel);
}

const list = (items: readonly CompletionItem[], isIncomplete = false): CompletionList => ({
  isIncomplete,
  items: [...items],
});

// ---- what the checker knows at the cursor ----

interface Seen {
  record?: RecordDecl;
  scope?: Scope;
}

/** What may follow the cursor, so that the text around it can be read: nothing, or the ends that are still missing. */
const endings = ["", ";", ");", "){}"];

/** Puts a name where the cursor is and asks the checker what it is looked up in. */
function look(text: string, start: number, offset: number, options: CompileOptions): Seen {
  const seen: Seen = {};
  const observer: Observer = {
    file: () => {},
    tag: () => {},
    name: ({ name }, _entity, _role, scope) => {
      if (name === CURSOR) seen.scope ??= scope;
    },
    member: ({ name }, record) => {
      if (name === CURSOR) seen.record ??= record;
    },
  };
  const head = `${text.slice(0, start)}${CURSOR}`;
  const rest = text.slice(offset).replace(/^\w+/, "");
  for (const tail of [...endings.map((ending) => ending + rest), closed(text.slice(0, start))]) {
    try {
      checkSource(head + tail, { ...options, observer });
    } catch {
      // A bug of the checker's on a broken text: the next ending may do.
    }
    if (seen.record || seen.scope) break;
  }
  return seen;
}

const partners: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** What closes all that a text opens, for where nothing behind the cursor can be trusted. */
function closed(text: string): string {
  const open: string[] = [];
  for (const { kind, start } of lex(text)) {
    const mark = kind === "mark" ? text[start]! : "";
    const partner = partners[mark];
    if (partner !== undefined) open.push(partner === "}" ? "; }" : partner);
    else if (mark !== "" && open.at(-1)?.endsWith(mark)) open.pop();
  }
  return `${open.reverse().join("")};`;
}

// ---- items ----

/** Members, those of anonymous records among them. */
function memberItems(record: RecordDecl): CompletionItem[] {
  const items: CompletionItem[] = [];
  const add = (fields: readonly Field[], base: number): void => {
    for (const field of fields) {
      const bitOff = base + field.bitOff;
      if (field.name === "" && field.type.kind === "record") add(layoutOf(field.type.decl)?.fields ?? [], bitOff);
      else if (field.name !== "") items.push(memberItem(field, bitOff, items.length));
    }
  };
  add(layoutOf(record)?.fields ?? [], 0);
  return items;
}

/** In the order of the layout. */
const memberItem = (field: Field, bitOff: number, index: number): CompletionItem => ({
  label: field.name,
  kind: kinds.field,
  detail: typeText(field.type, field.name),
  documentation: placeText(bitOff, field),
  sortText: String(index).padStart(4, "0"),
});

/** Names outside the file are offered once two letters are there: they are thousands. */
const LEAST = 2;

function nameItems(scope: Scope | undefined, written: string, kernel: Kernel): CompletionList {
  const own = scopeItems(scope, written, kernel);
  if (written.length < LEAST) return list(own, true);
  const starts = (name: string): boolean => name.startsWith(written);
  const taken = new Set(own.map(({ label }) => label));
  const outside = [
    ...helperNames().filter(starts).map(helperItem),
    ...kfuncItems(kernel, written),
    ...ambientMacroNames(kernel.arch)
      .filter(starts)
      .map((label) => ({ label, kind: kinds.constant, detail: "part of the language", sortText: `3${label}` })),
    ...keywords.filter(starts).map((label) => ({ label, kind: kinds.keyword, sortText: `1${label}` })),
  ].filter(({ label }) => !taken.has(label));
  const types = kernelNames(kernel, ["typedef"], written, kinds.type);
  return list([...own, ...outside, ...types.items], types.isIncomplete);
}

const keywords = (
  "break case const continue default do else enum extern for goto if inline return sizeof static struct switch " +
  "typedef union unsigned signed void volatile while int long short char bool _Static_assert __auto_type typeof"
).split(" ");

/** Names of the file and of the blocks around, the innermost of each name. */
function scopeItems(scope: Scope | undefined, written: string, kernel: Kernel): CompletionItem[] {
  const names = new Set((scope?.names() ?? []).filter((n) => n.startsWith(written) && n !== CURSOR));
  return [...names].flatMap((label) => {
    if (label.startsWith("____") || /\W/.test(label)) return [];
    const entity = scope?.find(label);
    if (!entity) return [];
    const { code } = describe(label, { kind: "entity", entity }, kernel);
    const kind = entity.kind === "function" ? kinds.function : entity.kind === "typedef" ? kinds.type : kinds.variable;
    return [{ label, kind, detail: code, sortText: `0${label}` }];
  });
}

function helperItem(label: string): CompletionItem & { readonly label: string } {
  const { code, facts } = helperDescription(helperByName(label)!);
  return { label, kind: kinds.function, detail: code, documentation: facts.join("\n"), sortText: `2${label}` };
}

const kfuncLists = new WeakMap<Kernel, readonly string[]>();

function kfuncItems(kernel: Kernel, written: string): CompletionItem[] {
  let names = kfuncLists.get(kernel);
  if (!names) {
    names = listKfuncs(kernel).map(({ name }) => name);
    kfuncLists.set(kernel, names);
  }
  return names
    .filter((name) => name.startsWith(written))
    .map((label) => {
      const kfunc = findKfunc(kernel, label);
      return { label, kind: kinds.function, detail: kfunc ? kfuncPrototype(kfunc) : "", sortText: `2${label}` };
    });
}

/** Tags that the text defines, then the kernel's. */
function tagItems(text: string, of: BtfKind, written: string, kernel: Kernel): CompletionList {
  const own = [...text.matchAll(new RegExp(`\\b${of}\\s+(\\w+)\\s*\\{`, "g"))].map((m) => m[1]!);
  const items = [...new Set(own)]
    .filter((name) => name.startsWith(written))
    .map((label) => ({ label, kind: kinds.struct, detail: `${of} ${label}`, sortText: `0${label}` }));
  const kernels = kernelNames(kernel, [of], written, kinds.struct);
  return list([...items, ...kernels.items.filter(({ label }) => !own.includes(label))], kernels.isIncomplete);
}

const MAX_NAMES = 200;

/** Types of the kernel by the beginning of their name. */
function kernelNames(kernel: Kernel, of: readonly BtfKind[], written: string, kind: 22 | 25): CompletionList {
  const btf = kernel.btf as Partial<BtfFile>;
  const names = btf.prefixed?.(written, of, MAX_NAMES) ?? [];
  const items = names.map((label) => ({ label, kind, detail: `${of[0]} ${label}`, sortText: `4${label}` }));
  return list(items, names.length >= MAX_NAMES);
}
