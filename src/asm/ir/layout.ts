/**
 * How instructions, terminators and blocks lie in memory: few layouts, each made in one place, properties that a kind
 * does not have undefined. What runs over a function's instructions then meets three kinds of object at most, which an
 * engine tells apart at the price of a compare; a spread makes one more with each place that it stands in.
 */
import type { Span } from "../../support/span.ts";
import type { InstBody, InstOf } from "./inst.ts";
import type { Block, BlockId, Inst, IrFunction, Slot, Term, ValueId } from "./model.ts";

type Union<T> = T extends unknown ? keyof T : never;
/** Every property that some instruction has. */
type Fields = { [K in Union<Inst>]: unknown };
type TermFields = { [K in Union<Term>]: unknown };

/** Instructions of at most two operands, calls, and phis. */
const plain = (op: unknown, id: unknown, ty: unknown, span: unknown) => ({
  op,
  id,
  ty,
  span,
  fn: undefined as unknown,
  a: undefined as unknown,
  b: undefined as unknown,
  value: undefined as unknown,
  args: undefined as unknown,
  from: undefined as unknown,
  slot: undefined as unknown,
  symbol: undefined as unknown,
  index: undefined as unknown,
  callee: undefined as unknown,
});

/** Loads and stores. */
const access = (op: unknown, id: unknown, ty: unknown, span: unknown) => ({
  op,
  id,
  ty,
  span,
  base: undefined as unknown,
  off: undefined as unknown,
  size: undefined as unknown,
  value: undefined as unknown,
  volatile: undefined as unknown,
  signed: undefined as unknown,
  core: undefined as unknown,
  align: undefined as unknown,
  tag: undefined as unknown,
});

/** All others, which are rare. */
const rare = (op: unknown, id: unknown, ty: unknown, span: unknown) => ({
  op,
  id,
  ty,
  span,
  a: undefined as unknown,
  toSpace: undefined as unknown,
  fromSpace: undefined as unknown,
  bits: undefined as unknown,
  dst: undefined as unknown,
  dstOff: undefined as unknown,
  src: undefined as unknown,
  srcOff: undefined as unknown,
  length: undefined as unknown,
  align: undefined as unknown,
  volatile: undefined as unknown,
  byte: undefined as unknown,
  access: undefined as unknown,
  guess: undefined as unknown,
  fn: undefined as unknown,
  size: undefined as unknown,
  fetch: undefined as unknown,
  base: undefined as unknown,
  off: undefined as unknown,
  value: undefined as unknown,
  expected: undefined as unknown,
  times: undefined as unknown,
  text: undefined as unknown,
  code: undefined as unknown,
  args: undefined as unknown,
  regs: undefined as unknown,
  result: undefined as unknown,
  outs: undefined as unknown,
  writes: undefined as unknown,
});

function copyPlain(x: Fields): object {
  const made = plain(x.op, x.id, x.ty, x.span);
  made.fn = x.fn;
  made.a = x.a;
  made.b = x.b;
  made.value = x.value;
  made.args = x.args;
  made.from = x.from;
  made.slot = x.slot;
  made.symbol = x.symbol;
  made.index = x.index;
  made.callee = x.callee;
  return made;
}

function copyAccess(x: Fields): object {
  const made = access(x.op, x.id, x.ty, x.span);
  made.base = x.base;
  made.off = x.off;
  made.size = x.size;
  made.value = x.value;
  made.volatile = x.volatile;
  made.signed = x.signed;
  made.core = x.core;
  made.align = x.align;
  made.tag = x.tag;
  return made;
}

type Layout = "plain" | "access" | "rare";
function layoutOf(op: Inst["op"]): Layout {
  switch (op) {
    case "load":
    case "store":
      return "access";
    case "const":
    case "undef":
    case "param":
    case "bin":
    case "neg":
    case "cmp":
    case "zext":
    case "sext":
    case "trunc":
    case "cast":
    case "slot":
    case "addr":
    case "call":
    case "phi":
    case "end":
    case "opaque":
    case "barrier":
      return "plain";
    default:
      return "rare";
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Own<I> = I extends unknown ? Mutable<I> : never;

/** A copy that is the caller's to change before others see it. */
export function copyOf<I extends Inst>(inst: I): Own<I> {
  switch (layoutOf(inst.op)) {
    case "plain":
      return copyPlain(inst as unknown as Fields) as Own<I>;
    case "access":
      return copyAccess(inst as unknown as Fields) as Own<I>;
    case "rare":
      return Object.assign(rare(inst.op, inst.id, inst.ty, inst.span), inst) as unknown as Own<I>;
  }
}

/** `body` as an instruction with a number and a place, its own if none is given. */
export function instOf(body: InstBody, id: ValueId, given: Span | undefined): Inst {
  const span = given ?? body.span;
  switch (layoutOf(body.op)) {
    case "plain":
      return plainOf(body as unknown as Fields, id, span) as Inst;
    case "access": {
      const made = copyAccess(body as unknown as Fields) as Fields;
      made.id = id;
      made.span = span;
      return made as unknown as Inst;
    }
    case "rare": {
      const made = Object.assign(rare(body.op, id, body.ty, span), body) as { id: ValueId; span: unknown };
      made.id = id;
      made.span = span;
      return made as unknown as Inst;
    }
  }
}

/** Reads only what the kind has: bodies come in all layouts. */
function plainOf(x: Fields, id: ValueId, span: Span | undefined): object {
  const made = plain(x.op, id, x.ty, span);
  switch (x.op as Inst["op"]) {
    case "const":
      made.value = x.value;
      break;
    case "bin":
    case "cmp":
      made.fn = x.fn;
      made.a = x.a;
      made.b = x.b;
      break;
    case "zext":
    case "sext":
      made.a = x.a;
      made.from = x.from;
      break;
    case "neg":
    case "trunc":
    case "cast":
    case "opaque":
      made.a = x.a;
      break;
    case "slot":
    case "end":
      made.slot = x.slot;
      break;
    case "addr":
      made.symbol = x.symbol;
      break;
    case "param":
      made.index = x.index;
      break;
    case "call":
      made.callee = x.callee;
      made.args = x.args;
      break;
    case "phi":
      made.args = x.args;
      break;
    default:
      break;
  }
  return made;
}

/** A load that may be of anything that was stored. */
export function withoutTag(load: InstOf<"load">): InstOf<"load"> {
  const made = copyOf<Inst>(load) as { tag: unknown };
  made.tag = undefined;
  return made as unknown as InstOf<"load">;
}

/** The phi or call with other arguments. */
export function withArgs<I extends Inst & { readonly args: unknown }>(inst: I, args: I["args"]): I {
  const made = copyOf<Inst>(inst) as { args: unknown };
  made.args = args;
  return made as unknown as I;
}

const termFields = (op: unknown, span: unknown) => ({
  op,
  span,
  to: undefined as unknown,
  fn: undefined as unknown,
  a: undefined as unknown,
  b: undefined as unknown,
  then: undefined as unknown,
  else: undefined as unknown,
  likely: undefined as unknown,
  value: undefined as unknown,
});

export function jumpTo(to: BlockId, span: Span | undefined): Extract<Term, { readonly op: "jump" }> {
  const made: TermFields = termFields("jump", span);
  made.to = to;
  return made as Extract<Term, { readonly op: "jump" }>;
}

type Branch = Extract<Term, { readonly op: "br" }>;

/** `how`, which may have been another branch, with other ways. */
export function branchOf(how: Omit<Branch, "op" | "then" | "else">, yes: BlockId, no: BlockId): Branch {
  const made: TermFields = termFields("br", how.span);
  made.fn = how.fn;
  made.a = how.a;
  made.b = how.b;
  made.then = yes;
  made.else = no;
  made.likely = how.likely;
  return made as Branch;
}

/** `term` in the layout of all terminators, the caller's to change before others see it; `span` where it has none. */
export function copyOfTerm<T extends Term>(term: T, span?: Span): Own<T> {
  const from = term as unknown as TermFields;
  const made: TermFields = termFields(from.op, from.span ?? span);
  made.to = from.to;
  made.fn = from.fn;
  made.a = from.a;
  made.b = from.b;
  made.then = from.then;
  made.else = from.else;
  made.likely = from.likely;
  made.value = from.value;
  return made as unknown as Own<T>;
}

export const blockOf = (id: BlockId, insts: readonly Inst[], term: Term): Block => ({ id, insts, term });
export const withInsts = ({ id, term }: Block, insts: readonly Inst[]): Block => ({ id, insts, term });
export const withTerm = ({ id, insts }: Block, term: Term): Block => ({ id, insts, term });

/** The function with other code, and what else may change with it. */
export function withCode(
  fn: IrFunction,
  blocks: readonly Block[],
  nextId = fn.nextId,
  slots: readonly Slot[] = fn.slots,
): IrFunction {
  const { name, params, ret, linkage, inlining, section, keep, weak, span } = fn;
  return { name, params, ret, linkage, inlining, section, keep, weak, slots, blocks, nextId, span } as IrFunction;
}
