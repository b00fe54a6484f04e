/** What `exit` needs: the right result, and nothing left to release. kernel/bpf/verifier.c:check_return_code and check_resource_leak */
import type { Reg } from "../isa/insn.ts";
import { checkSections } from "./calls/sections.ts";
import type { Cx } from "./cx.ts";
import { describe, signExtend } from "./domain/scalar.ts";
import { nothingHeld, reg as regOf, type State, sameHeld, topFrame } from "./domain/state.ts";
import type { Value } from "./domain/value.ts";
import type { ReturnRule } from "./facts.ts";
import { checkReadable } from "./holds.ts";
import { type Outcome, refuse, unmodelled } from "./outcome.ts";
import { strip } from "./struct-walk.ts";
import { makerOf, valueWords } from "./words.ts";

export function checkLeave(cx: Cx, state: State): Outcome {
  const { why, func } = topFrame(state);
  switch (why.kind) {
    case "entry":
      return checkLeaks(cx, state, returned(cx, state)) ?? checkSections(state) ?? checkProgramResult(cx, state);
    case "global":
      return (
        checkLeaks(cx, state) ??
        checkSections(state) ??
        (why.catches ? checkProgramResult(cx, state) : undefined) ??
        checkGlobalResult(cx, state, cx.prep.funcs[func]!.name)
      );
    case "call":
      return returnsStack(regOf(state, 0));
    case "async":
      return (
        checkLeaks(cx, state) ??
        checkSections(state) ??
        checkRange(cx, state, `a callback of ${why.setter}`, why.min, why.max)
      );
    case "callback":
      if (!sameHeld(state.held, why.held ?? nothingHeld)) return unmodelled("a section that a callback leaves open");
      if (state.refs.length !== why.refs) return unmodelled("references that a callback keeps");
      return checkRange(cx, state, `a callback of ${why.helper}`, why.min, why.max);
  }
}

/**
 * What ends a whole function without `exit` (a tail call, a load from a packet that fails): in a function that is called,
 * it must return an int. kernel/bpf/verifier.c:check_abnormal_return
 */
export function checkAbnormalReturn(cx: Cx, state: State, what: string): Outcome {
  const { why, func } = topFrame(state);
  if (why.kind === "entry") return undefined;
  if (why.kind === "callback" || why.kind === "async") return unmodelled(`${what} in a function that is called back`);
  const linked = cx.prep.funcs[func]!;
  const { btf } = cx.prep.program;
  const type = linked.btfType === undefined ? undefined : btf?.type(linked.btfType);
  const proto = type?.kind === "func" ? btf?.type(type.type) : undefined;
  if (!btf || proto?.kind !== "func_proto") return unmodelled(`${what} in a function without a type`);
  const ret = strip(btf, proto.ret).type.kind;
  if (ret === "int" || ret === "enum" || ret === "enum64") return undefined;
  return refuse("E0563", [`must be an int where '${linked.name}' makes ${what}`]);
}

/** bpf_throw: the program ends here, and its argument is the result. kernel/bpf/verifier.c:check_kfunc_call */
export function checkThrow(cx: Cx, state: State): Outcome {
  if (state.frames.some((f) => f.why.kind === "callback" || f.why.kind === "async"))
    return refuse("E0558", ["bpf_throw", "a helper called this function"]);
  const leaks = checkLeaks(cx, state) ?? checkSections(state);
  if (leaks) return leaks;
  if (cx.prep.program.exceptionCallbacks) return undefined;
  const rule = cx.facts.returns;
  if (rule.kind === "unmodelled") return unmodelled(`what ${cx.facts.programKind} programs may return`);
  if (rule.kind === "reference") return unmodelled("bpf_throw in a program that returns a pointer");
  if (rule.kind !== "range") return undefined;
  return checkRange(cx, state, `this ${cx.facts.programKind} program`, rule.min, rule.max, rule.width, 1);
}

/** The reference that the result gives back to the kernel; 0 for none. kernel/bpf/verifier.c:check_reference_leak */
function returned(cx: Cx, state: State): number {
  const value = regOf(state, 0);
  return cx.facts.returnsReferences && value.kind === "ptr" ? value.ref : 0;
}

function checkLeaks(cx: Cx, state: State, except = 0): Outcome {
  const first = state.refs.find(({ id }) => id !== except);
  if (!first) return undefined;
  if (first.id < 0) {
    const help = "release it on every path, or put it where it is kept";
    return refuse("E0560", ["an argument that the program owns"], { help });
  }
  const maker = makerOf(cx, first.at) ?? "a call";
  const help = maker === "bpf_ringbuf_reserve" ? "submit or discard the record" : "release it";
  return refuse("E0560", [`what ${maker} gave`], {
    help: `${help} on every path, also where the program returns early`,
    marks: [{ at: first.at, text: "acquired here" }],
  });
}

function returnsStack(value: Value): Outcome {
  return value.kind === "ptr" && value.to.kind === "stack" ? refuse("E0567", [], { about: [value] }) : undefined;
}

function checkProgramResult(cx: Cx, state: State): Outcome {
  const rule = cx.facts.returns;
  switch (rule.kind) {
    case "ignored":
      return undefined;
    case "unmodelled":
      return unmodelled(`what ${cx.facts.programKind} programs may return`);
    case "number":
      return checkReadable(cx, state, 0);
    case "range":
      return checkRange(cx, state, `this ${cx.facts.programKind} program`, rule.min, rule.max, rule.width);
    case "reference":
      return checkReference(cx, state, rule);
  }
}

/** A pointer as the operation returns it, owned and as it was acquired, or null. */
function checkReference(cx: Cx, state: State, { btf, type }: ReturnRule & { readonly kind: "reference" }): Outcome {
  const value = regOf(state, 0);
  if (value.kind !== "ptr") return checkRange(cx, state, `this ${cx.facts.programKind} program`, 0n, 0n);
  const { to } = value;
  const wanted = btf.type(type);
  const name = "name" in wanted ? wanted.name : "";
  const fits = to.kind === "btf" && to.btf === btf && to.type === type && value.ref !== 0;
  if (!fits || value.off !== 0 || value.varying) {
    const want = `must be null or a pointer to struct ${name} that the program owns`;
    return refuse("E0563", [`${want}, but is ${valueWords(cx, value)}`], { about: [value] });
  }
  return value.nullable ? unmodelled("a result that may be null") : undefined;
}

function checkGlobalResult(cx: Cx, state: State, name: string): Outcome {
  const value = regOf(state, 0);
  const func = cx.prep.funcs[topFrame(state).func]!;
  const { btf } = cx.prep.program;
  const type = func.btfType === undefined ? undefined : btf?.type(func.btfType);
  const proto = type?.kind === "func" ? btf?.type(type.type) : undefined;
  if (proto?.kind === "func_proto" && proto.ret === 0) return undefined;
  if (value.kind === "scalar") return undefined;
  if (value.kind === "nothing") return checkReadable(cx, state, 0);
  return refuse("E0563", [`must be a number in the global function '${name}', but is ${valueWords(cx, value)}`], {
    about: [value],
  });
}

function checkRange(cx: Cx, state: State, kind: string, min: bigint, max: bigint, width?: 32, r: Reg = 0): Outcome {
  const value = regOf(state, r);
  const want = min === max ? `${min}` : `${min} to ${max}`;
  if (value.kind === "nothing") return checkReadable(cx, state, r);
  if (value.kind === "ptr")
    return refuse("E0563", [`must be ${want}, but is ${valueWords(cx, value)}`], { about: [value] });
  const range = width === 32 ? value.s32 : value.s;
  if (range.min >= min && range.max <= max) return undefined;
  return refuse("E0562", [kind, width === 32 ? describe(signExtend(value, 4, 64, value.at)) : describe(value), want], {
    about: [value],
    help: `return ${want} on every path`,
  });
}
