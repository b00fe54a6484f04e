/** What lowering one function carries around: the builder, the names of the unit, and where jumps go. */
import type { DiagSink } from "../../diag/diagnostic.ts";
import type { Size } from "../../isa/insn.ts";
import type { Span } from "../../support/span.ts";
import type { IrBuilder } from "../ir/builder.ts";
import type { AddrSymbol } from "../ir/inst.ts";
import type { BlockId, SlotId, ValueId } from "../ir/model.ts";
import { alignOf, sizeOf } from "../sema/layout.ts";
import type { TCase, TExpr, TFunction, TLocal } from "../sema/tree.ts";
import type { CType } from "../sema/types.ts";
import { scalarType } from "./scalars.ts";

/** Where a jump goes, and how many cleanups are still due there. */
export interface Exit {
  readonly to: BlockId;
  readonly depth: number;
}

export interface Cleanup {
  readonly local: TLocal;
  readonly call: TExpr;
}

export interface FunctionContext {
  readonly b: IrBuilder;
  readonly sink: DiagSink;
  readonly fn: TFunction;
  /** Where the record goes that the function returns. */
  result?: ValueId;
  /** What a unit-wide name stands for. */
  readonly symbols: ReadonlyMap<string, AddrSymbol["kind"]>;
  /** Accesses by one type leave objects of others alone. */
  readonly strictAliasing: boolean;
  /** Alignments of the unit's own variables, where they are certain. */
  readonly aligns: ReadonlyMap<string, Size>;
  /** By `LocalTypeRef`: the types that CO-RE accesses start from. */
  readonly localTypes: readonly CType[];
  readonly slots: Map<TLocal, SlotId>;
  /** Objects whose scopes are not left yet, the innermost last. */
  readonly open: SlotId[];
  /** Objects of compound literals: they live as long as the function. */
  readonly literals: Set<SlotId>;
  readonly labels: Map<string, BlockId>;
  readonly cases: Map<TCase, BlockId>;
  /** Targets of `break` and `continue`, innermost last. */
  readonly breaks: Exit[];
  readonly continues: Exit[];
  /** Calls that end the lives of locals, those of the innermost scope last. */
  readonly cleanups: Cleanup[];
}

const sizes: readonly Size[] = [8, 4, 2, 1];

/** The greatest access size that divides `n`; 8 for 0. */
export const sizeDividing = (n: number): Size => sizes.find((size) => n % size === 0) ?? 1;

/** Alignment of a local on the stack. Objects of 8 bytes and more get 8-byte alignment: cheap to copy. */
export function slotAlign(local: TLocal): Size {
  const size = sizeOf(local.type) ?? 0;
  const wanted = Math.max(local.align, alignOf(local.type), size >= 8 ? 8 : size >= 4 ? 4 : 1);
  return sizeDividing(Math.min(8, wanted));
}

/** Alignment of what a unit-wide name stands for: its own, which may be more than its type's. */
export const globalAlign = (cx: FunctionContext, name: string, type: CType): Size =>
  cx.aligns.get(name) ?? sizeDividing(Math.min(8, alignOf(type)));

/** The stack object of a local, made on first use. */
export function slotOf(cx: FunctionContext, local: TLocal): SlotId {
  const known = cx.slots.get(local);
  if (known !== undefined) return known;
  const slot = cx.b.slot(sizeOf(local.type) ?? 0, slotAlign(local), local.name || "tmp");
  cx.slots.set(local, slot);
  cx.open.push(slot);
  return slot;
}

/** The stack object of a compound literal. */
export function literalSlot(cx: FunctionContext, local: TLocal): SlotId {
  const slot = cx.slots.get(local) ?? cx.b.slot(sizeOf(local.type) ?? 0, slotAlign(local), local.name || "tmp");
  cx.slots.set(local, slot);
  cx.literals.add(slot);
  return slot;
}

/** A nameless stack object. */
export function temporary(cx: FunctionContext, size: number): ValueId {
  const slot = cx.b.slot(size, size >= 8 ? 8 : sizeDividing(size), "tmp");
  cx.open.push(slot);
  return cx.b.emit({ op: "slot", ty: "ptr", slot });
}

export function labelBlock(cx: FunctionContext, name: string): BlockId {
  let block = cx.labels.get(name);
  if (block === undefined) {
    block = cx.b.block();
    cx.labels.set(name, block);
  }
  return block;
}

export function caseBlock(cx: FunctionContext, label: TCase): BlockId {
  let block = cx.cases.get(label);
  if (block === undefined) {
    block = cx.b.block();
    cx.cases.set(label, block);
  }
  return block;
}

/** Runs `make` with instructions placed at `span`, then goes back to the place before. */
export function at<T>(cx: FunctionContext, span: Span, make: () => T): T {
  const before = cx.b.span;
  cx.b.span = span;
  const made = make();
  cx.b.span = before ?? span;
  return made;
}

/** Stands for a value that could not be made, after a diagnostic. */
export const noValue = (cx: FunctionContext, type: CType): ValueId =>
  cx.b.emit({ op: "undef", ty: scalarType(cx, type) });
