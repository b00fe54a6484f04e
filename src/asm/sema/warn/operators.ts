/** Operators whose operands make no sense together, or not the sense that they seem to make. */
import type { DiagBuilder } from "../../../diag/diagnostic.ts";
import type { Expr, Stmt } from "../../syntax/ast.ts";
import { constant } from "../fold.ts";
import { commonType, isInteger, promote, sameType, typeText } from "../type-ops.ts";
import type { Binary } from "./comparisons.ts";
import { isUnsigned, typeBits, type Warner } from "./facts.ts";
import { rangeOfValue } from "./range.ts";
import { isParenthesised, sameExpr, truthValue } from "./shapes.ts";

// ---- arithmetic ----

/** `<<`, `>>` and their assigning forms; `left` is what is shifted. */
export function shift(w: Warner, op: string, left: Expr, right: Expr, at: Expr["span"]): void {
  const by = w.constant(right);
  const type = w.type(left);
  if (!type || !isInteger(type)) return;
  const promoted = promote(type);
  const { bits, unsigned } = typeBits(promoted);
  const value = w.constant(left);
  const direction = op.slice(0, 2);
  if (by !== undefined && by < 0n) w.warn("shift-count-negative", at, direction, by);
  else if (by !== undefined && by >= BigInt(bits))
    w.warn("shift-count-overflow", at, direction, by, typeText(promoted));
  else if (direction === "<<" && value !== undefined && !unsigned) {
    if (value < 0n) w.warn("shift-negative-value", at, value);
    else if (by !== undefined && rangeOfValue(value).width + Number(by) > bits)
      w.warn("shift-overflow", at, value, by, typeText(promoted));
  }
}

export function division(w: Warner, op: string, right: Expr, at: Expr["span"]): void {
  const by = w.constant(right);
  if (by === 0n && isInteger(w.type(right)!))
    w.warn("division-by-zero", at, op.startsWith("/") ? "division" : "remainder");
}

/** Signed arithmetic on constants that leaves the type. */
export function overflow(w: Warner, e: Binary): void {
  const [a, b] = [w.constant(e.left), w.constant(e.right)];
  const [left, right] = [w.type(e.left), w.type(e.right)];
  if (a === undefined || b === undefined || !left || !right) return;
  const type = commonType(left, right);
  if (isUnsigned(type)) return;
  const whole = e.op === "+" ? a + b : e.op === "-" ? a - b : e.op === "*" ? a * b : undefined;
  if (whole === undefined) return;
  const wrapped = constant(whole, type, e.span);
  if (wrapped.kind === "const" && wrapped.value !== whole)
    w.warn("integer-overflow", e.opSpan, wrapped.value, typeText(type));
}

export function selfAssigned(w: Warner, e: Extract<Expr, { kind: "assign" }>): void {
  if (!keepsItself.has(e.op) || e.span.via || e.target.kind !== "name" || !sameExpr(w, e.target, e.value)) return;
  w.warn("self-assign", e.opSpan);
}

const keepsItself = new Set(["=", "&=", "|="]);

// ---- precedence ----

const bitwise = new Set(["&", "|", "^"]);
const compares = new Set(["==", "!=", "<", ">", "<=", ">="]);

/** The edit that says what the compiler reads, as nothing else is meant the same. */
export function inParentheses(warning: DiagBuilder | undefined, { span }: Expr): void {
  if (!warning || span.via) return;
  warning.edit({ ...span, end: span.start }, "(").edit({ ...span, start: span.end }, ")");
  warning.help("if it is meant so, say it in parentheses");
}

const bare = (e: Expr): e is Binary => e.kind === "binary" && !isParenthesised(e);

export function precedence(w: Warner, e: Binary): void {
  if (bitwise.has(e.op)) {
    for (const side of [e.left, e.right])
      if (
        bare(side) &&
        compares.has(side.op) &&
        !(compares.has((e.left as Binary).op) && compares.has((e.right as Binary).op))
      )
        inParentheses(w.warn("parentheses", e.opSpan, side.op, e.op), side);
    if (e.op !== "&") for (const side of [e.left, e.right]) if (bare(side) && side.op === "&") bitwiseIn(w, side, e.op);
    if (e.op === "|") for (const side of [e.left, e.right]) if (bare(side) && side.op === "^") bitwiseIn(w, side, e.op);
  }
  if (e.op === "||")
    for (const side of [e.left, e.right])
      if (bare(side) && side.op === "&&" && !textBeside(w, side))
        inParentheses(w.warn("logical-op-parentheses", side.opSpan), side);
  if ((e.op === "<<" || e.op === ">>") && !e.opSpan.via)
    for (const side of [e.left, e.right])
      if (bare(side) && (side.op === "+" || side.op === "-"))
        inParentheses(w.warn("shift-op-parentheses", side.opSpan, e.op, side.op), side);
  if (compares.has(e.op)) {
    if (bare(e.left) && isRelational(e.left.op) && isRelational(e.op))
      inParentheses(w.warn("parentheses", e.opSpan, e.left.op, e.op), e.left);
    negatedSide(w, e, "comparison");
  } else if (e.op === "&") negatedSide(w, e, "bitwise operator");
}

const isRelational = (op: string): boolean => compares.has(op) && op !== "==" && op !== "!=";

function bitwiseIn(w: Warner, inner: Binary, outer: string): void {
  if (!inner.opSpan.via) inParentheses(w.warn("bitwise-op-parentheses", inner.opSpan, inner.op, outer), inner);
}

/** `x || y && "text"`: the text is there for a reader of the condition. */
const textBeside = (_w: Warner, e: Binary): boolean => e.left.kind === "string" || e.right.kind === "string";

/** `!x == y`, where `!(x == y)` may be meant. */
function negatedSide(w: Warner, e: Binary, what: string): void {
  const { left } = e;
  if (left.kind !== "unary" || left.op !== "!" || isParenthesised(left)) return;
  if (truthValue(w, e.right) || truthValue(w, left.operand)) return;
  inParentheses(w.warn("logical-not-parentheses", left.span, what), left);
}

export function conditionalPrecedence(w: Warner, e: Extract<Expr, { kind: "cond" }>): void {
  const { cond } = e;
  if (!bare(cond) || !e.then || compares.has(cond.op) || cond.op === "&&" || cond.op === "||" || cond.op === ",")
    return;
  if (!truthValue(w, cond.right)) return;
  const isBitwise = bitwise.has(cond.op);
  const warning = isBitwise
    ? w.warn("bitwise-conditional-parentheses", e.span, cond.op)
    : w.warn("parentheses", e.span, cond.op, "?:");
  inParentheses(warning, cond);
}

/** `a && 4`, where `a & 4` may be meant. */
export function logicalConstant(w: Warner, e: Binary): void {
  const value = w.constant(e.right);
  if (value === undefined || value === 0n || value === 1n || e.right.span.via || truthValue(w, e.right)) return;
  const left = w.type(e.left);
  if (!left || !isInteger(left) || left.kind === "bool" || w.constant(e.left) !== undefined || truthValue(w, e.left))
    return;
  if (!isPlainConstant(e.right)) return;
  w.warn("constant-logical-operand", e.opSpan, e.op);
}

const isPlainConstant = (e: Expr): boolean => e.kind === "int" || e.kind === "char" || e.kind === "binary";

/** `2 ^ 8`: neither 256 nor what a reader expects. */
export function powerOfTwo(w: Warner, e: Binary): void {
  const { left, right } = e;
  if (left.kind !== "int" || right.kind !== "int" || !left.decimal || !right.decimal || e.span.via) return;
  if ((left.value === 2n && right.value < 64n && right.value > 1n) || left.value === 10n)
    w.warn("xor-used-as-pow", e.opSpan, left.value, right.value);
}

/** `if (a) if (b) x; else y;`: the `else` is the inner one's, whatever its place on the line says. */
export function danglingElse(w: Warner, s: Extract<Stmt, { kind: "if" }>): void {
  if (s.else || s.then.kind !== "if") return;
  let inner: Stmt = s.then;
  while (inner.kind === "if" && inner.else) {
    if (inner.else.kind !== "if") {
      w.warn("dangling-else", inner.elseSpan ?? inner.else.span);
      return;
    }
    inner = inner.else;
  }
}

/** `x < 2 && x > 5` and `x != 1 || x != 2`: comparisons with constants that exclude or include everything. */
export function contradiction(w: Warner, e: Binary): void {
  const [l, r] = [bound(w, e.left), bound(w, e.right)];
  if (!l || !r || e.opSpan.via || !sameExpr(w, l.of, r.of)) return;
  const points = [l.value, r.value].flatMap((v) => [v - 1n, v, v + 1n]);
  const results = new Set(points.map((p) => (e.op === "&&" ? holds(l, p) && holds(r, p) : holds(l, p) || holds(r, p))));
  if (results.size > 1 || results.has(e.op === "&&")) return;
  w.warn("tautological-overlap-compare", e.opSpan, results.has(true) ? "true" : "false");
}

interface Bound {
  readonly of: Expr;
  readonly op: string;
  readonly value: bigint;
}

const mirrored: Readonly<Record<string, string>> = { "<": ">", ">": "<", "<=": ">=", ">=": "<=" };

function bound(w: Warner, e: Expr): Bound | undefined {
  if (e.kind !== "binary" || !compares.has(e.op)) return undefined;
  const [left, right] = [w.constant(e.left), w.constant(e.right)];
  if (right !== undefined && left === undefined) return { of: e.left, op: e.op, value: right };
  if (left !== undefined && right === undefined) return { of: e.right, op: mirrored[e.op] ?? e.op, value: left };
  return undefined;
}

function holds({ op, value }: Bound, at: bigint): boolean {
  if (op === "==" || op === "!=") return (at === value) === (op === "==");
  return op === "<" ? at < value : op === ">" ? at > value : op === "<=" ? at <= value : at >= value;
}

// ---- casts ----

export function cast(w: Warner, e: Extract<Expr, { kind: "cast" }>): void {
  const [to, from] = [w.type(e), w.type(e.operand)];
  if (!to || !from || e.span.via) return;
  if (to.kind === "ptr" && isInteger(from) && w.constant(e.operand) === undefined && typeBits(from).bits < 64) {
    const name = to.to.kind === "void" ? "int-to-void-pointer-cast" : "int-to-pointer-cast";
    if (from.kind !== "bool") w.warn(name, e.span, typeText(to), typeText(from));
  } else if (from.kind === "ptr" && isInteger(to) && to.kind !== "bool" && typeBits(to).bits < 64) {
    const name = from.to.kind === "void" ? "void-pointer-to-int-cast" : "pointer-to-int-cast";
    w.warn(name, e.span, typeText(to), typeText(from));
  }
}

// ---- sizes ----

const wholes: Readonly<Record<string, true>> = { memset: true, memcpy: true, memmove: true, memcmp: true };

/** `memset(p, 0, sizeof(p))`: the size of the pointer, not of what it points at. */
export function memoryCall(w: Warner, e: Extract<Expr, { kind: "call" }>): void {
  const name = e.callee.kind === "name" ? e.callee.name.replace(/^__builtin_/, "") : "";
  if (!Object.hasOwn(wholes, name) || e.args.length !== 3) return;
  const [first, second, size] = e.args as [Expr, Expr, Expr];
  if (name === "memset" && w.constant(size) === 0n && w.constant(second) !== 0n) {
    const kind = second.kind === "sizeof_expr" || second.kind === "sizeof_type";
    if (kind || size.kind === "int") w.warn("memset-transposed-args", kind ? second.span : size.span);
  }
  const measured = size.kind === "sizeof_expr" ? size.operand : undefined;
  if (!measured || w.type(measured)?.kind !== "ptr" || w.place(measured)?.type.kind === "array") return;
  for (const arg of name === "memset" ? [first] : [first, second]) {
    if (!sameWritten(w, arg, measured)) continue;
    w.warn("sizeof-pointer-memaccess", size.span, name);
    return;
  }
}

const sameWritten = (w: Warner, a: Expr, b: Expr): boolean =>
  sameExpr(w, a, b) ||
  (a.kind === "unary" && b.kind === "unary" && a.op === b.op && sameWritten(w, a.operand, b.operand));

/** `sizeof` of a parameter that is written as an array. */
export function sizeOfArgument(w: Warner, operand: Expr, at: Expr["span"], arrays: ReadonlySet<unknown>): boolean {
  const place = w.place(operand);
  if (place?.kind !== "local" || !arrays.has(place.local)) return false;
  w.warn("sizeof-array-argument", at, place.local.name);
  return true;
}

/** `sizeof(p) / sizeof(p[0])` of a pointer, `sizeof(a) / sizeof(x)` of an array of another type. */
export function sizeRatio(w: Warner, e: Binary): void {
  if (e.left.kind !== "sizeof_expr" || isParenthesised(e.right)) return;
  const whole = e.left.operand;
  const left = w.place(whole)?.type ?? w.type(whole);
  if (left?.kind === "ptr" && e.right.kind === "sizeof_expr") {
    const right = w.type(e.right.operand);
    if (right && sameType(left.to, right)) w.warn("sizeof-pointer-div", e.opSpan, typeText(left));
  } else if (
    left?.kind === "array" &&
    left.elem.kind === "int" &&
    left.elem.size > 1 &&
    e.right.kind === "sizeof_type"
  ) {
    const size = BigInt(left.elem.size);
    if (w.constant(e.right) !== size) w.warn("sizeof-array-div", e.opSpan, typeText(left.elem));
  }
}

/** An index that is constant and outside of the array. */
export function index(w: Warner, e: Extract<Expr, { kind: "index" }>, addressed: boolean): void {
  const array = w.place(e.base)?.type;
  const at = w.constant(e.index);
  if (array?.kind !== "array" || array.length === undefined || at === undefined) return;
  if (isFlexible(w, e.base, array.length)) return;
  const length = BigInt(array.length);
  const fits = at >= 0n && (at < length || (addressed && at === length));
  if (!fits) w.warn("array-bounds", e.base.span, at, typeText(array));
}

/** The last member of a struct, of no or one element, may be longer than it says. */
const isFlexible = (w: Warner, base: Expr, length: number): boolean =>
  base.kind === "member" && (length <= 1 || isLastMember(w, base));

function isLastMember(w: Warner, e: Extract<Expr, { kind: "member" }>): boolean {
  const owner = e.arrow ? w.type(e.base) : w.place(e.base)?.type;
  const record = owner?.kind === "ptr" ? owner.to : owner;
  if (record?.kind !== "record") return true;
  return record.decl.layout?.fields.at(-1)?.name === e.name.name && record.decl.layout.fields.length > 1;
}
