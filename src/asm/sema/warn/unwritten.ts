/** Variables whose bytes are given to a helper that reads them, though nothing in the function ever writes them. */

import { helperById } from "../../../kernel/helpers.ts";
import type { Span } from "../../../support/span.ts";
import { sizeOf } from "../layout.ts";
import type { TExpr, TFunction, TLocal, TPlace } from "../tree.ts";
import { isScalar } from "../type-ops.ts";
import type { Warner } from "./facts.ts";
import { bare } from "./session-walk.ts";
import type { Declared } from "./unused.ts";

export function unwritten(w: Warner, fn: TFunction, declared: readonly Declared[]): void {
  if (w.cx.sink.levelAt("uninitialized-memory", fn.span) === "ignored") return;
  const uses = new Uses();
  uses.visit(fn.body);
  for (const { of } of declared) {
    const local = w.local(of);
    const given = local && !of.init && !uses.touched.has(local) ? uses.given.get(local) : undefined;
    if (!local || !given || !sizeOf(local.type)) continue;
    const warning = w.warn("uninitialized-memory", given.span, local.name, given.helper);
    const end = { ...of.span, start: of.span.end };
    if (!of.span.via) warning?.edit(end, isScalar(local.type) ? " = 0" : " = {}");
    warning?.note("declared here", local.span).help("give it a value where it is declared");
  }
}

interface Given {
  readonly span: Span;
  readonly helper: string;
}

type Node = Readonly<Record<string, unknown>> & { readonly kind?: string };

/** What a function does with its variables: hands their bytes to be read, or may write them. */
class Uses {
  readonly touched = new Set<TLocal>();
  readonly given = new Map<TLocal, Given>();

  /** Any part of a tree: what is not known to read only is taken to write. */
  visit(part: unknown): void {
    if (Array.isArray(part)) for (const one of part) this.visit(one);
    if (typeof part !== "object" || part === null || Array.isArray(part)) return;
    const node = part as Node;
    if (node.kind === "call") this.#call(node as unknown as TExpr & { readonly kind: "call" });
    else if (node.kind === "load")
      this.#root((node as unknown as TExpr & { readonly kind: "load" }).place, () => undefined);
    else if (node.kind === "local" && "type" in node) this.touched.add((node as unknown as { local: TLocal }).local);
    else this.#inside(node);
  }

  #inside(node: Node): void {
    for (const [key, value] of Object.entries(node)) if (!LEAVES.has(key)) this.visit(value);
  }

  #call(e: TExpr & { readonly kind: "call" }): void {
    const helper = e.callee.kind === "helper" ? helperById(e.callee.id) : undefined;
    if (e.callee.kind === "pointer") this.visit(e.callee.expr);
    e.args.forEach((arg, i) => {
      const kind = helper?.args[i]?.kind;
      const reads =
        kind && READ.test(kind.base) && !kind.flags.includes("MEM_WRITE") && !kind.flags.includes("MEM_UNINIT");
      const plain = bare(arg);
      if (!helper || !reads || plain.kind !== "addr") this.visit(arg);
      else this.#root(plain.place, (local) => this.#give(local, { span: plain.span, helper: helper.name }));
    });
  }

  #give(local: TLocal, given: Given): void {
    if (!this.given.has(local)) this.given.set(local, given);
  }

  /** The variable that a place lies in; what the place is computed from is visited. */
  #root(place: TPlace, found: (local: TLocal) => void): void {
    if (place.kind === "local") found(place.local);
    else if (place.kind === "field") this.#root(place.base, found);
    else if (place.kind === "deref") this.visit(place.addr);
  }
}

/** Memory of which the helper takes a known number of bytes. */
const READ = /^ARG_PTR_TO_(MAP_KEY|MAP_VALUE|MEM)$/;
/** Members that hold no part of the tree that is evaluated. */
const LEAVES: ReadonlySet<string> = new Set(["type", "span", "operation", "core", "access", "asm", "callee"]);
