/** Small makers of typed trees. */

import type { IrProgram } from "../../../src/asm/ir/model.ts";
import { lower } from "../../../src/asm/lower/lower.ts";
import { alignOf, sizeOf } from "../../../src/asm/sema/layout.ts";
import type {
  TCallee,
  TExpr,
  TFunction,
  TGlobal,
  TInit,
  TLocal,
  TPlace,
  TStmt,
  Unit,
} from "../../../src/asm/sema/tree.ts";
import { intTypes, ptrTo } from "../../../src/asm/sema/type-ops.ts";
import type { CType, RecordDecl, RecordType } from "../../../src/asm/sema/types.ts";
import { DiagSink } from "../../../src/diag/diagnostic.ts";
import type { FileId, Span } from "../../../src/support/span.ts";

export const span: Span = { file: 0 as FileId, start: 0, end: 1 };
export const { int, long, char, short } = intTypes;
export const uint = intTypes["unsigned int"];
export const ulong = intTypes["unsigned long"];
export const uchar = intTypes["unsigned char"];
export const ushort = intTypes["unsigned short"];
export const bool: CType = { kind: "bool" };
export const voidT: CType = { kind: "void" };
export const ptr = ptrTo;

export const local = (name: string, type: CType): TLocal => ({ name, type, align: alignOf(type), span });
export const num = (value: bigint | number, type: CType = int): TExpr => ({
  kind: "const",
  value: BigInt(value),
  type,
  span,
});
export const localPlace = (l: TLocal): TPlace => ({ kind: "local", local: l, type: l.type, span });
export const globalPlace = (name: string, type: CType): TPlace => ({ kind: "global", name, type, span });
export const load = (place: TPlace): TExpr => ({ kind: "load", place, type: place.type, span });
export const get = (l: TLocal): TExpr => load(localPlace(l));
export const addr = (place: TPlace): TExpr => ({ kind: "addr", place, type: ptr(place.type), span });
export const convert = (operand: TExpr, type: CType): TExpr => ({ kind: "convert", operand, type, span });
export const deref = (at: TExpr, type: CType): TPlace => ({ kind: "deref", addr: at, type, span });
export const assign = (place: TPlace, value: TExpr): TExpr => ({
  kind: "assign",
  place,
  value,
  type: place.type,
  span,
});
export const call = (callee: TCallee, args: TExpr[], type: CType): TExpr => ({
  kind: "call",
  callee,
  args,
  type,
  span,
});
export const kfunc = (name: string, args: TExpr[], type: CType): TExpr => call({ kind: "kfunc", name }, args, type);
export const stmt = (expr: TExpr): TStmt => ({ kind: "expr", expr, span });
export const block = (...items: TStmt[]): TStmt => ({ kind: "block", items, span });
export const ret = (value?: TExpr): TStmt => ({ kind: "return", span, ...(value && { value }) });
export const declare = (l: TLocal, init?: TInit | TExpr): TStmt => ({
  kind: "local",
  local: l,
  span,
  ...(init && { init: "type" in init ? { kind: "scalar", value: init } : init }),
});
export const when = (cond: TExpr, yes: TStmt, no?: TStmt): TStmt => ({
  kind: "if",
  cond,
  then: yes,
  span,
  ...(no && { else: no }),
});
export const compare = (op: Extract<TExpr, { kind: "compare" }>["op"], left: TExpr, right: TExpr): TExpr => ({
  kind: "compare",
  op,
  left,
  right,
  type: int,
  span,
});
export const arith = (op: Extract<TExpr, { kind: "arith" }>["op"], left: TExpr, right: TExpr): TExpr => ({
  kind: "arith",
  op,
  left,
  right,
  type: left.type,
  span,
});
export const logical = (op: "and" | "or", left: TExpr, right: TExpr): TExpr => ({
  kind: "logical",
  op,
  left,
  right,
  type: int,
  span,
});

export interface FieldSpec {
  readonly name: string;
  readonly type: CType;
  readonly off: number;
}

export function struct(tag: string, size: number, fields: readonly FieldSpec[], core = false): RecordType {
  const decl: RecordDecl = {
    of: "struct",
    tag,
    core,
    layout: {
      size,
      align: Math.max(...fields.map((f) => alignOf(f.type))),
      fields: fields.map((f, index) => ({ name: f.name, type: f.type, bitOff: f.off * 8, index })),
    },
  };
  return { kind: "record", decl };
}

export const field = (base: TPlace, off: number, type: CType): TPlace => ({ kind: "field", base, off, type, span });

export function fn(name: string, ret: CType, params: TLocal[], body: TStmt, extra: Partial<TFunction> = {}): TFunction {
  return {
    name,
    type: { kind: "func", ret, params: params.map((p) => ({ name: p.name, type: p.type })), variadic: false },
    linkage: "global",
    weak: false,
    hidden: false,
    inlining: "auto",
    naked: false,
    params,
    locals: [],
    cleanupsAt: new Map(),
    body,
    declTags: [],
    span,
    nameSpan: span,
    ...extra,
  };
}

export const global = (name: string, type: CType, extra: Partial<TGlobal> = {}): TGlobal => ({
  name,
  type,
  section: ".bss",
  linkage: "global",
  weak: false,
  hidden: false,
  align: 8,
  size: sizeOf(type) ?? 0,
  relocs: [],
  anonymous: false,
  constant: false,
  declTags: [],
  span,
  ...extra,
});

export const unit = (functions: TFunction[], globals: TGlobal[] = []): Unit => ({
  functions,
  globals,
  maps: [],
  externs: [],
  undefined: [],
  localTypes: [],
});

/** Lowers a unit that has nothing wrong with it. */
export function lowered(u: Unit): IrProgram {
  const sink = new DiagSink();
  const program = lower(u, sink);
  if (sink.hasErrors) throw new Error(sink.diagnostics.map((d) => `${d.code} ${d.text}`).join("\n"));
  return program;
}
