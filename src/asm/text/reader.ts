/** Reads one statement token by token: words, operators, registers, numbers and constant expressions. */
import type { Reg, Width } from "../../isa/insn.ts";
import type { Token } from "./token.ts";

/** What cannot be read: where, and why. Caught for each statement. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
  readonly start: number;
  readonly end: number;
  /** The number does not fit so many bits; undefined: the form is wrong. */
  readonly bits: number | undefined;

  constructor(text: string, token: { readonly start: number; readonly end: number }, bits?: number) {
    super(text);
    this.start = token.start;
    this.end = token.end;
    this.bits = bits;
  }
}

export interface RegName {
  readonly reg: Reg;
  readonly width: Width;
}

export interface Cut {
  readonly value: bigint;
  readonly start: number;
  readonly end: number;
}

const REGISTER = /^([rw])(\d|1[01])$/;
const MAX_NESTING = 64;

/** Binary operators by binding strength, as in C. */
const binary: Readonly<Record<string, readonly [level: number, apply: (a: bigint, b: bigint) => bigint | undefined]>> =
  {
    "|": [1, (a, b) => a | b],
    "^": [2, (a, b) => a ^ b],
    "&": [3, (a, b) => a & b],
    "<<": [4, (a, b) => (b >= 0n && b < 64n ? a << b : undefined)],
    ">>": [4, (a, b) => (b >= 0n && b < 64n ? a >> b : undefined)],
    "+": [5, (a, b) => a + b],
    "-": [5, (a, b) => a - b],
    "*": [6, (a, b) => a * b],
    "/": [6, (a, b) => (b === 0n ? undefined : a / b)],
    "%": [6, (a, b) => (b === 0n ? undefined : a % b)],
  };

export class Reader {
  readonly #tokens: readonly Token[];
  /** Immediates of which only the low half is kept. */
  readonly cut: Cut[] = [];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get next(): Token | undefined {
    return this.#tokens[this.#at];
  }

  /** The token `ahead` of the next. */
  peek(ahead: number): Token | undefined {
    return this.#tokens[this.#at + ahead];
  }

  get done(): boolean {
    return this.#at >= this.#tokens.length;
  }

  refuse(expected: string): never {
    const { next } = this;
    const last = this.#tokens[this.#tokens.length - 1]!;
    throw new Unreadable(
      next ? `expected ${expected}, found '${next.text}'` : `expected ${expected} at its end`,
      next ?? last,
    );
  }

  take(): Token {
    const { next } = this;
    if (!next) this.refuse("more");
    this.#at++;
    return next!;
  }

  is(text: string, ahead = 0): boolean {
    return this.peek(ahead)?.text === text;
  }

  takeIf(text: string): boolean {
    if (!this.is(text)) return false;
    this.#at++;
    return true;
  }

  need(...texts: readonly string[]): void {
    for (const text of texts) if (!this.takeIf(text)) this.refuse(`'${text}'`);
  }

  word(what: string): Token {
    if (this.next?.kind !== "word") this.refuse(what);
    return this.take();
  }

  end(): void {
    if (!this.done) this.refuse("the end of the instruction");
  }

  registerAt(ahead = 0): RegName | undefined {
    const match = REGISTER.exec(this.peek(ahead)?.text ?? "");
    return match ? { reg: Number(match[2]) as Reg, width: match[1] === "w" ? 32 : 64 } : undefined;
  }

  /** A register; of that width where one is given. */
  register(width?: Width): RegName {
    const found = this.registerAt();
    if (!found || (width && found.width !== width)) this.refuse(registerText(width));
    this.#at++;
    return found!;
  }

  /** A constant expression. */
  value(level = 1): bigint {
    let left = this.#unary();
    for (;;) {
      const operator = this.next?.text ?? "";
      const row = this.next?.kind === "op" && Object.hasOwn(binary, operator) ? binary[operator]! : undefined;
      if (!row || row[0] < level) return left;
      const token = this.take();
      const right = this.value(row[0] + 1);
      const result = row[1](left, right);
      if (result === undefined) throw new Unreadable(`'${operator}' has no value here`, token);
      left = BigInt.asIntN(128, result);
    }
  }

  /** A constant that fits `bits` bits, signed or not; as a signed number. */
  number(bits: 8 | 16 | 32 | 64): bigint {
    const start = this.next;
    const value = this.value();
    if (value < -(1n << BigInt(bits - 1)) || value >= 1n << BigInt(bits)) {
      throw new Unreadable(String(value), { start: start!.start, end: this.#tokens[this.#at - 1]!.end }, bits);
    }
    return BigInt.asIntN(bits, value);
  }

  /** A signed constant of `bits` bits. */
  signed(bits: 16 | 32): number {
    const start = this.next;
    const value = this.value();
    if (value !== BigInt.asIntN(bits, value))
      throw new Unreadable(String(value), { start: start!.start, end: this.#tokens[this.#at - 1]!.end }, bits);
    return Number(value);
  }

  /** An immediate of 32 bits; what does not fit is cut, as LLVM's assembler does, and noted in `cut`. */
  imm(): number {
    const start = this.next;
    return this.keep32(this.number(64), start!);
  }

  /** The low half of a number that was read from `first` on. */
  keep32(value: bigint, first: Token): number {
    if (value < -(2n ** 31n) || value >= 2n ** 32n)
      this.cut.push({ value, start: first.start, end: this.#tokens[this.#at - 1]!.end });
    return Number(BigInt.asIntN(32, value));
  }

  #unary(): bigint {
    if (++this.#depth > MAX_NESTING) this.refuse("an expression with less nesting");
    const value = this.#primary();
    this.#depth--;
    return value;
  }

  #primary(): bigint {
    if (this.takeIf("-")) return -this.#unary();
    if (this.takeIf("+")) return this.#unary();
    if (this.takeIf("~")) return ~this.#unary();
    if (this.takeIf("(")) {
      const value = this.value();
      this.need(")");
      return value;
    }
    if (this.next?.kind !== "number" || this.next.text.length > 40) this.refuse("a number");
    const text = this.take().text.replace(/[uUlL]+$/, "");
    return BigInt(/^0\d/.test(text) ? octal(text) : text);
  }
}

/** A leading zero means base 8, as in C. */
const octal = (text: string): string => (/^[0-7]+$/.test(text) ? `0o${text}` : text.replace(/^0+/, ""));

const registerText = (width?: Width): string =>
  width === 32 ? "a register w0 to w10" : width === 64 ? "a register r0 to r10" : "a register";
