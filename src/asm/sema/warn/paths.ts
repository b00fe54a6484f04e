/** The ways that control takes through a function, with what each step does to its variables. */
import type { Span } from "../../../support/span.ts";
import type { TBuiltin, TExpr, TInit, TLocal, TPlace, TStmt } from "../tree.ts";

/** `born`: declared without a value. */
export type Step = { readonly kind: "born" | "set" | "use"; readonly local: TLocal; readonly span: Span };

export interface Block {
  readonly id: number;
  readonly steps: Step[];
  readonly succs: Block[];
  readonly preds: Block[];
  /** Where the condition is that chooses among the successors; for a switch, the labels tell. */
  branch?: { readonly span: Span; readonly isSwitch: boolean };
  /** The case label that the block begins with. */
  label?: Span;
}

/** Where `break` and `continue` lead. */
interface Around {
  readonly out?: Block;
  readonly again?: Block;
}

/** Blocks in the order in which they were made, the first one the entry. */
export class Paths {
  readonly blocks: Block[] = [];
  /** Declared as `int x = x`. */
  readonly selfMade = new Set<TLocal>();
  readonly #tracked: ReadonlySet<TLocal>;
  readonly #labels = new Map<string, Block>();
  #now: Block;
  #around: Around = {};
  /** The blocks that the labels of the innermost switch begin. */
  #cases: Map<object, Block> | undefined;

  constructor(body: TStmt, tracked: ReadonlySet<TLocal>) {
    this.#tracked = tracked;
    this.#now = this.#block();
    this.#stmt(body);
  }

  #block(): Block {
    const made: Block = { id: this.blocks.length, steps: [], succs: [], preds: [] };
    this.blocks.push(made);
    return made;
  }

  #edge(from: Block, to: Block): void {
    from.succs.push(to);
    to.preds.push(from);
  }

  /** Goes on in `to`. */
  #goTo(to: Block): void {
    this.#edge(this.#now, to);
    this.#now = to;
  }

  /** What follows cannot be reached from here. */
  #leave(to?: Block): void {
    if (to) this.#edge(this.#now, to);
    this.#now = this.#block();
  }

  #step(kind: Step["kind"], local: TLocal, span: Span): void {
    if (this.#tracked.has(local)) this.#now.steps.push({ kind, local, span });
  }

  // ---- statements ----

  #stmt(s: TStmt): void {
    switch (s.kind) {
      case "block":
        for (const item of s.items) this.#stmt(item);
        return;
      case "expr":
        this.#expr(s.expr);
        return;
      case "local":
        this.#local(s);
        return;
      case "if":
        this.#if(s);
        return;
      case "loop":
        this.#loop(s);
        return;
      case "switch":
        this.#switch(s);
        return;
      case "case":
        this.#goTo(this.#caseBlock(s.label, s.span));
        this.#stmt(s.body);
        return;
      case "label":
        this.#goTo(this.#label(s.name));
        this.#stmt(s.body);
        return;
      case "goto":
        this.#leave(this.#label(s.name));
        return;
      case "break":
        this.#leave(this.#around.out);
        return;
      case "continue":
        this.#leave(this.#around.again);
        return;
      case "return":
        if (s.value) this.#expr(s.value);
        this.#leave();
        return;
      case "asm":
        this.#asm(s);
        return;
    }
  }

  #label(name: string): Block {
    const known = this.#labels.get(name) ?? this.#block();
    this.#labels.set(name, known);
    return known;
  }

  #caseBlock(label: object, span: Span): Block {
    const block = this.#cases?.get(label) ?? this.#block();
    block.label = span;
    return block;
  }

  #local(s: Extract<TStmt, { kind: "local" }>): void {
    if (!s.init) {
      this.#step("born", s.local, s.span);
      return;
    }
    const value = s.init.kind === "scalar" ? s.init.value : undefined;
    const itself = value?.kind === "load" && value.place.kind === "local" && value.place.local === s.local;
    this.#step("born", s.local, s.span);
    if (itself) {
      this.selfMade.add(s.local);
      return;
    }
    this.#init(s.init);
    this.#step("set", s.local, s.span);
  }

  #if(s: Extract<TStmt, { kind: "if" }>): void {
    const [then, other, out] = [this.#block(), s.else ? this.#block() : undefined, this.#block()];
    this.#branch(s.cond, then, other ?? out);
    this.#now = then;
    this.#stmt(s.then);
    this.#edge(this.#now, out);
    if (other && s.else) {
      this.#now = other;
      this.#stmt(s.else);
      this.#edge(this.#now, out);
    }
    this.#now = out;
  }

  /** Evaluates a condition and leads to one of two blocks. */
  #branch(cond: TExpr, yes: Block, no: Block): void {
    if (cond.kind === "unary" && cond.op === "lnot") {
      this.#branch(cond.operand, no, yes);
      return;
    }
    if (cond.kind === "logical") {
      const right = this.#block();
      if (cond.op === "and") this.#branch(cond.left, right, no);
      else this.#branch(cond.left, yes, right);
      this.#now = right;
      this.#branch(cond.right, yes, no);
      return;
    }
    this.#expr(cond);
    if (cond.kind === "const") {
      this.#edge(this.#now, cond.value !== 0n ? yes : no);
      return;
    }
    this.#now.branch = { span: cond.span, isSwitch: false };
    this.#edge(this.#now, yes);
    this.#edge(this.#now, no);
  }

  #loop(s: Extract<TStmt, { kind: "loop" }>): void {
    const [test, body, step, out] = [this.#block(), this.#block(), this.#block(), this.#block()];
    this.#goTo(s.testFirst ? test : body);
    const outer = this.#around;
    this.#now = test;
    if (s.cond) this.#branch(s.cond, body, out);
    else this.#edge(test, body);
    this.#around = { out, again: step };
    this.#now = body;
    this.#stmt(s.body);
    this.#goTo(step);
    if (s.step) this.#expr(s.step);
    this.#edge(this.#now, test);
    this.#around = outer;
    this.#now = out;
  }

  #switch(s: Extract<TStmt, { kind: "switch" }>): void {
    this.#expr(s.value);
    const head = this.#now;
    head.branch = { span: s.span, isSwitch: true };
    const out = this.#block();
    const [outerCases, outerAround] = [this.#cases, this.#around];
    this.#cases = new Map(s.cases.map((label) => [label, this.#block()]));
    this.#around = { ...outerAround, out };
    for (const block of this.#cases.values()) this.#edge(head, block);
    if (s.cases.every((label) => label.range) && !coversEnum(s)) this.#edge(head, out);
    this.#now = this.#block();
    this.#stmt(s.body);
    this.#edge(this.#now, out);
    this.#cases = outerCases;
    this.#around = outerAround;
    this.#now = out;
  }

  #asm(s: Extract<TStmt, { kind: "asm" }>): void {
    for (const input of s.inputs) {
      if (input.kind === "value") this.#expr(input.expr);
      else if (input.kind === "memory") this.#written(input.place);
    }
    for (const output of s.outputs) this.#written(output);
    for (const { name } of s.asm.labels) this.#edge(this.#now, this.#label(name));
    const next = this.#block();
    this.#goTo(next);
  }

  // ---- expressions ----

  #expr(e: TExpr): void {
    switch (e.kind) {
      case "const":
      case "func_addr":
      case "core":
        return;
      case "load":
        this.#read(e.place, e.span);
        return;
      case "addr":
        this.#written(e.place);
        return;
      case "unary":
        this.#expr(e.operand);
        return;
      case "convert":
        if (e.type.kind === "void" && e.operand.kind === "load" && e.operand.place.kind === "local") return;
        this.#expr(e.operand);
        return;
      case "arith":
      case "compare":
      case "ptr_diff":
      case "comma":
        this.#expr(e.left);
        this.#expr(e.right);
        return;
      case "ptr_add":
        this.#expr(e.ptr);
        this.#expr(e.offset);
        return;
      case "logical":
      case "cond":
        this.#choice(e);
        return;
      case "assign":
        this.#inside(e.place);
        this.#expr(e.value);
        this.#written(e.place);
        return;
      case "update":
        this.#expr(e.value);
        this.#read(e.place, e.span);
        return;
      case "call":
        if (e.callee.kind === "pointer") this.#expr(e.callee.expr);
        for (const arg of e.args) this.#expr(arg);
        return;
      case "stmt_expr":
        for (const s of e.body) this.#stmt(s);
        if (e.value) this.#expr(e.value);
        return;
      case "literal":
        this.#init(e.init);
        return;
      case "builtin":
        this.#builtin(e.builtin);
        return;
      case "atomic":
        this.#expr(e.ptr);
        this.#expr(e.value);
        if (e.expected) this.#expr(e.expected);
        return;
    }
  }

  #choice(e: Extract<TExpr, { kind: "logical" | "cond" }>): void {
    const [yes, no, out] = [this.#block(), this.#block(), this.#block()];
    if (e.kind === "logical") this.#branch(e, yes, no);
    else this.#branch(e.cond, yes, no);
    this.#now = yes;
    if (e.kind === "cond" && e.then) this.#expr(e.then);
    this.#edge(this.#now, out);
    this.#now = no;
    if (e.kind === "cond") this.#expr(e.else);
    this.#edge(this.#now, out);
    this.#now = out;
  }

  #init(init: TInit): void {
    if (init.kind === "scalar") this.#expr(init.value);
    else if (init.kind === "copy") this.#expr(init.from);
    else for (const { value } of init.parts) if (value.kind === "expr") this.#expr(value.expr);
  }

  #builtin(b: TBuiltin): void {
    switch (b.kind) {
      case "memcpy":
      case "memmove":
        this.#expr(b.dst);
        this.#expr(b.src);
        this.#expr(b.length);
        return;
      case "memset":
        this.#expr(b.dst);
        this.#expr(b.byte);
        this.#expr(b.length);
        return;
      case "memcmp":
        this.#expr(b.left);
        this.#expr(b.right);
        this.#expr(b.length);
        return;
      case "overflow":
        this.#expr(b.left);
        this.#expr(b.right);
        this.#written(b.result);
        return;
      case "barrier_var":
        this.#written(b.place);
        return;
      case "unreachable":
      case "trap":
        this.#leave();
        return;
      case "may_goto":
      case "barrier":
      case "constant_p": // is never evaluated
        return;
      case "load_packet":
        this.#expr(b.skb);
        this.#expr(b.offset);
        return;
      case "load_acquire":
        this.#expr(b.ptr);
        return;
      case "store_release":
        this.#expr(b.ptr);
        this.#expr(b.value);
        return;
      default:
        this.#expr(b.value);
        return;
    }
  }

  // ---- places ----

  #read(p: TPlace, span: Span): void {
    if (p.kind === "local") this.#step("use", p.local, span);
    else this.#inside(p);
  }

  /** Stored to, or its address known elsewhere: from then on it has a value. */
  #written(p: TPlace): void {
    if (p.kind === "local") this.#step("set", p.local, p.span);
    else this.#inside(p);
  }

  /** What has to be evaluated to know where a place is. */
  #inside(p: TPlace): void {
    if (p.kind === "deref") this.#expr(p.addr);
    else if (p.kind === "field") {
      if (p.base.kind === "local") this.#step("set", p.base.local, p.span);
      else this.#inside(p.base);
    }
  }
}

/** A switch over an enumeration whose every value has a case never passes by. */
function coversEnum(s: Extract<TStmt, { kind: "switch" }>): boolean {
  const of = s.value.kind === "convert" ? s.value.operand : s.value;
  if (of.type.kind !== "enum" || !of.type.decl.values || s.cases.length === 0) return false;
  return of.type.decl.values.every(({ value }) =>
    s.cases.some(({ range }) => range && value >= range.first && value <= range.last),
  );
}
