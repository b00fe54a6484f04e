/** Which registers a call reads, and of which numbers among them something turns on the value. kernel/bpf/liveness.c:bpf_get_call_summary */
import type { Callee, Reg } from "../../isa/insn.ts";
import type { Facts } from "../facts.ts";
import { strip } from "../struct-walk.ts";
import { hasOwnRules, protoOf } from "./kfunc.ts";
import { isOwn } from "./own-params.ts";

const ALL: readonly Reg[] = [1, 2, 3, 4, 5];

/** Registers that hold arguments of the call, from r1; all five where the function is not known. */
export function argRegs(facts: Facts, callee: Callee): readonly Reg[] {
  return ALL.slice(0, argCount(facts, callee));
}

function argCount(facts: Facts, callee: Callee): number {
  if (callee.kind === "helper") {
    const helper = facts.helper(callee.id);
    return "missing" in helper ? ALL.length : helper.args.length;
  }
  const kfunc = callee.kind === "kfunc_id" ? facts.kfunc(callee.btfId, callee.off) : undefined;
  if (!kfunc || hasOwnRules(kfunc)) return ALL.length;
  return protoOf(kfunc)?.params.length ?? ALL.length;
}

const SIZES = /__|_buf_size$/;

/** Arguments of a kfunc that are more than any number: constants, sizes, and zeros in place of pointers. */
export function weighedArgs(facts: Facts, btfId: number, off: number): readonly Reg[] {
  const kfunc = facts.kfunc(btfId, off);
  const proto = kfunc && protoOf(kfunc);
  if (!kfunc || !proto || hasOwnRules(kfunc)) return ALL;
  const any = (i: number): boolean => {
    const param = proto.params[i]!;
    return !isOwn(kfunc) && !SIZES.test(param.name) && /^(int|enum)$/.test(strip(kfunc.btf, param.type).type.kind);
  };
  return ALL.slice(0, proto.params.length).filter((_, i) => !any(i));
}
