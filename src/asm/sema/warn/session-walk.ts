/**
 * Goes through a session program as it is written, knowing in which of its two runs control can be, and notes what it
 * does with the cookie, the return slot and the answer of bpf_session_is_return.
 */
import type { Span } from "../../../support/span.ts";
import type { TBuiltin, TExpr, TFunction, TInit, TLocal, TPlace, TStmt } from "../tree.ts";
import { BOTH, ENTRY, SessionValues } from "./session-values.ts";

export interface Event {
  /** `use`: the cookie's content is calculated with. `test`: it is asked about. */
  readonly kind: "read" | "write" | "use" | "test" | "escape" | "result" | "asked" | "number" | "leave";
  readonly runs: number;
  readonly span: Span;
  /** Of `leave`: the cookie has been written on the way. */
  readonly written: boolean;
}

/** Where control is; undefined: it does not come here. */
interface At {
  readonly runs: number;
  readonly written: boolean;
}
type Control = At | undefined;

const join = (a: Control, b: Control): Control =>
  a && b ? { runs: a.runs | b.runs, written: a.written && b.written } : (a ?? b);

const MAX_DEPTH = 8;

export class SessionWalk {
  readonly events: Event[] = [];
  /** It jumps about: what holds on which way is not known. */
  jumps = false;
  readonly #functions: ReadonlyMap<string, TFunction>;
  readonly #values: SessionValues;
  /** The context's slot of the return value; none: the target returns nothing or is not known. */
  readonly #slot: number | undefined;
  /** Variables that hold the return slot's value, or the context. */
  readonly #results = new Set<TLocal>();
  readonly #contexts = new Set<TLocal>();
  readonly #running: string[] = [];
  #now: Control = { runs: BOTH, written: false };

  constructor(program: TFunction, functions: ReadonlyMap<string, TFunction>, returnSlot: number | undefined) {
    this.#functions = functions;
    this.#values = new SessionValues(functions);
    this.#slot = returnSlot;
    if (program.params[0]) this.#contexts.add(program.params[0]);
    this.#function(program, true);
  }

  #note(kind: Event["kind"], span: Span): void {
    if (this.#now) this.events.push({ kind, span, ...this.#now });
  }

  #function(fn: TFunction, isProgram = false): void {
    this.#running.push(fn.name);
    const ends: Control[] = [];
    this.#stmt(fn.body, ends, isProgram || this.#running.length === 2);
    this.#now = ends.reduce(join, this.#now);
    this.#running.pop();
  }

  // ---- statements ----

  /** `outer`: a `return` here ends the program. */
  #stmt(s: TStmt, ends: Control[], outer: boolean): void {
    switch (s.kind) {
      case "block":
        for (const item of s.items) this.#stmt(item, ends, outer);
        return;
      case "expr":
        this.#expr(s.expr);
        return;
      case "local":
        if (s.init) this.#init(s.init, s.local);
        return;
      case "if":
        this.#if(s, ends, outer);
        return;
      case "loop": {
        const before = this.#now;
        if (s.cond) this.#condition(s.cond);
        this.#stmt(s.body, ends, outer);
        if (s.step) this.#expr(s.step);
        this.#now = join(this.#now, before);
        return;
      }
      case "switch": {
        if (this.#values.isAnswer(s.value)) this.#note("number", s.span);
        this.#expr(s.value);
        const before = this.#now;
        this.#stmt(s.body, ends, outer);
        this.#now = join(this.#now, before);
        return;
      }
      case "case":
        this.#stmt(s.body, ends, outer);
        return;
      case "label":
      case "goto":
        this.jumps = true;
        if (s.kind === "label") this.#stmt(s.body, ends, outer);
        return;
      case "return":
        if (s.value) this.#expr(s.value);
        if (outer) this.#note("leave", s.span);
        ends.push(this.#now);
        this.#now = undefined;
        return;
      case "asm":
        for (const input of s.inputs) if (input.kind === "value") this.#expr(input.expr);
        return;
      default:
        return;
    }
  }

  #if(s: TStmt & { readonly kind: "if" }, ends: Control[], outer: boolean): void {
    this.#condition(s.cond);
    const before = this.#now;
    this.#now = this.#where(s.cond, before, true);
    this.#stmt(s.then, ends, outer);
    const after = this.#now;
    this.#now = this.#where(s.cond, before, false);
    if (s.else) this.#stmt(s.else, ends, outer);
    this.#now = join(after, this.#now);
  }

  #where(cond: TExpr, at: Control, holds: boolean): Control {
    const runs = at ? this.#values.narrow(cond, at.runs, holds) : 0;
    return at && runs !== 0 ? { ...at, runs } : undefined;
  }

  /** What is only asked about. */
  #condition(e: TExpr): void {
    const v = this.#values;
    if (v.isAnswer(e)) this.#note("asked", e.span);
    if (v.isContent(e)) this.#note("test", e.span);
    if (e.kind === "logical") {
      this.#condition(e.left);
      const before = this.#now;
      this.#now = this.#where(e.left, before, e.op === "and");
      this.#condition(e.right);
      this.#now = before;
    } else if (e.kind === "compare") {
      for (const side of [e.left, e.right]) if (v.isContent(side)) this.#note("test", side.span);
      this.#expr(e, true);
    } else if (e.kind === "unary" && e.op === "lnot") this.#condition(e.operand);
    else if (e.kind === "convert") this.#condition(e.operand);
    else if (e.kind === "builtin" && e.builtin.kind === "expect") this.#condition(e.builtin.value);
    else this.#expr(e);
  }

  // ---- expressions ----

  /** An operand that is calculated with. */
  #operand(e: TExpr): void {
    if (this.#values.isAnswer(e)) this.#note("number", e.span);
    if (this.#values.isContent(e)) this.#note("use", e.span);
    this.#expr(e);
  }

  #expr(e: TExpr, asked = false): void {
    switch (e.kind) {
      case "load":
        this.#read(e.place, e.span);
        return;
      case "addr":
        if (this.#values.isCookieMemory(e.place)) this.#note("escape", e.span);
        else this.#inside(e.place);
        return;
      case "unary":
        if (e.op === "lnot") this.#condition(e.operand);
        else this.#operand(e.operand);
        return;
      case "convert":
        this.#expr(e.operand, asked);
        return;
      case "compare":
        this.#compare(e, asked);
        return;
      case "arith":
      case "ptr_diff":
        this.#operand(e.left);
        this.#operand(e.right);
        return;
      case "ptr_add":
        this.#expr(e.ptr);
        this.#operand(e.offset);
        return;
      case "comma":
        this.#expr(e.left);
        this.#expr(e.right);
        return;
      case "logical":
        this.#condition(e);
        return;
      case "cond":
        this.#choice(e);
        return;
      case "assign":
        this.#expr(e.value);
        if (e.place.kind === "local") this.#bind(e.place.local, e.value);
        this.#write(e.place, e.span);
        return;
      case "update":
        this.#operand(e.value);
        this.#read(e.place, e.span);
        this.#write(e.place, e.span);
        return;
      case "call":
        this.#call(e);
        return;
      case "stmt_expr":
        for (const s of e.body) this.#stmt(s, [], false);
        if (e.value) this.#expr(e.value);
        return;
      case "literal":
        this.#init(e.init);
        return;
      case "builtin":
        for (const value of builtinOperands(e.builtin)) this.#given(value);
        return;
      case "atomic":
        this.#given(e.ptr);
        this.#operand(e.value);
        return;
      default:
        return;
    }
  }

  #compare(e: TExpr & { readonly kind: "compare" }, asked: boolean): void {
    const equality = e.op === "eq" || e.op === "ne";
    const isTruth = equality && e.right.kind === "const" && (e.right.value === 0n || e.right.value === 1n);
    if (this.#values.isAnswer(e.left)) this.#note(isTruth ? "asked" : "number", e.span);
    for (const side of [e.left, e.right]) {
      if (asked || !this.#values.isContent(side)) this.#expr(side);
      else this.#condition(side);
    }
  }

  #choice(e: TExpr & { readonly kind: "cond" }): void {
    this.#condition(e.cond);
    const before = this.#now;
    this.#now = this.#where(e.cond, before, true);
    if (e.then) this.#expr(e.then);
    const after = this.#now;
    this.#now = this.#where(e.cond, before, false);
    this.#expr(e.else);
    this.#now = join(after, this.#now);
  }

  #init(init: TInit, local?: TLocal): void {
    if (init.kind === "scalar") {
      this.#expr(init.value);
      if (local) this.#bind(local, init.value);
    } else if (init.kind === "copy") this.#expr(init.from);
    else for (const { value } of init.parts) if (value.kind === "expr") this.#expr(value.expr);
  }

  #bind(local: TLocal, value: TExpr): void {
    this.#values.bind(local, value);
    const plain = bare(value);
    if (plain.kind === "load" && plain.place.kind === "local") {
      if (this.#contexts.has(plain.place.local)) this.#contexts.add(local);
      if (this.#results.has(plain.place.local)) this.#results.add(local);
    }
  }

  /** Functions of the file are walked where they are called; memory of the cookie that others get may be written. */
  #call(e: TExpr & { readonly kind: "call" }): void {
    const { callee } = e;
    const fn = callee.kind === "function" ? this.#functions.get(callee.name) : undefined;
    const isOwn = fn && !this.#running.includes(fn.name) && this.#running.length < MAX_DEPTH;
    for (const [i, arg] of e.args.entries()) {
      const param = isOwn ? fn.params[i] : undefined;
      if (param && this.#slotOf(arg)) this.#results.add(param);
      else if (param) this.#expr(arg);
      else this.#given(arg);
      if (param) this.#bind(param, arg);
    }
    if (callee.kind === "helper" && callee.name === "bpf_get_func_ret") this.#note("result", e.span);
    if (isOwn && this.#now) this.#function(fn);
  }

  /** Handed to what is not of this file. */
  #given(e: TExpr): void {
    if (this.#values.isCookie(e)) this.#note("escape", e.span);
    this.#expr(e);
  }

  // ---- places ----

  #read(p: TPlace, span: Span): void {
    if (this.#values.isCookieMemory(p)) this.#note("read", span);
    if (p.kind === "local" && this.#results.has(p.local)) this.#note("result", span);
    if (this.#isSlot(p)) this.#note("result", span);
    this.#inside(p);
  }

  #write(p: TPlace, span: Span): void {
    if (this.#values.isCookieMemory(p)) {
      this.#note("write", span);
      if (this.#now) this.#now = { ...this.#now, written: true };
    }
    this.#inside(p);
  }

  #inside(p: TPlace): void {
    if (p.kind === "deref") this.#expr(p.addr);
    else if (p.kind === "field") this.#inside(p.base);
  }

  /** `ctx[n]` with the return value's n, as an argument. */
  #slotOf(e: TExpr): boolean {
    const plain = bare(e);
    return plain.kind === "load" && this.#isSlot(plain.place);
  }

  #isSlot(p: TPlace): boolean {
    if (this.#slot === undefined || p.kind !== "deref") return false;
    const addr = bare(p.addr);
    if (addr.kind !== "ptr_add" || addr.offset.kind !== "const" || addr.offset.value !== BigInt(this.#slot * 8))
      return false;
    const base = bare(addr.ptr);
    return base.kind === "load" && base.place.kind === "local" && this.#contexts.has(base.place.local);
  }
}

/** The expression without the conversions around it. */
export const bare = (e: TExpr): TExpr => (e.kind === "convert" ? bare(e.operand) : e);

function builtinOperands(b: TBuiltin): readonly TExpr[] {
  const all = b as unknown as Readonly<Record<string, unknown>>;
  return ["dst", "src", "ptr", "value", "left", "right", "byte", "length", "skb", "offset"].flatMap((name) => {
    const value = all[name];
    return typeof value === "object" && value !== null && "kind" in value ? [value as TExpr] : [];
  });
}

/** Whether control can only be in the entry run. */
export const isEntry = ({ runs }: Event): boolean => runs === ENTRY;
