/** bpf_cast_to_kern_ctx and bpf_rdonly_cast: a value as another kind of pointer. kernel/bpf/verifier.c:check_special_kfunc */
import type { TypeId } from "../../btf/type.ts";
import type { Cx } from "../cx.ts";
import { constOf } from "../domain/scalar.ts";
import { reg as regOf, type State } from "../domain/state.ts";
import { pointer, type Value } from "../domain/value.ts";
import type { KfuncFacts } from "../facts.ts";
import { type Outcome, refuse, unmodelled } from "../outcome.ts";
import { strip } from "../struct-walk.ts";
import { valueWords } from "../words.ts";

const CASTS: ReadonlySet<string> = new Set(["bpf_cast_to_kern_ctx", "bpf_rdonly_cast"]);

export const isCast = (kfunc: KfuncFacts): boolean => CASTS.has(kfunc.name);

export function checkCast(cx: Cx, state: State, kfunc: KfuncFacts): Outcome {
  const first = regOf(state, 1);
  if (kfunc.name === "bpf_cast_to_kern_ctx") {
    const isContext = first.kind === "ptr" && first.to.kind === "ctx" && first.off === 0 && !first.varying;
    if (!isContext)
      return refuse("E0559", ["r1", kfunc.name, "the context", valueWords(cx, first)], { about: [first] });
    return cx.facts.kernelCtx === undefined ? unmodelled("the kernel's form of this context") : undefined;
  }
  const id = regOf(state, 2);
  const known = id.kind === "scalar" ? constOf(id) : undefined;
  if (known === undefined) return refuse("E0553", ["r2", kfunc.name], { about: [id] });
  if (targetOf(cx, Number(known))) return undefined;
  return refuse("E0559", ["r2", kfunc.name, "the type id of a struct or of void", valueWords(cx, id)], { about: [id] });
}

/** Struct that a type id of the kernel means, or `void`. */
function targetOf(cx: Cx, id: number): TypeId | "void" | undefined {
  if (id === 0) return "void";
  const btf = cx.facts.kernelBtf;
  if (id < 0 || id >= btf.typeCount) return undefined;
  const found = strip(btf, id as TypeId);
  return found.type.kind === "struct" || found.type.kind === "union" ? found.id : undefined;
}

/** What a checked cast gives. */
export function castResult(cx: Cx, state: State, kfunc: KfuncFacts): Value | undefined {
  const btf = cx.facts.kernelBtf;
  if (kfunc.name === "bpf_cast_to_kern_ctx") {
    const type = cx.facts.kernelCtx;
    return type === undefined ? undefined : pointer({ kind: "btf", btf, type, trust: "trusted" }, state.at);
  }
  const id = regOf(state, 2);
  const target = targetOf(cx, Number((id.kind === "scalar" && constOf(id)) || 0n));
  if (target === undefined) return undefined;
  if (target === "void") return pointer({ kind: "address" }, state.at);
  return pointer({ kind: "btf", btf, type: target, trust: "untrusted" }, state.at);
}
