/** The order of the passes. At level 0 only those that code generation cannot do without. */
import type { Span } from "../../support/span.ts";
import { checkSsa } from "./check.ts";
import { compact } from "./compact.ts";
import type { Pass } from "./edit.ts";
import type { IrFunction, IrProgram } from "./model.ts";
import { addBits } from "./passes/add-bits.ts";
import { bareBools } from "./passes/bare-bools.ts";
import { bitsOfTests } from "./passes/bits-of-tests.ts";
import { expandCompares } from "./passes/compares.ts";
import { decideConstants, needsFolding } from "./passes/constant-p.ts";
import { dropDead } from "./passes/dead.ts";
import { dropDeadStores } from "./passes/dead-stores.ts";
import { delayUpdates } from "./passes/delay-updates.ts";
import { divideUnsigned } from "./passes/divide.ts";
import { expand } from "./passes/expand.ts";
import { forwardMemory } from "./passes/forward-memory.ts";
import { hoistCommon } from "./passes/hoist-common.ts";
import { hoistInvariants } from "./passes/hoist-invariants.ts";
import { hoistLoads } from "./passes/hoist-loads.ts";
import { type HeededArguments, ignoredArguments } from "./passes/ignored-arguments.ts";
import { inlineCalls } from "./passes/inline.ts";
import { knownArguments } from "./passes/known-arguments.ts";
import { followBranches } from "./passes/known-branches.ts";
import { type FunctionTables, knownCallees } from "./passes/known-callees.ts";
import { knownLengths } from "./passes/known-lengths.ts";
import { knownQuotients } from "./passes/known-quotients.ts";
import { knownReturns } from "./passes/known-returns.ts";
import { mergeStores } from "./passes/merge-stores.ts";
import { mergeTests } from "./passes/merge-tests.ts";
import { numberValues } from "./passes/number-values.ts";
import { oneReturn } from "./passes/one-return.ts";
import { oneRound } from "./passes/one-round.ts";
import { promote } from "./passes/promote.ts";
import { quickWays } from "./passes/quick-ways.ts";
import { reuseLoads } from "./passes/reuse-loads.ts";
import { sameAnyway } from "./passes/same-anyway.ts";
import { shareSlots } from "./passes/share-slots.ts";
import { simplify } from "./passes/simplify.ts";
import { simplifyCfg } from "./passes/simplify-cfg.ts";
import { sinkCommon } from "./passes/sink-common.ts";
import { sinkUses } from "./passes/sink-uses.ts";
import { splitSlots } from "./passes/split-slots.ts";
import { splitUnaligned } from "./passes/split-unaligned.ts";
import { threadJumps } from "./passes/thread-jumps.ts";
import { forgetUnrolls, unroll } from "./passes/unroll.ts";
import { unrollSmall } from "./passes/unroll-small.ts";
import { unwrittenLoads } from "./passes/unwritten-loads.ts";
import { printIr } from "./print.ts";
import type { ConstantData } from "./rules/rule.ts";
import { staysIdle } from "./still-idle.ts";

export type PassDump = (pass: string, after: () => string, before: (() => string) | undefined) => void;

export interface OptimiseOptions {
  /** 0: only what must be done. */
  readonly level: 0 | 2;
  /** The machine; signed division exists from v4 on. The default is v3. */
  readonly cpu?: "v1" | "v2" | "v3" | "v4";
  /** What constant globals hold, by name: loads of them fold. */
  readonly constants?: ReadonlyMap<string, ConstantData>;
  /** How many arguments of a kfunc count. */
  readonly heeded?: HeededArguments;
  /** Functions that constant globals point to: calls through them are by name. */
  readonly tables?: FunctionTables;
  /** Passes of `optionalPasses` that are left out: what is each worth? */
  readonly without?: ReadonlySet<string>;
  /** Called with each pass's result, and with what the pass changed if it did; both print when called. */
  readonly dump?: PassDump;
  /** Hears where a loop was to be unrolled and could not be. */
  readonly notUnrolled?: (span: Span | undefined) => void;
  /** Check SSA after each pass, to name the guilty one. */
  readonly check?: boolean;
  /** Asked for each function, before and after inlining in others: may know what `run` gives, which depends on options alone. */
  readonly recall?: (step: "early" | "late", fn: IrFunction, run: (fn: IrFunction) => IrFunction) => IrFunction;
}

/** Passes that code can do without; the others make what code generation takes. */
export const optionalPasses = [
  "add-bits",
  "bare-bools",
  "bits-of-tests",
  "delay-updates",
  "drop-dead-stores",
  "follow-branches",
  "forward-memory",
  "hoist-common",
  "hoist-invariants",
  "hoist-loads",
  "ignored-arguments",
  "inline",
  "known-arguments",
  "known-quotients",
  "known-returns",
  "merge-stores",
  "merge-tests",
  "number-values",
  "one-return",
  "one-round",
  "quick-ways",
  "reuse-loads",
  "same-anyway",
  "share-slots",
  "simplify",
  "sink-common",
  "sink-uses",
  "split-slots",
  "thread-jumps",
  "unroll-small",
  "unwritten-loads",
] as const;

/** Passes that always run. */
export const neededPasses = [
  "decide-constants-all",
  "decide-constants-own",
  "divide-unsigned",
  "drop-dead",
  "expand",
  "expand-compares",
  "forget-unrolls",
  "known-callees",
  "known-lengths",
  "promote",
  "simplify-cfg",
  "split-unaligned",
  "unroll",
] as const;

type OptionalPass = (typeof optionalPasses)[number];

/** Rounds until nothing changes; what would still change after these is not worth the time. */
const maxRounds = 4;

interface Plan {
  /** For a function whose callees are done and whose body goes to its one caller: what makes it small. */
  readonly prepare?: (fn: IrFunction) => IrFunction;
  /** For a function whose callees are done. */
  readonly early: (fn: IrFunction) => IrFunction;
  /** Last, when everything is inlined. */
  readonly late: (fn: IrFunction) => IrFunction;
}

function dumpChange(pass: string, before: IrFunction, after: IrFunction, { dump }: OptimiseOptions): void {
  const told = before === after ? undefined : () => printIr(before);
  dump?.(pass, () => printIr(after), told);
}

function runner(options: OptimiseOptions): (passes: readonly Pass[]) => (fn: IrFunction) => IrFunction {
  /** Passes that found nothing to do in a function: they would not the next time either. */
  const idle = new WeakMap<IrFunction, Set<Pass>>();
  const noteIdle = (fn: IrFunction, pass: Pass): void => {
    const passes = idle.get(fn);
    if (passes) passes.add(pass);
    else idle.set(fn, new Set([pass]));
  };
  /** Of what was known to be idle, what a change by `pass` leaves so. */
  const handOn = (before: IrFunction, after: IrFunction, pass: Pass): void => {
    for (const other of idle.get(before) ?? []) if (staysIdle(other.name, pass.name)) noteIdle(after, other);
    if (staysIdle(pass.name, pass.name)) noteIdle(after, pass);
  };
  const runOne = (fn: IrFunction, pass: Pass): IrFunction => {
    const after = idle.get(fn)?.has(pass) ? fn : pass.run(fn);
    if (after === fn) noteIdle(fn, pass);
    else {
      handOn(fn, after, pass);
      if (options.check) checkSsa(after, pass.name);
    }
    dumpChange(pass.name, fn, after, options);
    return after;
  };
  return (passes) => {
    const wanted = passes.filter(({ name }) => !options.without?.has(name));
    return (fn) => wanted.reduce(runOne, fn);
  };
}

type Step = (fn: IrFunction) => IrFunction;

/** Repeats passes until they change nothing more. */
const untilStable =
  (step: Step): Step =>
  (fn) => {
    let before = fn;
    for (let round = 0; round < maxRounds; round++) {
      const after = step(before);
      if (after === before) break;
      before = after;
    }
    return before;
  };

/** Loops in loops that may be unrolled one after the other. */
const maxNesting = 8;

/** Unrolls, folds and unrolls again what has become possible; `settle` runs where anything was. */
const unrolling =
  (once: Step, fold: Step, settle: Step): Step =>
  (fn) => {
    let at = fn;
    for (let round = 0; round < maxNesting; round++) {
      const after = once(at);
      if (after === at) break;
      at = fold(after);
    }
    return at === fn ? fn : settle(at);
  };

const needsDivision = (options: OptimiseOptions): readonly Pass[] => (options.cpu === "v4" ? [] : [divideUnsigned]);

/** What asks for constants is folded even so: whether it compiles must not depend on the level. */
function quickPlan(options: OptimiseOptions): Plan {
  const run = runner(options);
  const fold = untilStable(run([simplify(options.constants), promote, simplifyCfg, dropDead]));
  const last = run([
    knownCallees(options.tables),
    knownLengths,
    expandCompares,
    expand,
    ...needsDivision(options),
    promote,
    splitUnaligned,
    dropDead,
    shareSlots,
    forgetUnrolls(() => undefined),
    simplifyCfg,
  ]);
  return {
    early: run([simplifyCfg, promote, dropDead]),
    late: (fn) => last(needsFolding(fn) ? fold(run([decideConstants("all")])(fold(fn))) : fn),
  };
}

function fullPlan(options: OptimiseOptions): Plan {
  const run = runner(options);
  const combine = simplify(options.constants, options.cpu === "v4");
  const first = run([
    ignoredArguments(options.heeded ?? (() => undefined)),
    simplifyCfg,
    promote,
    numberValues,
    combine,
    splitSlots,
    promote,
  ]);
  const improve = untilStable(
    run([
      combine,
      knownCallees(options.tables),
      knownLengths,
      expandCompares,
      numberValues,
      forwardMemory,
      hoistLoads,
      reuseLoads,
      followBranches,
      knownQuotients,
      mergeTests,
      bitsOfTests,
      threadJumps,
      promote,
      simplifyCfg,
      dropDead,
    ]),
  );
  const lowerMemory = run([
    dropDeadStores,
    expand,
    ...needsDivision(options),
    unwrittenLoads,
    combine,
    splitSlots,
    promote,
  ]);
  const fold = run([promote, combine, followBranches, simplifyCfg, dropDead]);
  const settle = (fn: IrFunction) => improve(run([splitSlots, promote])(fn));
  const unrolled = unrolling(run([oneRound, unroll]), fold, settle);
  const unrolledSmall = unrolling(run([unrollSmall]), fold, settle);
  const again = (before: IrFunction, after: IrFunction) => (after === before ? before : improve(after));
  const decideOwn = (fn: IrFunction) => again(fn, run([decideConstants("own")])(fn));
  const decideAll = (fn: IrFunction) => again(fn, run([decideConstants("all")])(fn));
  const expandRest = (fn: IrFunction) => again(fn, run([expand])(fn));
  const last = run([
    forgetUnrolls(options.notUnrolled ?? (() => undefined)),
    splitUnaligned,
    dropDeadStores,
    mergeStores,
    bareBools,
    dropDead,
    shareSlots,
    simplifyCfg,
    threadJumps,
    promote,
    dropDead,
    simplifyCfg,
    addBits,
    hoistCommon,
    oneReturn,
    sameAnyway,
    sinkCommon,
    sinkUses,
    hoistInvariants,
    dropDead,
    simplifyCfg,
    mergeTests,
    delayUpdates,
    quickWays,
  ]);
  return {
    prepare: run([simplifyCfg, promote, numberValues, combine, simplifyCfg, dropDead]),
    early: (fn) => compact(decideOwn(unrolled(improve(first(compact(fn)))))),
    late: (fn) => last(expandRest(decideAll(unrolledSmall(unrolled(improve(lowerMemory(compact(fn)))))))),
  };
}

/** Passes over all functions together. */
const wholePasses = { "known-arguments": knownArguments, "known-returns": knownReturns } as const;

function wholeStep(
  name: keyof typeof wholePasses,
  before: IrProgram,
  wants: (name: OptionalPass) => boolean,
  options: OptimiseOptions,
): IrProgram {
  const after = wants(name) ? wholePasses[name](before) : before;
  for (const [i, fn] of after.functions.entries()) {
    if (fn === before.functions[i]) continue;
    if (options.check) checkSsa(fn, name);
    dumpChange(name, before.functions[i]!, fn, options);
  }
  return after;
}

const recalling = (plan: Plan, { recall }: OptimiseOptions): Plan =>
  recall
    ? { ...plan, early: (fn) => recall("early", fn, plan.early), late: (fn) => recall("late", fn, plan.late) }
    : plan;

/** The program as code generation takes it: no copies or fills, scalars in values, `always` functions inlined. */
export function optimise(program: IrProgram, options: OptimiseOptions): IrProgram {
  const { prepare, early, late } = recalling(options.level === 0 ? quickPlan(options) : fullPlan(options), options);
  const wants = (name: OptionalPass): boolean => options.level > 0 && !options.without?.has(name);
  const inlined = (before: IrFunction, after: IrFunction) => dumpChange("inline", before, after, options);
  const whole = inlineCalls(program, { auto: wants("inline"), optimise: early, ...(prepare && { prepare }), inlined });
  const returned = wholeStep("known-returns", whole, wants, options);
  const called = wholeStep("known-arguments", returned, wants, options);
  return { functions: called.functions.map(late) };
}
