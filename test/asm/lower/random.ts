/** Random typed trees that have a meaning: locals are set before use, shifts are in range, loops end. */

import { sizeOf } from "../../../src/asm/sema/layout.ts";
import type { TExpr, TFunction, TInit, TLocal, TPlace, TStmt, Unit } from "../../../src/asm/sema/tree.ts";
import { promote } from "../../../src/asm/sema/type-ops.ts";
import type { CType, IntType } from "../../../src/asm/sema/types.ts";
import * as t from "./tree.ts";

const types: readonly CType[] = [t.int, t.uint, t.long, t.ulong, t.char, t.uchar, t.short, t.ushort, t.bool];
const arithTypes: readonly IntType[] = [t.int, t.uint, t.long, t.ulong];
const pair = t.struct("pair", 24, [
  { name: "a", type: t.int, off: 0 },
  { name: "b", type: t.uchar, off: 4 },
  { name: "c", type: t.short, off: 6 },
  { name: "d", type: t.ulong, off: 8 },
  { name: "e", type: t.uint, off: 16 },
]);
const fields = pair.decl.layout!.fields;
const array: CType = { kind: "array", elem: t.uint, length: 8 };

/** A small generator of its own: the same seed gives the same program. */
class Dice {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }
  next(below: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    this.#state >>>= 0;
    return this.#state % below;
  }
  pick<T>(list: readonly T[]): T {
    return list[this.next(list.length)]!;
  }
}

const interesting = [
  0n,
  1n,
  2n,
  3n,
  7n,
  8n,
  15n,
  16n,
  31n,
  255n,
  256n,
  65535n,
  0x7fff_ffffn,
  0x8000_0000n,
  -1n,
  -2n,
  -128n,
];

export class RandomUnit {
  readonly #dice: Dice;
  #scalars: TLocal[] = [];
  #records: TLocal[] = [];
  #callees: TFunction[] = [];
  #names = 0;
  #loops = 0;

  constructor(seed: number) {
    this.#dice = new Dice(seed);
  }

  unit(): Unit {
    const callees = Array.from({ length: this.#dice.next(3) }, (_, i) => this.#function(`callee${i}`, 2, "static"));
    this.#callees = callees;
    const main = this.#function("main", 6, "global");
    return t.unit([...callees, main], [t.global("g", t.ulong), t.global("arr", array), t.global("rec", pair)]);
  }

  #function(name: string, statements: number, linkage: "static" | "global"): TFunction {
    const params = Array.from({ length: 1 + this.#dice.next(3) }, (_, i) => t.local(`p${i}`, this.#dice.pick(types)));
    this.#scalars = [...params];
    this.#records = [];
    const decls = Array.from({ length: 2 + this.#dice.next(3) }, () => this.#declare());
    const body = Array.from({ length: statements }, () => this.#statement(3));
    const type = this.#dice.pick(types);
    return t.fn(name, type, params, t.block(...decls, ...body, t.ret(this.expr(type, 3))), {
      linkage,
      inlining: this.#dice.pick(["auto", "always", "never"] as const),
    });
  }

  #declare(): TStmt {
    if (this.#dice.next(4) === 0) {
      const l = t.local(`r${this.#names++}`, pair);
      const init: TInit =
        this.#records.length > 0 && this.#dice.next(2) === 0
          ? { kind: "copy", from: t.get(this.#dice.pick(this.#records)) }
          : {
              kind: "parts",
              zero: true,
              parts: fields
                .filter(() => this.#dice.next(2) === 0)
                .map((f) => ({ off: f.bitOff / 8, value: { kind: "expr", expr: this.expr(f.type, 2) } })),
            };
      this.#records.push(l);
      return t.declare(l, init);
    }
    const l = t.local(`v${this.#names++}`, this.#dice.pick(types));
    const made = t.declare(l, this.expr(l.type, 2));
    this.#scalars.push(l);
    return made;
  }

  #place(): TPlace {
    const roll = this.#dice.next(10);
    if (roll < 5) return t.localPlace(this.#dice.pick(this.#scalars));
    if (roll < 6) return t.globalPlace("g", t.ulong);
    if (roll < 8) {
      const index = t.arith("and", this.expr(t.long, 1), t.num(7, t.long));
      const offset = t.arith("mul", index, t.num(4, t.long));
      const base = t.addr(t.globalPlace("arr", array));
      return t.deref({ kind: "ptr_add", ptr: base, offset, type: t.ptr(t.uint), span: t.span }, t.uint);
    }
    const record =
      this.#records.length > 0 && this.#dice.next(3) > 0
        ? t.localPlace(this.#dice.pick(this.#records))
        : t.globalPlace("rec", pair);
    const f = this.#dice.pick(fields);
    if (this.#dice.next(4) === 0) return this.#bits(record);
    return t.field(record, f.bitOff / 8, f.type);
  }

  #bits(record: TPlace): TPlace {
    const size = this.#dice.pick([1, 4, 8] as const);
    const bitSize = 1 + this.#dice.next(Math.min(31, size * 8));
    const bitOff = this.#dice.next(size * 8 - bitSize + 1);
    const signed = this.#dice.next(2) === 0;
    const off = size === 8 ? 8 : size === 4 ? 16 : 4;
    const type = signed ? t.int : t.uint;
    return { kind: "field", base: record, off, bits: { size, bitOff, bitSize, signed }, type, span: t.span };
  }

  #statement(depth: number): TStmt {
    const roll = this.#dice.next(12);
    if (depth === 0 || roll < 5) return this.#assignment();
    const before = [...this.#scalars];
    const records = [...this.#records];
    const made = this.#compound(roll, depth);
    this.#scalars = before;
    this.#records = records;
    return made;
  }

  #assignment(): TStmt {
    const roll = this.#dice.next(8);
    if (roll === 0) return t.stmt(t.kfunc("note", [this.expr(t.long, 2), this.expr(t.int, 2)], t.voidT));
    if (roll === 1 && this.#records.length > 0)
      return t.stmt(t.assign(t.localPlace(this.#dice.pick(this.#records)), t.load(t.globalPlace("rec", pair))));
    if (roll === 2 && this.#records.length > 0)
      return t.stmt(t.assign(t.globalPlace("rec", pair), t.get(this.#dice.pick(this.#records))));
    return t.stmt(roll < 5 ? this.#update() : this.#assign());
  }

  #assign(): TExpr {
    const place = this.#place();
    return t.assign(place, this.expr(place.type, 3));
  }

  #update(): TExpr {
    const place = this.#place();
    const operation = promote(place.type) as IntType;
    const op = this.#dice.pick(["add", "sub", "mul", "and", "or", "xor"] as const);
    const value = this.expr(operation, 2);
    const old = this.#dice.next(2) === 0;
    return { kind: "update", op, place, value, operation, old, type: place.type, span: t.span };
  }

  #body(depth: number, extra: readonly TStmt[] = []): TStmt {
    const list = Array.from({ length: 1 + this.#dice.next(3) }, () => this.#statement(depth - 1));
    return t.block(...list, ...extra);
  }

  #compound(roll: number, depth: number): TStmt {
    if (roll < 8) return t.when(this.#cond(), this.#body(depth), this.#dice.next(2) ? this.#body(depth) : undefined);
    if (roll < 9) return this.#switch(depth);
    if (roll < 10) return t.block(this.#declare(), this.#statement(depth - 1));
    if (this.#loops >= 2) return this.#assignment();
    this.#loops++;
    const made = this.#loop(depth);
    this.#loops--;
    return made;
  }

  #loop(depth: number): TStmt {
    const i = t.local(`i${this.#names++}`, this.#dice.pick([t.int, t.uint, t.long]));
    const limit = t.num(1 + this.#dice.next(6), i.type);
    const step: TExpr = {
      kind: "update",
      op: "add",
      place: t.localPlace(i),
      value: t.num(1, i.type),
      operation: i.type,
      old: true,
      type: i.type,
      span: t.span,
    };
    const leave: TStmt = { kind: this.#dice.pick(["break", "continue"]), span: t.span };
    const early = this.#dice.next(2) ? [t.when(this.#cond(), leave)] : [];
    const body = this.#body(depth, [...early, t.stmt(t.kfunc("loop", [t.convert(t.get(i), t.long)], t.voidT))]);
    const testFirst = this.#dice.next(4) > 0;
    const unroll = this.#dice.pick(["full", 2, "disable", undefined, undefined, undefined] as const);
    return t.block(t.declare(i, t.num(0, i.type)), {
      kind: "loop",
      testFirst,
      cond: t.compare("lt", t.get(i), limit),
      step,
      body,
      ...(unroll !== undefined && { unroll }),
      span: t.span,
    });
  }

  #switch(depth: number): TStmt {
    const type = this.#dice.pick(arithTypes);
    const labels = Array.from({ length: 1 + this.#dice.next(8) }, (_, i) => ({
      range: { first: BigInt(i * 3), last: BigInt(i * 3 + this.#dice.next(3)) },
    }));
    const cases = this.#dice.next(2) ? [...labels, {}] : labels;
    const items = cases.flatMap((label): TStmt[] => [
      { kind: "case", label, body: this.#statement(depth - 1), span: t.span },
      ...(this.#dice.next(2) ? [{ kind: "break", span: t.span } as const] : []),
    ]);
    const value = t.arith("and", this.expr(type, 2), t.num(31, type));
    return { kind: "switch", value, cases, body: t.block(...items), span: t.span };
  }

  #cond(): TExpr {
    const roll = this.#dice.next(6);
    if (roll < 3) return this.#comparison(2);
    if (roll < 5) return t.logical(this.#dice.pick(["and", "or"]), this.#comparison(2), this.#comparison(1));
    return this.expr(t.bool, 2);
  }

  #comparison(depth: number): TExpr {
    const type = this.#dice.pick(arithTypes);
    const op = this.#dice.pick(["eq", "ne", "lt", "le", "gt", "ge"] as const);
    return t.compare(op, this.expr(type, depth), this.expr(type, depth));
  }

  /** A value of any scalar type. */
  expr(type: CType, depth: number): TExpr {
    if (depth === 0 || this.#dice.next(6) === 0) return this.#leaf(type);
    const roll = this.#dice.next(14);
    if (type.kind === "int" && type.size >= 4) {
      if (roll < 6) return this.#arith(type, depth);
      if (roll === 6) return this.#shift(type, depth);
      if (roll === 7)
        return {
          kind: "unary",
          op: this.#dice.pick(["neg", "not"]),
          operand: this.expr(type, depth - 1),
          type,
          span: t.span,
        };
    }
    if (roll === 8)
      return {
        kind: "cond",
        cond: this.#cond(),
        then: this.expr(type, depth - 1),
        else: this.expr(type, depth - 1),
        type,
        span: t.span,
      };
    if (roll === 9) return t.convert(this.#cond(), type);
    if (roll === 10) return t.convert(this.#assign(), type);
    if (roll === 11) return this.#call(type, depth);
    if (roll === 12) return this.#builtin(type, depth);
    return t.convert(this.expr(this.#dice.pick(types), depth - 1), type);
  }

  #leaf(type: CType): TExpr {
    if (this.#dice.next(3) === 0) {
      const value = this.#dice.pick(interesting);
      const size = (sizeOf(type) ?? 1) * 8;
      const signed = type.kind === "int" && type.signed;
      if (type.kind === "bool") return t.num(value & 1n, type);
      return t.num(signed ? BigInt.asIntN(size, value) : BigInt.asUintN(size, value), type);
    }
    return t.convert(
      t.load(this.#dice.next(3) === 0 ? this.#simplePlace() : t.localPlace(this.#dice.pick(this.#scalars))),
      type,
    );
  }

  #simplePlace(): TPlace {
    const records = this.#records;
    if (records.length === 0) return t.globalPlace("g", t.ulong);
    const f = this.#dice.pick(fields);
    return t.field(t.localPlace(this.#dice.pick(records)), f.bitOff / 8, f.type);
  }

  #arith(type: IntType, depth: number): TExpr {
    const op = this.#dice.pick(["add", "sub", "mul", "and", "or", "xor", "div", "mod"] as const);
    const right =
      this.#dice.next(3) === 0
        ? t.num(this.#dice.pick([1n, 2n, 3n, 4n, 8n, 10n, 255n]), type)
        : this.expr(type, depth - 1);
    return t.arith(op, this.expr(type, depth - 1), right);
  }

  #shift(type: IntType, depth: number): TExpr {
    const bits = type.size * 8;
    const count =
      this.#dice.next(2) === 0
        ? t.num(this.#dice.next(bits), t.int)
        : t.arith("and", this.expr(t.int, depth - 1), t.num(bits - 1, t.int));
    return {
      kind: "arith",
      op: this.#dice.pick(["shl", "shr"]),
      left: this.expr(type, depth - 1),
      right: count,
      type,
      span: t.span,
    };
  }

  #call(type: CType, depth: number): TExpr {
    const callee = this.#callees.length > 0 ? this.#dice.pick(this.#callees) : undefined;
    if (!callee || this.#dice.next(3) > 0)
      return t.convert(t.kfunc("get", [this.expr(t.long, depth - 1)], t.long), type);
    const args = callee.params.map((p) => this.expr(p.type, depth - 1));
    return t.convert(t.call({ kind: "function", name: callee.name }, args, callee.type.ret), type);
  }

  #builtin(type: CType, depth: number): TExpr {
    const operand = this.expr(this.#dice.pick([t.uint, t.ulong]), depth - 1);
    const kind = this.#dice.pick(["popcount", "bswap"] as const);
    if (kind === "popcount")
      return t.convert({ kind: "builtin", builtin: { kind, value: operand }, type: t.int, span: t.span }, type);
    const bits = sizeOf(operand.type) === 8 ? 64 : this.#dice.pick([16, 32] as const);
    return t.convert(
      { kind: "builtin", builtin: { kind, bits, value: operand }, type: operand.type, span: t.span },
      type,
    );
  }
}
