/** What a permitted load leaves in the register. */
import type { Size } from "../isa/insn.ts";
import type { LinkedMap } from "../link/model.ts";
import { spanOf } from "./bounds.ts";
import type { Cx } from "./cx.ts";
import { constant, cut, type Scalar, signExtend, unknownScalar, withBounds } from "./domain/scalar.ts";
import { allZero, read } from "./domain/stack.ts";
import type { State } from "./domain/state.ts";
import { type Pointer, pointer, type Region, type Struct, type Trust, type Value } from "./domain/value.ts";
import { loadedPointer } from "./kernel-pointers.ts";
import { recordOfMap } from "./map-fields.ts";
import { mapStruct } from "./map-struct.ts";
import { fieldAt } from "./records.ts";
import { walkStruct } from "./struct-walk.ts";
import { fieldTrust } from "./trust.ts";

/** The value that a load of `size` bytes at `base + off` gives, extended as the instruction says. */
export function loaded(
  cx: Cx,
  state: State,
  base: Pointer,
  off: number,
  size: Size,
  signed: boolean,
  at: number,
): Value {
  const raw = rawValue(cx, state, base, off, size, at);
  if (raw.kind !== "scalar" || size === 8) return raw;
  const value = signed ? signExtend(raw, size, 64, at) : narrow(raw, size, at);
  return { ...value, origin: raw.origin };
}

/** A value that fits keeps its link to copies. */
const narrow = (v: Scalar, size: number, at: number): Scalar =>
  v.u.max < 1n << BigInt(size * 8) ? v : cut(v, size, at);

function rawValue(cx: Cx, state: State, base: Pointer, off: number, size: Size, at: number): Value {
  switch (base.to.kind) {
    case "stack":
      return fromStack(state, base, base.to.frame, off, size, at);
    case "map_value":
      return kernelPointer(cx, state, base, off, at) ?? fromMap(base, base.to.map, off, size, at) ?? unknownScalar(at);
    case "ctx": {
      const answer = cx.ctx.access(base.off + off, size, "read");
      if (answer.kind === "scalar" && answer.low) return withBounds({ s: answer.low, s32: answer.low }, at);
      if (answer.kind !== "pointer") return unknownScalar(at);
      const id = answer.nullable ? cx.newId() : 0;
      return pointer(answer.to, at, { nullable: answer.nullable, id, ref: answer.ref ?? 0 });
    }
    case "map": {
      const struct = mapStruct(cx, base.to.map);
      return struct ? fromStruct(cx, state, base, struct, off, size, at) : unknownScalar(at);
    }
    case "btf":
      return fromStruct(cx, state, base, base.to, off, size, at);
    default:
      return unknownScalar(at);
  }
}

function fromStack(state: State, base: Pointer, frame: number, off: number, size: Size, at: number): Value {
  const stack = state.frames[frame]?.stack ?? [];
  if (base.varying) {
    const span = spanOf(base);
    const zero = span && allZero(stack, Number(span.min) + off, Number(span.max) + off + size);
    return zero ? constant(0n, at) : unknownScalar(at);
  }
  const found = read(stack, base.off + off, size, at);
  return "value" in found ? found.value : unknownScalar(at);
}

/** `.rodata` is frozen: its bytes are known. kernel/bpf/verifier.c:bpf_map_direct_read */
function fromMap(base: Pointer, map: LinkedMap, off: number, size: Size, at: number): Scalar | undefined {
  const { data } = map;
  const from = base.off + off;
  const known = base.varying ? undefined : map.known?.find((k) => k.off === from && k.size === size);
  if (known) return constant(known.value, at);
  if (!map.readOnly || !data || base.varying || from < 0 || from + size > data.length) return undefined;
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(data[from + i]!);
  return constant(value, at);
}

function kernelPointer(cx: Cx, state: State, base: Pointer, off: number, at: number): Value | undefined {
  if (base.to.kind !== "map_value" || base.varying) return undefined;
  const field = fieldAt(recordOfMap(cx, base.to.map), base.off + off);
  return field && loadedPointer(cx, state, field, at);
}

function fromStruct(cx: Cx, state: State, base: Pointer, to: Struct, off: number, size: Size, at: number): Value {
  // Pointers in objects of the program are numbers.
  if (to.alloc) return unknownScalar(at);
  const walk = walkStruct(to.btf, to.type, base.off + off, size);
  if (walk.kind === "address" && cx.facts.followsAddresses) return pointer({ kind: "address" }, at);
  if (walk.kind !== "pointer") return unknownScalar(at);
  const space = walk.tags.includes("user") ? "user" : walk.tags.includes("percpu") ? "percpu" : undefined;
  const { trust, nullable } = fieldTrust(cx, state, to, walk);
  const region = structRegion(to, walk.type, trust, space);
  return pointer(region, at, { nullable, id: nullable ? cx.newId() : 0 });
}

function structRegion(from: Struct, type: Struct["type"], trust: Trust, space: "user" | "percpu" | undefined): Region {
  return { kind: "btf", btf: from.btf, type, trust, ...(space && { space }) };
}
