/** Memory that is handed to a function. kernel/bpf/verifier.c:check_helper_mem_access and check_mem_size_reg */
import type { Reg } from "../../isa/insn.ts";
import { isWithinStack, stackRoom } from "../access.ts";
import { checkInside, MAX_VAR_OFF, spanOf } from "../bounds.ts";
import type { Cx } from "../cx.ts";
import { describe, type Scalar } from "../domain/scalar.ts";
import { forget, objectIn, STACK_SIZE } from "../domain/stack.ts";
import { reg as regOf, type State } from "../domain/state.ts";
import { addBits, isAligned, knownBits } from "../domain/tnum.ts";
import { isNull, type Pointer, type Value } from "../domain/value.ts";
import { specialAt } from "../map-fields.ts";
import { isObject, recordOfObject } from "../objects.ts";
import { type Outcome, refuse, refuseNull, unmodelled } from "../outcome.ts";
import { checkPacket, isPacket, type Packet } from "../packet.ts";
import { sizeOf } from "../struct-walk.ts";
import { offsetWords, regionWords, regName, valueWords } from "../words.ts";
import { hasDynptr } from "./dynptr.ts";

/** What a function does with memory that it is given. */
export interface MemoryUse {
  /** Function, for messages. */
  readonly name: string;
  readonly reg: Reg;
  /** Greatest number of bytes. */
  readonly size: bigint;
  readonly writes: boolean;
  readonly zeroAllowed: boolean;
  readonly nullAllowed: boolean;
  /** It may be packet data. */
  readonly packetAccess?: boolean;
  /** It is a global function of the program, which may be handed objects. */
  readonly inProgram?: boolean;
}

/** The same use, of that many bytes. */
export const sized = (use: Omit<MemoryUse, "size">, size: bigint, zeroAllowed = use.zeroAllowed): MemoryUse => ({
  name: use.name,
  reg: use.reg,
  size,
  writes: use.writes,
  zeroAllowed,
  nullAllowed: use.nullAllowed,
  packetAccess: use.packetAccess ?? false,
  inProgram: use.inProgram ?? false,
});

/** Whether the register points to that many bytes that the function may use. */
export function checkMemory(cx: Cx, state: State, use: MemoryUse): Outcome {
  const value = regOf(state, use.reg);
  const reg = regName(use.reg);
  if (value.kind !== "ptr") {
    if (isNull(value) && use.nullAllowed) return undefined;
    return refuse("E0549", [reg, use.name, "a pointer to memory", valueWords(cx, value)], { about: [value] });
  }
  if (value.nullable && !use.nullAllowed) return refuseNull(reg, use.name, value);
  return checkBytes(cx, state, value, use) ?? checkObjects(state, value, use);
}

/** What the kernel keeps on the stack is not memory to anybody. */
function checkObjects(state: State, p: Pointer, use: MemoryUse): Outcome {
  const frame = p.to.kind === "stack" ? state.frames[p.to.frame] : undefined;
  const span = frame && spanOf(p);
  if (!frame || !span || use.size === 0n) return undefined;
  const [from, to] = [Number(span.min), Number(span.max + use.size)];
  const object = objectIn(frame.stack, from, to);
  if (hasDynptr(frame.stack, from, to))
    return refuse("E0549", [regName(use.reg), use.name, "memory without a dynptr in it", "the stack where one lies"], {
      about: object ? [object] : [],
    });
  return object && unmodelled(`an object of the kernel on the stack as memory for ${use.name}`);
}

function checkBytes(cx: Cx, state: State, p: Pointer, use: MemoryUse): Outcome {
  const reg = regName(use.reg);
  switch (p.to.kind) {
    case "stack":
      return checkStackBytes(p, use);
    case "map_value": {
      const { map } = p.to;
      if (use.writes && (map.readOnly || map.flags & 0x80))
        return refuse("E0527", [regionWords(cx, p)], { about: [p] });
      if (!use.writes && map.flags & 0x100)
        return refuse("E0534", [reg, `a pointer into map '${map.name}', which programs may only write`], {
          about: [p],
        });
      return checkInside(cx, p, reg, 0, use.size, map.valueSize) ?? specialAt(cx, state, p, 0, Number(use.size));
    }
    case "map_key":
      if (use.writes) return refuse("E0527", [regionWords(cx, p)], { about: [p] });
      return checkInside(cx, p, reg, 0, use.size, p.to.map.keySize);
    case "mem":
      if (use.writes && p.to.readOnly) return refuse("E0527", [regionWords(cx, p)], { about: [p] });
      return checkInside(cx, p, reg, 0, use.size, p.to.size);
    case "btf":
      if (p.to.alloc) return checkObjectBytes(cx, p, use);
      if (p.to.trust === "trusted") return unmodelled(`passing a kernel struct to ${use.name} as memory`);
      return notMemory(cx, p, use);
    case "packet":
      return isPacket(p) ? checkPacketArg(cx, p, use) : undefined;
    case "arena":
      return unmodelled(`passing an address in the arena to ${use.name} as memory`);
    case "flow_keys":
      return unmodelled(`passing flow keys to ${use.name} as memory`);
    case "ctx":
      // Only the buffer that a syscall program is run with is memory. kernel/bpf/verifier.c:check_helper_mem_access
      return cx.ctx.variable ? unmodelled(`passing the context to ${use.name} as memory`) : notMemory(cx, p, use);
    default:
      return notMemory(cx, p, use);
  }
}

/** Objects of the program are memory to its own functions, but for their special members. */
function checkObjectBytes(cx: Cx, p: Pointer, use: MemoryUse): Outcome {
  if (!use.inProgram || !isObject(p) || p.to.space || p.to.trust === "untrusted")
    return unmodelled(`passing an object of the program to ${use.name} as memory`);
  const outside = checkInside(cx, p, regName(use.reg), 0, use.size, sizeOf(p.to.btf, p.to.type) ?? 0);
  if (outside || p.varying) return outside ?? unmodelled("a part of an object of the program that is not known");
  const hit = recordOfObject(cx, p.to.type)?.fields.find(
    (f) => p.off < f.off + f.size && p.off + Number(use.size) > f.off,
  );
  return hit && refuse("E0534", [regName(use.reg), `the place of a ${hit.name} in an object`], { about: [p] });
}

/** kernel/bpf/verifier.c:may_access_direct_pkt_data, as it is asked for a function's argument */
function checkPacketArg(cx: Cx, p: Packet, use: MemoryUse): Outcome {
  if (!use.packetAccess || cx.facts.packets === "none") {
    return refuse("E0549", [regName(use.reg), use.name, "memory outside of the packet", valueWords(cx, p)], {
      about: [p],
      help: "copy the data to the stack first",
    });
  }
  return checkPacket(cx, p, regName(use.reg), 0, use.size, use.zeroAllowed);
}

function notMemory(cx: Cx, p: Pointer, use: MemoryUse): Outcome {
  const want = "a pointer to the stack, a map value or other memory of the program";
  return refuse("E0549", [regName(use.reg), use.name, want, valueWords(cx, p)], {
    about: [p],
    ...(p.to.kind === "btf" && { help: "copy what is needed with bpf_probe_read_kernel first" }),
  });
}

function checkStackBytes(p: Pointer, use: MemoryUse): Outcome {
  const span = spanOf(p);
  if (!span) return refuse("E0520", [regName(use.reg)], { about: [p] });
  if (isWithinStack(span, 0, use.size)) return undefined;
  return stackRoom(use.writes ? `a write by ${use.name}` : `a read by ${use.name}`, span, 0, use.size, p);
}

/** MEM_ALIGNED: the pointer's offset is a multiple of the size. */
export function checkAligned(cx: Cx, state: State, r: Reg, size: number): Outcome {
  const p = regOf(state, r);
  if (p.kind !== "ptr") return undefined;
  const bits = addBits(p.varying?.bits ?? knownBits(0n), knownBits(BigInt(p.off)));
  if (isAligned(bits, size)) return undefined;
  if (p.to.kind === "stack") return refuse("E0519", [offsetWords(p), size], { about: [p] });
  return unmodelled(`${regName(r)}, a pointer to ${regionWords(cx, p)} that is not aligned, as an argument`);
}

/** A size that goes with memory in another register. */
export function checkSize(cx: Cx, state: State, size: Reg, use: Omit<MemoryUse, "size">): Outcome {
  const value = regOf(state, size);
  const reg = regName(size);
  if (value.kind !== "scalar") {
    return refuse("E0549", [reg, use.name, "a number", valueWords(cx, value)], { about: [value] });
  }
  const about = { about: [value] };
  if (value.s.min < 0n) {
    return refuse("E0551", [reg, use.name, `may be negative (${describe(value)})`], {
      ...about,
      help: "make it unsigned, or mask it",
    });
  }
  if (value.u.min === 0n && !use.zeroAllowed) {
    return refuse("E0551", [reg, use.name, `may be zero (${describe(value)})`], {
      ...about,
      help: "check that it is not zero",
    });
  }
  if (value.u.max >= MAX_VAR_OFF) {
    return refuse("E0551", [reg, use.name, `has no upper bound (${describe(value)})`], {
      ...about,
      help: "compare it with the size of the buffer first, or mask it",
    });
  }
  return checkMemory(cx, state, sized(use, value.u.max)) ?? nullWithSize(cx, state, use, value);
}

/** NULL stands for no bytes at all. */
function nullWithSize(cx: Cx, state: State, use: Omit<MemoryUse, "size">, size: Scalar): Outcome {
  const value = regOf(state, use.reg);
  if (!isNull(value) || size.u.max === 0n) return undefined;
  return refuse("E0549", [regName(use.reg), use.name, "a pointer to memory", valueWords(cx, value)], {
    about: [value, size],
  });
}

/** After the call nothing is known of what the function may have written to a stack. */
export function forgetWritten(state: State, r: Reg, size: bigint): void {
  const p = regOf(state, r);
  if (p.kind !== "ptr" || p.to.kind !== "stack") return;
  const frame = state.frames[p.to.frame];
  const span = spanOf(p);
  if (!frame || !span) return;
  const to = Math.min(0, Number(span.max + size));
  frame.stack = forget(frame.stack, Math.max(-STACK_SIZE, Number(span.min)), to);
}

/** The greatest value of a size register. */
export const greatest = (v: Value): bigint => (v.kind === "scalar" ? v.u.max : 0n);
