/** The verifier: says of a linked program what the kernel will say, and why. */
import { BtfError } from "../btf/format.ts";
import type { Kernel } from "../kernel/model.ts";
import { atLeast } from "../kernel/version.ts";
import type { LinkedProgram } from "../link/model.ts";
import { AccessKinds } from "./access-kinds.ts";
import { argRegs } from "./calls/args.ts";
import { checkCatcher, isCatcher } from "./calls/exceptions.ts";
import { comesBack } from "./calls/repeats.ts";
import { globalEntry, signatureOf } from "./calls/subprog.ts";
import { checkShape, MAX_SUBPROGS } from "./cfg.ts";
import type { Cx } from "./cx.ts";
import { checkDepth, DepthMeter } from "./depth.ts";
import { blank, Recall } from "./domain/recall.ts";
import { entryRegs, type Frame, nothingHeld, type State } from "./domain/state.ts";
import { pointer } from "./domain/value.ts";
import { findingOf } from "./explain.ts";
import { explore, type Progress, type Trace } from "./explore.ts";
import type { Facts } from "./facts.ts";
import { fallsBack } from "./fall-back.ts";
import { checkInsnSet } from "./insn-set.ts";
import { kernelFacts } from "./kernel-facts.ts";
import { liveness } from "./live.ts";
import type { Finding, ProgramVerdict } from "./model.ts";
import { type Outcome, unmodelled } from "./outcome.ts";
import { noMove } from "./pointer-math.ts";
import { calledFunc, prepare } from "./prepare.ts";
import { StackLiveness } from "./stack-live/live.ts";
import { traitsOf } from "./traits.ts";

export interface VerifyOptions {
  /** Instructions that are followed at most; default 500,000. */
  readonly limit?: number;
  /** False: every path is followed to its end, though nothing new can come of it; default true. */
  readonly prune?: boolean;
  /** Called before each instruction that is followed, with its index in `program.insns` and the state. */
  readonly trace?: Trace;
}

/** The kernel follows twice as many; before that, its count and ours may part. */
const LIMIT = 500_000;
/** BPF_MAXINSNS of privileged programs, and MAX_USED_MAPS. */
const MAX_INSNS = 1_000_000;
const MAX_MAPS = 64;

/** What `kernel` will say of a program. Never throws for what a program may hold. */
export function verify(program: LinkedProgram, kernel: Kernel, options: VerifyOptions = {}): ProgramVerdict {
  if (!program.info) return unknownVerdict(program, `the section name '${program.section}'`);
  try {
    return verifyWith(program, kernelFacts(kernel, program, program.info), options);
  } catch (error) {
    // Types are decoded when they are asked for: damage in the object's may show here.
    if (!(error instanceof BtfError || error instanceof RangeError)) throw error;
    return unknownVerdict(program, `type information that cannot be read (${error.message})`);
  }
}

function verifyWith(program: LinkedProgram, facts: Facts, options: VerifyOptions = {}): ProgramVerdict {
  const progress = fresh(program, options);
  const cx = contextOf(program, facts, false);
  const found = findingIn(cx, progress);
  const finding = found && isCertain(program, facts, options) ? found : undefined;
  if (found && !finding) progress.unknown.add(`what the loader or a newer kernel may know of numbers: ${found.text}`);
  return {
    program: program.name,
    section: program.section,
    verdict: finding ? "rejected" : progress.unknown.size > 0 ? "unknown" : "accepted",
    processed: progress.processed,
    findings: finding ? [finding] : [],
    unknown: finding ? [] : [...progress.unknown],
  };
}

function unknownVerdict(program: LinkedProgram, what: string): ProgramVerdict {
  return {
    program: program.name,
    section: program.section,
    verdict: "unknown",
    processed: 0,
    findings: [],
    unknown: [what],
  };
}

function fresh({ insns }: LinkedProgram, { limit, prune, trace }: VerifyOptions): Progress {
  return {
    processed: 0,
    limit: limit ?? LIMIT,
    prune: prune ?? true,
    unknown: new Set(),
    depth: new DepthMeter(),
    kinds: new AccessKinds(insns.length),
    reached: new Uint8Array(insns.length),
    ...(trace && { trace }),
  };
}

/** Whether the program is refused, too, if numbers are known as closely as can be: kernels differ in that. */
function isCertain(program: LinkedProgram, facts: Facts, { limit }: VerifyOptions): boolean {
  const progress = fresh(program, limit === undefined ? {} : { limit });
  return findingIn(contextOf(program, facts, true), progress) !== undefined;
}

function contextOf(program: LinkedProgram, facts: Facts, sharp: boolean): Cx {
  const prep = prepare(program);
  let id = 0;
  return {
    prep,
    facts,
    live: liveness(prep, {
      args: (callee) => argRegs(facts, callee),
      repeats: (callee) => comesBack(facts, callee),
    }),
    stackLive: new StackLiveness(prep, facts),
    needs: blank(prep.insns.length),
    traits: traitsOf(prep),
    immediates: blank(prep.insns.length),
    recall: new Recall(prep.insns.length, sharp),
    lastMove: noMove(),
    ctx: facts.ctx,
    sharp,
    newId: () => ++id,
  };
}

/** Shape, attach target, every path of the entry, then of each global function that is called, then the stack. */
function findingIn(cx: Cx, progress: Progress): Finding | undefined {
  const { facts, prep } = cx;
  const size = tooLarge(cx);
  if (size) return settle(cx, progress, size, 0);
  const shape = checkInsnSet(prep, facts.release) ?? checkShape(prep);
  if (shape) return settle(cx, progress, shape.outcome, shape.at);
  if (facts.attach) return settle(cx, progress, facts.attach, 0);
  if (!atLeast(facts.release, 6, 7) && fallsBack(prep) >= 0)
    progress.unknown.add(
      "a loop whose end runs on into its start, which kernels before 6.7 refuse if they were not updated",
    );
  if (facts.unmodelled) return settle(cx, progress, unmodelled(facts.unmodelled), 0);
  if (facts.doubt) progress.unknown.add(facts.doubt);
  const catcher = checkCatcher(cx);
  if (catcher) return settle(cx, progress, catcher, 0);
  const main = explore(cx, entryState(cx), progress) ?? exploreGlobals(cx, progress);
  if (main) return main;
  const idle = idleAddress(cx, progress);
  if (idle) return settle(cx, progress, idle, 0);
  const depth = checkDepth(cx, progress.depth);
  return depth && settle(cx, progress, depth, 0);
}

/**
 * The address of a function that nothing calls: its code is removed as dead, and then the address is of nothing. It is
 * not missed where the program's own function alone is left. kernel/bpf/verifier.c:opt_remove_dead_code and jit_subprogs
 */
function idleAddress({ prep }: Cx, { reached }: Progress): Outcome {
  if (prep.funcs.filter(({ start }) => reached[start]).length < 2) return undefined;
  const at = prep.insns.findIndex(({ insn }, i) => {
    if (insn.kind !== "ld_imm64" || insn.value.kind !== "func_off" || !reached[i]) return false;
    const func = prep.funcs[calledFunc(prep, i)];
    return func !== undefined && !reached[func.start];
  });
  if (at === -1) return undefined;
  return unmodelled(`the address of '${prep.funcs[calledFunc(prep, at)]!.name}', which nothing calls`);
}

function tooLarge(cx: Cx): Outcome {
  const { program, insns, funcs } = cx.prep;
  if (insns.length === 0 || funcs.length === 0) return unmodelled("a program without instructions");
  if (insns.length > MAX_INSNS) return unmodelled(`a program of more than ${MAX_INSNS} instructions`);
  if (funcs.length > MAX_SUBPROGS) return unmodelled(`more than ${MAX_SUBPROGS} functions`);
  return program.maps.length > MAX_MAPS ? unmodelled(`more than ${MAX_MAPS} maps`) : undefined;
}

/** A refusal becomes the finding; what is not modelled is noted. */
function settle(cx: Cx, progress: Progress, outcome: NonNullable<Outcome>, at: number): Finding | undefined {
  if (outcome.kind === "refused") return findingOf(cx, outcome, at, undefined);
  progress.unknown.add(outcome.what);
  return undefined;
}

function entryState(cx: Cx): State {
  const regs = entryRegs([pointer({ kind: "ctx" }, -1)]);
  return stateOf(cx, { func: 0, why: { kind: "entry" }, callsite: -1, regs, stack: [], callbacks: 0 });
}

function stateOf(cx: Cx, frame: Frame): State {
  return {
    frames: [frame],
    refs: frame.why.kind === "entry" ? cx.facts.owned.map((id) => ({ id, at: -1 })) : [],
    held: nothingHeld,
    at: cx.prep.funcs[frame.func]!.start,
    path: undefined,
    rounds: 0,
    widened: false,
  };
}

/** Global functions are looked at on their own, with nothing known but their signature. kernel/bpf/verifier.c:do_check_subprogs */
function exploreGlobals(cx: Cx, progress: Progress): Finding | undefined {
  for (const [index, func] of cx.prep.funcs.entries()) {
    if (index === 0 || func.linkage !== "global") continue;
    const sig = signatureOf(cx, func);
    if (sig.unclear) {
      progress.unknown.add(`the global function '${func.name}' (${sig.unclear})`);
      continue;
    }
    const frame: Frame = {
      func: index,
      why: { kind: "global", ...(isCatcher(cx, func) && { catches: true }) },
      callsite: -1,
      regs: globalEntry(cx, func),
      stack: [],
      callbacks: 0,
    };
    const finding = explore(cx, stateOf(cx, frame), progress);
    if (finding) return finding;
  }
  return undefined;
}
