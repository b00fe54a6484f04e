/** What was acquired and is not released: a call that releases it before each `return` that still holds it. */
import type { Expr } from "../../asm/syntax/ast.ts";
import { before } from "./insert.ts";
import { allExpressions, type Item, partsOf, type Step } from "./source-tree.ts";
import { holderOf, type Mender, type Placer, type Spot, spotAt, type Trouble } from "./trouble.ts";

/** What ends the life of what a function gave. */
const releases: readonly (readonly [maker: RegExp, call: (name: string) => string])[] = [
  [/^bpf_ringbuf_reserve$/, (p) => `bpf_ringbuf_discard(${p}, 0);`],
  [/^bpf_task_(acquire|from_pid|from_vpid)$/, (p) => `bpf_task_release(${p});`],
  [/^bpf_cgroup_(acquire|ancestor|from_id)$/, (p) => `bpf_cgroup_release(${p});`],
  [/^bpf_cpumask_(create|acquire)$/, (p) => `bpf_cpumask_release(${p});`],
  [/^bpf_get_task_exe_file$/, (p) => `bpf_put_file(${p});`],
  [/^bpf_skc?_lookup_(tcp|udp)$/, (p) => `bpf_sk_release(${p});`],
  [/^bpf_(xdp|skb)_ct_lookup$/, (p) => `bpf_ct_release(${p});`],
];

export const release: Mender = (t) => {
  const call = releases.find(([maker]) => maker.test(t.finding.cause.maker ?? ""))?.[1];
  const leaks = call && leaksOf(t);
  return leaks ? [leaks.steps.flatMap((step) => before(t.tree, leaks.spot.fn, step, [call!(leaks.name)]))] : [];
};

/** The `return` that still holds it: the first behind the last branch of the path. */
export const leakingReturn: Placer = (t) => {
  const steps = leaksOf(t)?.steps ?? [];
  const last = t.finding.path[t.finding.path.length - 1]?.line ?? 0;
  return (steps.find(({ item }) => t.lineOf(item.span) > last) ?? steps[0])?.item.span;
};

interface Leaks {
  readonly spot: Spot;
  /** The variable that holds what was acquired. */
  readonly name: string;
  readonly steps: readonly Step[];
}

function leaksOf(t: Trouble): Leaks | undefined {
  const spot = spotAt(t.tree, t.made);
  const name = spot && holderOf(spot.step.item, t.made!.start);
  if (!spot || name === undefined) return undefined;
  const walk = new Walk(name, spot.step);
  walk.visit({ item: spot.fn.body, inBlock: false }, false);
  return { spot, name, steps: walk.leaks };
}

/** Whether the reference is held behind a statement; `ends`: control does not come there. */
type Held = boolean | "ends";

class Walk {
  /** The `return`s that are reached while it is held. */
  readonly leaks: Step[] = [];
  readonly #name: string;
  readonly #from: Step;

  constructor(name: string, from: Step) {
    this.#name = name;
    this.#from = from;
  }

  visit(step: Step, held: boolean): Held {
    const { item } = step;
    if (item === this.#from.item) return true;
    if (item.kind === "return") {
      if (held && !this.#hands(item)) this.leaks.push(step);
      return "ends";
    }
    if (item.kind === "if") return this.#branches(item, held);
    if (item.kind === "goto" || item.kind === "break" || item.kind === "continue") return "ends";
    let now: Held = held && !this.#hands(item);
    for (const part of partsOf(item)) {
      now = this.visit(part, now);
      if (now === "ends") return item.kind === "block" ? "ends" : held;
    }
    return now;
  }

  #branches(item: Item & { readonly kind: "if" }, held: boolean): Held {
    const gone = held && this.#hands(item) ? false : held;
    const isNull = nullTest(item.cond, this.#name);
    const then = this.visit({ item: item.then, inBlock: false }, gone && isNull !== "then");
    const other = item.else
      ? this.visit({ item: item.else, inBlock: false }, gone && isNull !== "else")
      : gone && isNull !== "else";
    if (then === "ends") return other;
    return other === "ends" ? then : then || other;
  }

  /** Whether a statement gives the pointer to a function that ends its life. */
  #hands(item: Item): boolean {
    for (const e of allExpressions(item)) {
      if (e.kind !== "call" || e.callee.kind !== "name" || !ENDS.test(e.callee.name)) continue;
      if (e.args.some((a) => a.kind === "name" && a.name === this.#name)) return true;
    }
    return false;
  }
}

const ENDS = /_(release|submit|discard|drop|put_file|put)$|^bpf_put_/;

/** Where the pointer is null: in the `then` of `if (!p)`, in the `else` of `if (p)`. */
function nullTest(cond: Expr, name: string): "then" | "else" | undefined {
  const isIt = (e: Expr): boolean => e.kind === "name" && e.name === name;
  if (isIt(cond)) return "else";
  if (cond.kind === "unary" && cond.op === "!" && isIt(cond.operand)) return "then";
  if (cond.kind !== "binary" || !(isIt(cond.left) || isIt(cond.right))) return undefined;
  if (cond.op === "==") return "then";
  return cond.op === "!=" ? "else" : undefined;
}
