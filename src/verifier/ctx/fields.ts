/** Contexts that are structures of the UAPI, register sets or plain records. */
import {
  type Context,
  type ContextRule,
  contextAccess,
  contextLayout,
  type FieldAccess,
  ptRegs,
} from "../../kernel/contexts.ts";
import type { Arch, SectionInfo } from "../../kernel/model.ts";
import type { CtxAnswer, CtxModel } from "../facts.ts";
import { refuse, unmodelled } from "../outcome.ts";

type Mode = "read" | "write";

/** The context of a program type by the kernel's access rules. */
export function ruledCtx(rule: ContextRule, info: SectionInfo, kind: string, arch: Arch): CtxModel {
  const layout = contextLayout(rule.ctx, arch);
  const movable = rule.modified !== "refused";
  const variable = rule.modified === "variable";
  const refused = (off: number, size: number, mode: Mode): CtxAnswer => refuse("E0517", [`a ${mode}`, size, off, kind]);
  if (rule.ctx === "pt_regs")
    return { movable, access: (off, size, mode) => regsAccess(arch, off, size, mode) ?? refused(off, size, mode) };
  if (layout) {
    const rows = new Map(contextAccess(rule.ctx, info).map((row) => [row.field, row]));
    return {
      movable,
      access: (off, size, mode) => fieldAccess(layout, rows, off, size, mode) ?? refused(off, size, mode),
    };
  }
  const writable = rule.progType === "RAW_TRACEPOINT_WRITABLE";
  if (rule.offBelow === undefined) return unclearCtx(`the context of ${kind} programs`);
  return {
    movable,
    variable,
    access: (off, size, mode) =>
      writable && off === 0 && size === 8
        ? unmodelled("the buffer of a writable tracepoint")
        : (recordAccess(rule, off, size, mode) ?? refused(off, size, mode)),
  };
}

/** A context of which nothing is known. */
export const unclearCtx = (what: string): CtxModel => ({ movable: true, access: () => unmodelled(what) });

/** kernel/trace/bpf_trace.c:kprobe_prog_is_valid_access */
function regsAccess(arch: Arch, off: number, size: number, mode: Mode): CtxAnswer | undefined {
  if (off % size !== 0 || off + size > ptRegs(arch).size) return undefined;
  return mode === "read" ? { kind: "scalar" } : unmodelled("writing to the registers of a probed function");
}

function recordAccess(rule: ContextRule, off: number, size: number, mode: Mode): CtxAnswer | undefined {
  if (off < (rule.offMin ?? 0) || off + size > (rule.offBelow ?? 0)) return undefined;
  if (rule.aligned && off % size !== 0) return undefined;
  if (!(mode === "read" ? rule.read : rule.write).includes(size)) return undefined;
  // kernel/trace/bpf_trace.c:raw_tp_writable_prog_is_valid_access
  if (rule.progType === "RAW_TRACEPOINT_WRITABLE" && off === 0)
    return size === 8 && mode === "read" ? unmodelled("the buffer of a writable raw tracepoint") : undefined;
  return mode === "read" ? { kind: "scalar" } : { kind: "stored" };
}

function fieldAccess(
  layout: Context,
  rows: ReadonlyMap<string, FieldAccess>,
  off: number,
  size: number,
  mode: Mode,
): CtxAnswer | undefined {
  // Members may overlap (unions of the structure): any that allows the access will do.
  for (const field of layout.fields) {
    if (off < field.off || off + size > field.off + field.size) continue;
    const row = rows.get(field.name);
    const inside = off - field.off;
    if (!row || off % size !== 0 || !allows(row, inside, size, mode)) continue;
    if (mode === "write") return { kind: "stored" };
    return row.reg === "scalar"
      ? { kind: "scalar" }
      : unmodelled(`${field.name} of struct ${layout.name} (${row.reg})`);
  }
  return undefined;
}

function allows(row: FieldAccess, inside: number, size: number, mode: Mode): boolean {
  const sizes = mode === "read" ? row.read : row.write;
  if (inside === 0 || (row.elements && inside % 4 === 0)) return sizes.includes(size);
  const narrow = mode === "read" ? row.narrowInside : row.narrowWriteInside;
  return narrow && sizes.some((s) => s >= size);
}
