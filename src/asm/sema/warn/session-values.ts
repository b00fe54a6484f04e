/** What expressions mean in a session program: the cookie's address, its value, and whether this is the exit run. */
import type { TExpr, TFunction, TLocal, TPlace, TStmt } from "../tree.ts";

/** The two runs of a session, as a set of bits. */
export const ENTRY = 1;
export const EXIT = 2;
export const BOTH = ENTRY | EXIT;

/** Which variables of the file's functions hold what; found before the program is walked. */
export class SessionValues {
  readonly #functions: ReadonlyMap<string, TFunction>;
  readonly cookies = new Set<TLocal>();
  readonly contents = new Set<TLocal>();
  readonly answers = new Set<TLocal>();
  readonly #giving = new Map<string, boolean>();

  constructor(functions: ReadonlyMap<string, TFunction>) {
    this.#functions = functions;
  }

  isCookie(e: TExpr): boolean {
    if (e.kind === "convert") return this.isCookie(e.operand);
    if (e.kind === "load" && e.place.kind === "local") return this.cookies.has(e.place.local);
    return this.#gives(e, "bpf_session_cookie", (x) => this.isCookie(x));
  }

  /** Whether it is the answer to whether this is the exit run, not turned round. */
  isAnswer(e: TExpr): boolean {
    if (e.kind === "convert") return this.isAnswer(e.operand);
    if (e.kind === "load" && e.place.kind === "local") return this.answers.has(e.place.local);
    if (e.kind === "builtin" && e.builtin.kind === "expect") return this.isAnswer(e.builtin.value);
    return this.#gives(e, "bpf_session_is_return", (x) => this.isAnswer(x));
  }

  /** Whether it is what the cookie holds, as read or from a variable. */
  isContent(e: TExpr): boolean {
    if (e.kind === "convert") return this.isContent(e.operand);
    if (e.kind !== "load") return false;
    return e.place.kind === "local" ? this.contents.has(e.place.local) : this.isCookieMemory(e.place);
  }

  isCookieMemory(p: TPlace): boolean {
    if (p.kind === "field") return this.isCookieMemory(p.base);
    return p.kind === "deref" && this.isCookie(p.addr);
  }

  /** A variable takes a value; it keeps the meaning from then on. */
  bind(local: TLocal, value: TExpr): void {
    if (this.isCookie(value)) this.cookies.add(local);
    if (this.isAnswer(value)) this.answers.add(local);
    if (this.isContent(value)) this.contents.add(local);
  }

  /** A call of the kfunc, or of a function of the file that returns what it gives. */
  #gives(e: TExpr, kfunc: string, is: (e: TExpr) => boolean): boolean {
    if (e.kind !== "call") return false;
    if (e.callee.kind === "kfunc") return e.callee.name.replace(/___.*/, "") === kfunc;
    if (e.callee.kind !== "function") return false;
    const key = `${e.callee.name} ${kfunc}`;
    const known = this.#giving.get(key);
    if (known !== undefined) return known;
    this.#giving.set(key, false);
    const body = this.#functions.get(e.callee.name)?.body;
    const all = body ? [...returnsIn(body)] : [];
    const gives = all.length > 0 && all.every((value) => value !== undefined && is(value));
    this.#giving.set(key, gives);
    return gives;
  }

  /** The runs in which a condition lets control go on, of those in `runs`. */
  narrow(cond: TExpr, runs: number, holds: boolean): number {
    if (this.isAnswer(cond)) return runs & (holds ? EXIT : ENTRY);
    switch (cond.kind) {
      case "convert":
        return this.narrow(cond.operand, runs, holds);
      case "unary":
        return cond.op === "lnot" ? this.narrow(cond.operand, runs, !holds) : runs;
      case "builtin":
        return cond.builtin.kind === "expect" ? this.narrow(cond.builtin.value, runs, holds) : runs;
      case "compare":
        return this.#compared(cond, runs, holds);
      case "logical": {
        const both = (cond.op === "and") === holds;
        const left = this.narrow(cond.left, runs, holds);
        if (both) return this.narrow(cond.right, left, holds);
        return left | this.narrow(cond.right, this.narrow(cond.left, runs, !holds), holds);
      }
      default:
        return runs;
    }
  }

  #compared(e: TExpr & { readonly kind: "compare" }, runs: number, holds: boolean): number {
    const value = e.right.kind === "const" ? e.right.value : undefined;
    if ((e.op !== "eq" && e.op !== "ne") || (value !== 0n && value !== 1n)) return runs;
    return this.narrow(e.left, runs, ((value === 1n) === (e.op === "eq")) === holds);
  }
}

function* returnsIn(s: TStmt): Generator<TExpr | undefined> {
  switch (s.kind) {
    case "return":
      yield s.value;
      return;
    case "block":
      for (const item of s.items) yield* returnsIn(item);
      return;
    case "if":
      yield* returnsIn(s.then);
      if (s.else) yield* returnsIn(s.else);
      return;
    case "loop":
    case "switch":
    case "case":
    case "label":
      yield* returnsIn(s.body);
      return;
    default:
      return;
  }
}
