/** Machine instructions in few layouts, as `asm/ir/layout` has those of SSA: properties that a kind does not have undefined. */
import type { Span } from "../../support/span.ts";
import type { MInst } from "./machine.ts";

type Union<T> = T extends unknown ? keyof T : never;
type Fields = { [K in Union<MInst>]: unknown };
type Own<I> = I extends unknown ? { -readonly [K in keyof I]: I[K] } : never;

const arithmetic = (kind: unknown, span: unknown, x: Fields) => ({
  kind,
  span,
  core: x.core,
  op: x.op,
  width: x.width,
  dst: x.dst,
  src: x.src,
  bits: x.bits,
  recipe: x.recipe,
});

const access = (kind: unknown, span: unknown, x: Fields) => ({
  kind,
  span,
  core: x.core,
  op: x.op,
  size: x.size,
  signed: x.signed,
  fetch: x.fetch,
  dst: x.dst,
  src: x.src,
  base: x.base,
  slot: x.slot,
  off: x.off,
  reload: x.reload,
  spill: x.spill,
});

/** A copy that is the caller's to change before others see it; it stands at `span` if one is given. */
export function copyInst<I extends MInst>(inst: I, span: Span | undefined = inst.span): Own<I> {
  const from = inst as unknown as Fields;
  switch (inst.kind) {
    case "copy":
    case "make":
    case "alu":
    case "extend":
    case "neg":
    case "endian":
      return arithmetic(inst.kind, span, from) as unknown as Own<I>;
    case "load":
    case "store":
    case "atomic":
      return access(inst.kind, span, from) as unknown as Own<I>;
    default:
      return (span ? { ...inst, span } : { ...inst }) as Own<I>;
  }
}
