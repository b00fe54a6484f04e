/** Names that the code still uses when all is optimised, but that nothing in the file defines and no loader binds. */

import type { Subprog } from "../asm/codegen/subprog.ts";
import type { Inst, IrProgram } from "../asm/ir/model.ts";
import { isPointerCall } from "../asm/ir/passes/known-callees.ts";
import { isMemoryCall } from "../asm/ir/passes/known-lengths.ts";
import type { TExtern, Unit } from "../asm/sema/tree.ts";
import type { DiagSink } from "../diag/diagnostic.ts";
import type { Insn } from "../isa/insn.ts";
import { flatMap } from "../support/lists.ts";
import type { Span } from "../support/span.ts";

/**
 * What another object has to define: each is told once (-Wundefined-externs), as the object loads only after it was
 * linked (`bpftool gen object`). A name that no other object can define, being static, is E0237.
 */
export function undefinedNames(program: IrProgram, unit: Unit, sink: DiagSink): readonly TExtern[] {
  const named = [...unit.functions, ...unit.globals, ...unit.maps, ...unit.externs];
  const known = new Set(named.map(({ name }) => name));
  const declared = new Map(unit.undefined.map((extern) => [extern.name, extern]));
  const found: TExtern[] = [];
  const use = (name: string | undefined, span: Span | undefined): void => {
    if (name === undefined || known.has(name)) return;
    known.add(name);
    const extern = declared.get(name);
    if (extern) found.push(extern);
    if (extern) sink.warn("undefined-externs", span, name);
    else sink.error("E0237", span, name);
  };
  for (const inst of flatMap(program.functions, (fn) => flatMap(fn.blocks, (block) => block.insts))) {
    use(nameIn(inst), inst.span);
    if (isPointerCall(inst)) sink.error("E0403", inst.span).help("call the function by its name");
  }
  for (const { relocs, span } of [...unit.globals, ...unit.maps]) for (const { symbol } of relocs) use(symbol, span);
  return found;
}

/** The function or variable of the file that an instruction names. */
function nameIn(inst: Inst): string | undefined {
  if (inst.op === "addr") return inst.symbol.name;
  if (inst.op !== "call" || inst.callee.kind !== "function") return undefined;
  if (isMemoryCall(inst) || isPointerCall(inst)) return undefined;
  return inst.callee.name;
}

/** The same code with those names as externs, which symbols without a place stand for. */
export function leaveToLinker(subprogs: readonly Subprog[], externs: readonly TExtern[]): readonly Subprog[] {
  if (externs.length === 0) return subprogs;
  const names = new Set(externs.map(({ name }) => name));
  const left = (insn: Insn): Insn => {
    if (insn.kind === "call" && insn.callee.kind === "subprog" && names.has(insn.callee.name))
      return { ...insn, callee: { kind: "kfunc", name: insn.callee.name } };
    if (insn.kind !== "ld_imm64" || !("name" in insn.value) || !names.has(insn.value.name)) return insn;
    return { ...insn, value: { kind: "extern", name: insn.value.name } };
  };
  return subprogs.map((s) => ({ ...s, lines: s.lines.map((line) => ({ ...line, insn: left(line.insn) })) }));
}
