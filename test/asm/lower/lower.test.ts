import { describe, expect, test } from "vitest";
import { checkSsa } from "../../../src/asm/ir/check.ts";
import { optimise } from "../../../src/asm/ir/optimise.ts";
import { printIr } from "../../../src/asm/ir/print.ts";
import { constantData, knownVariables } from "../../../src/asm/lower/constant-data.ts";
import { lower } from "../../../src/asm/lower/lower.ts";
import { settle } from "../../../src/asm/lower/settle.ts";
import type { TExpr, TFunction, TPlace, TStmt, Unit } from "../../../src/asm/sema/tree.ts";
import type { CType } from "../../../src/asm/sema/types.ts";
import type { LocalTypeRef } from "../../../src/btf/core.ts";
import { DiagSink } from "../../../src/diag/diagnostic.ts";
import { run } from "../ir/interpreter.ts";
import * as t from "./tree.ts";

const best = (unit: Unit): string => {
  const program = t.lowered(unit);
  for (const fn of program.functions) checkSsa(fn, "lower");
  const made = optimise(program, {
    level: 2,
    check: true,
    constants: constantData(unit, knownVariables(unit, program, new Set())),
  });
  return made.functions.map(printIr).join("\n");
};
const body = (...items: TStmt[]): string =>
  best(t.unit([t.fn("main", t.int, [], t.block(...items))], [t.global("g", t.ulong)]));
const codes = (unit: Unit): string[] => {
  const sink = new DiagSink();
  settle(lower(unit, sink), unit, sink);
  return sink.diagnostics.map((d) => d.code);
};

describe("values that cross a call", () => {
  test("of a bool result one bit counts", () => {
    const text = body(t.when(t.kfunc("f", [], t.bool), t.ret(t.num(7))), t.ret(t.num(9)));
    expect(text).toContain("br set");
    expect(text).toContain("const i32 1\n");
  });

  test.each([
    [t.char, "sext i32 8"],
    [t.short, "sext i32 16"],
    [t.ushort, "65535"],
  ] as const)("a %o result is extended from its low bits", (type, want) => {
    expect(body(t.ret(t.convert(t.kfunc("f", [], type), t.int)))).toContain(want);
  });
});

describe("CO-RE accesses", () => {
  const core = { root: 3 as LocalTypeRef, path: [0, 2] };
  const record = t.struct("sk_buff", 64, [{ name: "len", type: t.uint, off: 16 }], true);
  const pointer: TExpr = t.kfunc("skb", [], t.ptr(record));
  const field: TPlace = { kind: "field", base: t.deref(pointer, record), off: 16, core, type: t.uint, span: t.span };

  test("a field is loaded with a relocated offset", () => {
    expect(body(t.ret(t.convert(t.load(field), t.int)))).toContain(
      "load i32 u32 [%2 + 16] as int32 core(field_byte_offset 3:0:2)",
    );
  });

  test("a field's address is a relocated sum", () => {
    const text = body(t.stmt(t.kfunc("use", [t.addr(field)], t.voidT)), t.ret(t.num(0)));
    expect(text).toMatch(/core\(field_byte_offset 3:0:2\) i64 16\n {2}%\d+ = add ptr/);
  });

  test("a bit-field asks for offset, size and both shifts", () => {
    const bits = { size: 4, bitOff: 3, bitSize: 5, signed: false } as const;
    const text = body(t.ret(t.convert(t.load({ ...field, bits }), t.int)));
    for (const kind of ["field_byte_offset", "field_byte_size", "field_lshift_u64", "field_rshift_u64"])
      expect(text).toContain(`core(${kind} 3:0:2)`);
    expect(text).toContain("core(field_lshift_u64 3:0:2) i64 56");
    expect(text).toContain("core(field_rshift_u64 3:0:2) i64 59");
  });
});

describe("memory", () => {
  const builtin = (made: Extract<TExpr, { kind: "builtin" }>["builtin"], type: CType = t.voidT): TExpr => ({
    kind: "builtin",
    builtin: made,
    type,
    span: t.span,
  });

  test("volatile accesses are all there, constant data is read at build time", () => {
    const vol: CType = { ...t.ulong, q: { volatile: true } };
    const place = t.globalPlace("v", vol);
    const unit = t.unit(
      [
        t.fn(
          "main",
          t.int,
          [],
          t.block(
            t.stmt(t.load(place)),
            t.stmt(t.assign(place, t.load(place))),
            t.ret(t.convert(t.load(t.globalPlace("k", t.ulong)), t.int)),
          ),
        ),
      ],
      [t.global("v", vol), t.global("k", t.ulong, { constant: true, bytes: Uint8Array.of(42, 0, 0, 0, 0, 0, 0, 0) })],
    );
    const text = best(unit);
    expect(text.match(/volatile/g)).toHaveLength(3);
    expect(text).toContain("const i32 42");
  });

  test("memcmp orders by the first byte that differs", () => {
    const array = (name: string) => t.globalPlace(name, { kind: "array", elem: t.uchar, length: 8 });
    const compare = builtin(
      { kind: "memcmp", left: t.addr(array("a")), right: t.addr(array("b")), length: t.num(8, t.ulong) },
      t.int,
    );
    const unit = t.unit(
      [t.fn("main", t.int, [], t.block(t.ret(compare)))],
      [t.global("a", t.ulong), t.global("b", t.ulong)],
    );
    const made = optimise(t.lowered(unit), { level: 2, check: true });
    expect(BigInt.asIntN(32, run(made, "main").result!)).toBe(0n);
    const other = t.unit(
      [
        t.fn(
          "main",
          t.int,
          [],
          t.block(t.stmt(t.assign(t.field(array("b"), 3, t.uchar), t.num(0, t.uchar))), t.ret(compare)),
        ),
      ],
      unit.globals as never,
    );
    expect(BigInt.asIntN(32, run(optimise(t.lowered(other), { level: 2, check: true }), "main").result!)).toBe(1n);
  });

  test("an initialised record on the stack is stored without the zeros that are overwritten", () => {
    const record = t.struct("key", 16, [
      { name: "a", type: t.uint, off: 0 },
      { name: "b", type: t.uint, off: 4 },
      { name: "c", type: t.ulong, off: 8 },
    ]);
    const key = t.local("key", record);
    const part = (off: number, value: number, type: CType) => ({
      off,
      value: { kind: "expr", expr: t.num(value, type) } as const,
    });
    const text = body(
      t.declare(key, { kind: "parts", zero: true, parts: [part(0, 1, t.uint), part(4, 2, t.uint)] }),
      t.stmt(t.kfunc("lookup", [t.addr(t.localPlace(key))], t.voidT)),
      t.ret(t.num(0)),
    );
    expect(text.match(/store/g)).toHaveLength(3);
    expect(text).toMatch(/store u64 \[%\d+ \+ 8\]/);
  });

  test("a record copied by way of a local needs no stack", () => {
    const record = t.struct("pair", 16, [
      { name: "a", type: t.ulong, off: 0 },
      { name: "b", type: t.ulong, off: 8 },
    ]);
    const pair = t.local("pair", record);
    const text = body(
      t.declare(pair, { kind: "copy", from: t.load(t.deref(t.kfunc("in", [], t.ptr(record)), record)) }),
      t.stmt(t.assign(t.deref(t.kfunc("out", [], t.ptr(record)), record), t.get(pair))),
      t.ret(t.num(0)),
    );
    expect(text).not.toContain("slot");
  });
});

describe("atomics", () => {
  const atomic = (result: "old" | "new" | "none"): TExpr => ({
    kind: "atomic",
    op: "sub",
    ptr: t.addr(t.globalPlace("g", t.ulong)),
    size: 8,
    value: t.num(1, t.ulong),
    result,
    type: result === "none" ? t.voidT : t.ulong,
    span: t.span,
  });

  test("a result that nobody wants is not fetched", () => {
    expect(body(t.stmt(atomic("old")), t.ret(t.num(0)))).toMatch(/atomic void add u64/);
    expect(body(t.ret(t.convert(atomic("old"), t.int)))).toMatch(/atomic i64 add fetch u64/);
  });
});

describe("what BPF cannot do is refused", () => {
  const p = t.local("p", t.int);
  const record = t.struct("s", 8, [{ name: "a", type: t.ulong, off: 0 }]);
  const asm = (template: string): TStmt => ({
    kind: "asm",
    asm: {
      kind: "asm",
      volatile: true,
      goto: false,
      template: { kind: "string", bytes: new TextEncoder().encode(template), span: t.span },
      outputs: [],
      inputs: [],
      clobbers: [],
      labels: [],
      span: t.span,
    },
    outputs: [],
    inputs: [],
    span: t.span,
  });
  const main = (...items: TStmt[]): Unit => t.unit([t.fn("main", t.int, [], t.block(...items, t.ret(t.num(0))))]);
  const six = Array.from({ length: 6 }, () => t.num(1));
  const self: TFunction = t.fn("f", t.int, [p], t.ret(t.call({ kind: "function", name: "f" }, [t.get(p)], t.int)));

  test.each<[string, Unit, string[]]>([
    ["six arguments", main(t.stmt(t.kfunc("f", six, t.int))), ["E0401"]],
    [
      "six parameters",
      t.unit([
        t.fn(
          "f",
          t.int,
          six.map((_, i) => t.local(`p${i}`, t.int)),
          t.ret(t.num(0)),
        ),
      ]),
      ["E0401"],
    ],
    [
      "a program's record argument",
      t.unit([{ ...t.fn("f", t.int, [t.local("s", record)], t.ret(t.num(0))), section: "tc" }]),
      ["E0402"],
    ],
    ["recursion", t.unit([self]), ["E0404"]],
    ["a naked function, which is no SSA", t.unit([{ ...self, naked: true }]), []],
    ["assembly text that is none", main(asm("r0 = w0")), ["E0450"]],
    ["assembly text", main(asm("r0 = 0")), []],
    ["an empty template", main(asm("")), []],
    [
      "a helper called by its number",
      main(t.stmt(t.call({ kind: "pointer", expr: t.convert(t.num(5), t.ptr(t.voidT)) }, [], t.long))),
      [],
    ],
  ])("%s", (_, unit, want) => {
    expect(codes(unit)).toEqual(want);
  });
});

test("every instruction has the place of the source that made it", () => {
  const program = t.lowered(
    t.unit([t.fn("main", t.int, [t.local("p", t.int)], t.block(t.ret(t.kfunc("f", [t.num(1)], t.int))))]),
  );
  for (const block of program.functions[0]!.blocks) {
    expect(block.term.span).toBeDefined();
    for (const inst of block.insts) expect(inst.span).toBeDefined();
  }
});
