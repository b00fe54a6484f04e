/** Checks of the program's shape, before any value is looked at. kernel/bpf/cfg.c and verifier.c:check_subprogs */
import type { Insn } from "../isa/insn.ts";
import { type Outcome, refuse, unmodelled } from "./outcome.ts";
import { calledFunc, jumpOff, jumpTarget, type Prepared, targetSlot } from "./prepare.ts";

export interface ShapeFault {
  readonly at: number;
  readonly outcome: NonNullable<Outcome>;
}

/** The first fault of the program's shape, in the order in which the kernel looks. */
export function checkShape(prep: Prepared): ShapeFault | undefined {
  return checkJumps(prep) ?? checkReach(prep) ?? checkRecursion(prep);
}

function checkJumps(prep: Prepared): ShapeFault | undefined {
  for (let i = 0; i < prep.insns.length; i++) {
    const f = prep.funcOf[i]!;
    const func = prep.funcs[f];
    if (!func) return { at: i, outcome: unmodelled("an instruction outside of all functions") };
    const fault = checkTarget(prep, i) ?? (i === func.end - 1 ? checkLast(prep.insns[i]!.insn, func.name) : undefined);
    if (fault) return { at: i, outcome: fault };
  }
  return undefined;
}

function checkTarget(prep: Prepared, i: number): Outcome {
  const line = prep.insns[i]!;
  const { insn } = line;
  if (insn.kind === "gotox") return unmodelled("gotox");
  if (insn.kind === "callx") return refuse("E0501", [line.slot, "callx"]);
  if (insn.kind === "jump" || insn.kind === "may_goto") {
    const off = jumpOff(insn);
    const to = jumpTarget(prep, i);
    if (off === undefined) return unmodelled("a jump to a label");
    if (to >= 0 && prep.funcOf[to] === prep.funcOf[i]) return undefined;
    return refuse("E0502", [line.slot, targetSlot(line, off)]);
  }
  const callee = insn.kind === "call" && insn.callee.kind === "subprog_off";
  const address = insn.kind === "ld_imm64" && insn.value.kind === "func_off";
  return (callee || address) && calledFunc(prep, i) < 0 ? refuse("E0503", [line.slot]) : undefined;
}

function checkLast(insn: Insn, name: string): Outcome {
  const leaves = insn.kind === "exit" || insn.kind === "gotox" || (insn.kind === "jump" && !insn.cond);
  return leaves ? undefined : refuse("E0504", [name], { help: "end it with a return statement" });
}

/** Functions that nobody calls: the entry, and what bpf_throw goes to. */
function roots({ funcs, program }: Prepared): readonly number[] {
  const callbacks = program.exceptionCallbacks ?? [];
  return funcs.flatMap(({ name }, f) => (f === 0 || callbacks.includes(name) ? [f] : []));
}

/** Every instruction must be reachable from the start of its function, and every function be called or be a root. */
function checkReach(prep: Prepared): ShapeFault | undefined {
  const seen = new Uint8Array(prep.insns.length);
  const work = roots(prep).map((f) => prep.funcs[f]!.start);
  while (work.length > 0) {
    const i = work.pop()!;
    if (seen[i]) continue;
    seen[i] = 1;
    const called = calledFunc(prep, i);
    if (called >= 0) work.push(prep.funcs[called]!.start);
    if (prep.falls[i]) work.push(i + 1);
    const to = jumpTarget(prep, i);
    if (to >= 0) work.push(to);
  }
  const at = seen.indexOf(0);
  return at < 0 ? undefined : { at, outcome: refuse("E0505", [prep.insns[at]!.slot]) };
}

function checkRecursion(prep: Prepared): ShapeFault | undefined {
  const calls = prep.funcs.map((f) => callsOf(prep, f.start, f.end));
  const state = new Uint8Array(prep.funcs.length);
  let fault: ShapeFault | undefined;
  const visit = (f: number): void => {
    state[f] = 1;
    for (const [at, callee] of calls[f]!) {
      if (fault) return;
      if (state[callee] === 1) {
        fault = { at, outcome: refuse("E0506", [prep.funcs[f]!.name, prep.funcs[callee]!.name]) };
      } else if (state[callee] === 0) visit(callee);
    }
    state[f] = 2;
  };
  if (prep.funcs.length <= MAX_SUBPROGS) for (const f of roots(prep)) if (state[f] === 0) visit(f);
  return fault;
}

/** kernel/bpf/verifier.c:BPF_MAX_SUBPROGS */
export const MAX_SUBPROGS = 256;

/** Direct calls in a stretch of instructions: where, and the function. */
export function callsOf(prep: Prepared, start: number, end: number): readonly (readonly [number, number])[] {
  const calls: [number, number][] = [];
  for (let i = start; i < end; i++) {
    const insn = prep.insns[i]!.insn;
    if (insn.kind === "call" && insn.callee.kind === "subprog_off") calls.push([i, calledFunc(prep, i)]);
  }
  return calls;
}
