/** Contexts that are structures of the UAPI, register sets or plain records. */
import type { BtfSpec } from "../../btf/type.ts";
import {
  type Context,
  type ContextRule,
  contextAccess,
  contextLayout,
  type FieldAccess,
  ptRegs,
} from "../../kernel/contexts.ts";
import type { Arch, Kernel, SectionInfo } from "../../kernel/model.ts";
import type { Region } from "../domain/value.ts";
import type { CtxAnswer, CtxModel } from "../facts.ts";
import { refuse, unmodelled } from "../outcome.ts";
import { sizeOf } from "../struct-walk.ts";

type Mode = "read" | "write";

/** The context of a program type by the kernel's access rules. */
export function ruledCtx(rule: ContextRule, info: SectionInfo, kind: string, { arch, btf }: Kernel): CtxModel {
  const layout = contextLayout(rule.ctx, arch);
  const movable = rule.modified !== "refused";
  const variable = rule.modified === "variable";
  const refused = (off: number, size: number, mode: Mode): CtxAnswer => refuse("E0517", [`a ${mode}`, size, off, kind]);
  if (rule.ctx === "pt_regs")
    return { movable, access: (off, size, mode) => regsAccess(arch, off, size, mode) ?? refused(off, size, mode) };
  if (layout) {
    const rows = new Map(contextAccess(rule.ctx, info).map((row) => [row.field, row]));
    const end = sizeThere(btf, layout);
    const found = (off: number, size: number, mode: Mode): CtxAnswer | undefined =>
      off + size > end ? undefined : fieldAccess(layout, rows, off, size, mode, btf);
    return { movable, access: (off, size, mode) => found(off, size, mode) ?? refused(off, size, mode) };
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

/** Contexts only grow: an older kernel's ends earlier. */
function sizeThere(btf: BtfSpec, { name, size }: Context): number {
  const id = btf.byName(name, "struct")[0];
  const type = id === undefined ? undefined : btf.type(id);
  return type?.kind === "struct" && type.size > 0 ? type.size : size;
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

/** What a load or store of that size and place gives, field by field; undefined where none allows it. */
export function fieldAccess(
  layout: Context,
  rows: ReadonlyMap<string, FieldAccess>,
  off: number,
  size: number,
  mode: Mode,
  btf: BtfSpec,
): CtxAnswer | undefined {
  // Members may overlap (unions of the structure): any that allows the access will do.
  for (const field of layout.fields) {
    const row = rows.get(field.name);
    const inside = off - field.off;
    // A field of two bytes may be read with what follows it (bpf_sock's dst_port).
    const wide = inside === 0 && row?.read.includes(size);
    if (inside < 0 || (off + size > field.off + field.size && !wide)) continue;
    if (!row || off % size !== 0 || !allows(row, inside, size, mode)) continue;
    if (mode === "write") return { kind: "stored" };
    return answerOf(row.reg, btf) ?? unmodelled(`${field.name} of struct ${layout.name} (${row.reg})`);
  }
  return undefined;
}

/** By the kernel's name of what the register holds after the load. include/linux/bpf.h:bpf_reg_type */
function answerOf(reg: string, btf: BtfSpec): CtxAnswer | undefined {
  if (reg === "scalar") return { kind: "scalar" };
  const [name = "", ...flags] = reg.split("|");
  const to = regionOf(name, reg, btf);
  return to && { kind: "pointer", to, nullable: flags.includes("PTR_MAYBE_NULL") };
}

function regionOf(name: string, reg: string, btf: BtfSpec): Region | undefined {
  switch (name) {
    case "PTR_TO_PACKET":
      return { kind: "packet", meta: false, range: 0 };
    case "PTR_TO_PACKET_META":
      return { kind: "packet", meta: true, range: 0 };
    case "PTR_TO_PACKET_END":
      return { kind: "packet_end" };
    case "PTR_TO_SOCKET":
      return { kind: "sock", sort: "sock" };
    case "PTR_TO_SOCK_COMMON":
      return { kind: "sock", sort: "sock_common" };
    case "PTR_TO_FLOW_KEYS":
      return flowKeys(btf);
    case "PTR_TO_BTF_ID":
      return trustedStruct(/ struct (\w+)$/.exec(reg)?.[1], btf);
    default:
      return undefined;
  }
}

function flowKeys(btf: BtfSpec): Region | undefined {
  const [id] = btf.byName("bpf_flow_keys", "struct");
  const size = id === undefined ? undefined : sizeOf(btf, id);
  return size === undefined ? undefined : { kind: "flow_keys", size };
}

function trustedStruct(name: string | undefined, btf: BtfSpec): Region | undefined {
  const type = name === undefined ? undefined : btf.byName(name, "struct")[0];
  return type === undefined ? undefined : { kind: "btf", btf, type, trust: "trusted" };
}

function allows(row: FieldAccess, inside: number, size: number, mode: Mode): boolean {
  const sizes = mode === "read" ? row.read : row.write;
  if (inside === 0 || (row.elements && inside % 4 === 0)) return sizes.includes(size);
  const narrow = mode === "read" ? row.narrowInside : row.narrowWriteInside;
  return narrow && sizes.includes(size);
}
