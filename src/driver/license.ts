/** Whether a program needs a GPL-compatible licence, and what it gets where its file gives none. */

import type { Subprog } from "../asm/codegen/subprog.ts";
import type { TFunction, Unit } from "../asm/sema/tree.ts";
import type { CoreAccess } from "../btf/core.ts";
import type { DiagSink } from "../diag/diagnostic.ts";
import type { SourceFile } from "../diag/source.ts";
import type { Line } from "../isa/insn.ts";
import { contextAccess, contextLayout, contextRule } from "../kernel/contexts.ts";
import { helperById, helperFor } from "../kernel/helpers.ts";
import type { Helper } from "../kernel/model.ts";
import { parseSection } from "../kernel/sections.ts";

/** "GPL" with a warning if the file has no licence and some program needs one; undefined otherwise. */
export function impliedLicense(
  unit: Unit,
  subprogs: readonly Subprog[],
  main: SourceFile,
  sink: DiagSink,
): string | undefined {
  if (unit.license) return undefined;
  const headers = subprogs.every(readsHeaders);
  const needy = subprogs.find((s) => s.lines.some((line) => needsGpl(unit, line, s.section, headers)));
  if (!needy) return undefined;
  const source = unit.functions.find((f: TFunction) => f.name === needy.name);
  sink
    .warn("license", source?.nameSpan ?? needy.span, needy.name)
    .help(`say so in the file: ${declaration("LICENSE")}`)
    .edit({ file: main.id, start: main.text.length, end: main.text.length }, licenseAtEnd(main.text));
  return "GPL";
}

const declaration = (name: string): string => `char ${name}[] SEC("license") = "GPL";`;

/** A name that the file does not use yet, behind all that it holds. */
function licenseAtEnd(text: string): string {
  let name = "LICENSE";
  while (new RegExp(`\\b${name}\\b`).test(text)) name = `_${name}`;
  return `${text.endsWith("\n") ? "" : "\n"}\n${declaration(name)}\n`;
}

/**
 * GPL-only helpers, every kfunc, and reads of kernel structs (verifier.c: check_helper_call, add_kfunc_call,
 * check_ptr_to_btf_access); types of headers in a packet are the kernel's too, and open to all.
 */
function needsGpl(unit: Unit, line: Line<CoreAccess>, section: string | undefined, headers: boolean): boolean {
  const { insn } = line;
  if (insn.kind === "load") return !headers && line.core !== undefined && isKernelStruct(unit, line.core);
  if (insn.kind !== "call") return false;
  if (insn.callee.kind === "kfunc" || insn.callee.kind === "kfunc_id") return true;
  return insn.callee.kind === "helper" && helperOf(insn.callee.id, section)?.gplOnly === true;
}

function helperOf(id: number, section: string | undefined): Helper | undefined {
  const info = section === undefined ? undefined : parseSection(section);
  return (info && helperFor(id, info)) ?? helperById(id);
}

/** Of a program that sees packets, and of its functions, where no helper gives them a struct of the kernel. */
function readsHeaders({ section, lines }: Subprog): boolean {
  const given = lines.some(
    ({ insn }) => insn.kind === "call" && insn.callee.kind === "helper" && givesStruct(insn.callee.id, section),
  );
  return !given && (section === undefined || seesPackets(section));
}

const givesStruct = (id: number, section: string | undefined): boolean =>
  helperOf(id, section)?.ret.kind.base.includes("BTF_ID") === true;

function seesPackets(section: string): boolean {
  const info = parseSection(section);
  const rule = info && contextRule(info.progType);
  return !!rule && contextAccess(rule.ctx, info).some(({ reg }) => reg === "PTR_TO_PACKET");
}

/** Contexts and the structures behind them are the UAPI's, and open to all. */
function isKernelStruct(unit: Unit, { root }: CoreAccess): boolean {
  const type = unit.localTypes[root];
  return type?.kind !== "record" || contextLayout(type.decl.tag, "x86") === undefined;
}
