/**
 * The context of a struct_ops program: one slot of eight bytes for each argument of the operation that it is.
 * kernel/bpf/verifier.c:check_struct_ops_btf_id and the `is_valid_access` of the subsystems
 */
import { TAIL_CALL } from "../../kernel/helpers.ts";
import type { Kernel, SectionInfo } from "../../kernel/model.ts";
import { type OpSlot, type StructOp, structOp } from "../../kernel/struct-ops.ts";
import type { LinkedProgram } from "../../link/model.ts";
import type { CtxModel, ReturnRule } from "../facts.ts";
import { type Outcome, refuse, unmodelled } from "../outcome.ts";
import { type Slot, trampolineCtx } from "./trampoline.ts";

export type OpAnswer = { readonly op: StructOp } | { readonly unclear: string };

/** The operation that a program is; the loader lets it be one alone. tools/lib/bpf/libbpf.c:bpf_map__init_kern_struct_ops */
export function operationOf(kernel: Kernel, { structOps }: LinkedProgram): OpAnswer {
  const [first] = structOps ?? [];
  if (!first) return { unclear: "a struct_ops program that no struct of operations names" };
  const other = structOps?.find((use) => use.struct !== first.struct || use.member !== first.member);
  if (other) {
    const both = [first, other].map((use) => `${use.struct}.${use.member}`).join(" and ");
    return { unclear: `one struct_ops program as ${both}` };
  }
  const answer = structOp(kernel, first.struct, first.member);
  return answer.kind === "op" ? { op: answer.op } : { unclear: answer.what };
}

/** Whether the program can be that operation at all; checked before its instructions. */
export function checkOperation(op: StructOp, program: LinkedProgram, info: SectionInfo, gpl: boolean): Outcome {
  const barred = (why: string, help?: string): Outcome =>
    refuse("E0576", [op.struct, op.member, why], help ? { help } : {});
  if (!gpl) return refuse("E0547", ["a struct_ops program"], { help: 'give the program a license such as "GPL"' });
  if (op.barred) return barred(op.barred);
  if (info.sleepable && !op.maySleep)
    return barred("it may not sleep", "use a section 'struct_ops/NAME', without '.s'");
  const tailCalls = program.insns.some(
    ({ insn }) => insn.kind === "call" && insn.callee.kind === "helper" && insn.callee.id === TAIL_CALL,
  );
  if (!tailCalls) return undefined;
  if (op.slots.some((slot) => slot.owned)) return barred("one that owns an argument cannot make tail calls");
  return op.struct === "Qdisc_ops" ? unmodelled("tail calls in operations of struct Qdisc_ops") : undefined;
}

/** Stands for the reference to the argument in that slot; other references have numbers above 0. */
const referenceTo = (slot: number): number => -1 - slot;

/** References that the program holds when it begins. kernel/bpf/verifier.c:do_check_common */
export const ownedArguments = (op: StructOp): readonly number[] =>
  op.slots.flatMap((slot, i) => (slot.owned ? [referenceTo(i)] : []));

export function operationCtx(op: StructOp, kind: string): CtxModel {
  return trampolineCtx({
    name: op.member,
    kind,
    btf: op.btf,
    slots: op.slots.map(slotOf),
    result: { barred: "the program itself makes it" },
  });
}

function slotOf(slot: OpSlot, index: number): Slot {
  return {
    name: slot.name.replace(/__(nullable|ref)$/, ""),
    type: slot.type,
    trust: "trusted",
    nullable: slot.nullable,
    ...(slot.owned && { ref: referenceTo(index) }),
    ...(slot.as !== undefined && { as: slot.as }),
  };
}

/** kernel/bpf/verifier.c:check_return_code */
export function operationResult(op: StructOp): ReturnRule {
  if (op.returns === "nothing") return { kind: "ignored" };
  if (op.returns === "number") return { kind: "number" };
  return { kind: "reference", btf: op.btf, type: op.returns.pointer };
}
