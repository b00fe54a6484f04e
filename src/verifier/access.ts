/** Whether a load, store or atomic operation may touch memory, region by region. kernel/bpf/verifier.c:check_mem_access */
import type { Src } from "../isa/insn.ts";
import type { LinkedMap } from "../link/model.ts";
import { checkInside, spanOf } from "./bounds.ts";
import { checkOverwrite, hasDynptr } from "./calls/dynptr.ts";
import { FLAGS } from "./calls/irq-flags.ts";
import type { Cx } from "./cx.ts";
import { describe } from "./domain/scalar.ts";
import { isIterator, type Kept, objectIn, partOf, STACK_SIZE } from "./domain/stack.ts";
import { reg as regOf, type State } from "./domain/state.ts";
import { addBits, isAligned, knownBits } from "./domain/tnum.ts";
import type { Pointer, Region, Struct, Value } from "./domain/value.ts";
import { checkContextStore } from "./insn-set.ts";
import { specialAt } from "./map-fields.ts";
import { mapStruct } from "./map-struct.ts";
import type { Need } from "./needs.ts";
import { recordOfObject } from "./objects.ts";
import { type Outcome, refuse, unmodelled } from "./outcome.ts";
import { checkPacket, checkPacketUse, isPacket, type Packet } from "./packet.ts";
import { walkStruct } from "./struct-walk.ts";
import { makerOf, offsetWords, regionWords, regName, structName, valueWords } from "./words.ts";

type Access = Need & { readonly kind: "access" };

/** What a memory operation needs; `access.base` holds something. */
export function checkAccess(cx: Cx, state: State, access: Access): Outcome {
  const base = regOf(state, access.base);
  const reg = regName(access.base);
  if (base.kind !== "ptr") return notPointer(cx, reg, base);
  if (access.atomic || access.mode === "update") {
    const refused = checkAtomic(cx, state, base, reg, access);
    if (refused) return refused;
  }
  if (base.nullable) return mayBeNull(cx, base, reg);
  return checkRegion(cx, state, base, access);
}

function notPointer(cx: Cx, reg: string, value: Value): Outcome {
  const words = value.kind === "scalar" ? describe(value) : "nothing";
  const released = /_(release|submit|discard|drop|destroy|put)/.test(makerOf(cx, value.at) ?? "");
  const help = "what was released must not be used any more";
  return refuse("E0509", [reg, words], { about: [value], ...(released && { help }) });
}

function mayBeNull(cx: Cx, p: Pointer, reg: string): Outcome {
  return refuse("E0510", [reg], { about: [p], help: `compare it with NULL before it is used: ${regionWords(cx, p)}` });
}

/** kernel/bpf/verifier.c:atomic_ptr_type_ok */
function checkAtomic(cx: Cx, state: State, p: Pointer, reg: string, access: Access): Outcome {
  if (access.mode === "update" && access.size < 4)
    return refuse("E0501", [0, "an atomic operation on less than 4 bytes"]);
  if (p.to.kind === "address") return undefined;
  if (p.to.kind === "arena" && !isLoop(cx, state)) return undefined;
  const barred =
    ["arena", "ctx", "packet", "packet_end", "sock", "flow_keys"].includes(p.to.kind) ||
    (p.to.kind === "btf" && access.mode === "read" && p.to.trust !== "trusted");
  if (barred) return refuse("E0535", [reg, regionWords(cx, p)], { about: [p] });
  if (p.to.kind === "stack" || isMultiple(p, access.off, access.size)) return undefined;
  return refuse("E0575", [regionWords(cx, p), offsetWords({ ...p, off: p.off + access.off }), access.size], {
    about: [p],
  });
}

/** Bitwise operations that give the old value: the code for x86 is a loop, which may not fault. arch/x86/net/bpf_jit_comp.c:bpf_jit_supports_insn */
function isLoop(cx: Cx, state: State): boolean {
  const { insn } = cx.prep.insns[state.at]!;
  return cx.facts.loopsForFetch && insn.kind === "atomic" && insn.fetch && /^(and|or|xor)$/.test(insn.op);
}

/** Whether `off` bytes from the pointer is surely a multiple of `size`. */
const isMultiple = (p: Pointer, off: number, size: number): boolean =>
  p.varying ? isAligned(addBits(p.varying.bits, knownBits(BigInt(p.off + off))), size) : (p.off + off) % size === 0;

function checkRegion(cx: Cx, state: State, p: Pointer, access: Access): Outcome {
  const reg = regName(access.base);
  const to: Region = p.to;
  switch (to.kind) {
    case "stack":
      return checkStack(cx, state, p, access) ?? checkSpill(state, access, to.frame);
    case "map_value":
      return checkMapValue(cx, state, p, access);
    case "map_key":
      return writes(access)
        ? readOnly(cx, p)
        : checkInside(cx, p, reg, access.off, BigInt(access.size), to.map.keySize);
    case "mem":
      if (writes(access) && to.readOnly) return readOnly(cx, p);
      return checkInside(cx, p, reg, access.off, BigInt(access.size), to.size);
    case "ctx":
      return checkCtx(cx, state, p, access);
    case "btf":
      return checkStruct(cx, p, to, access);
    case "address":
      if (access.atomic || access.mode === "update") return unmodelled("an atomic operation on memory of the kernel");
      return writes(access) ? readOnly(cx, p) : undefined;
    case "map":
      return writes(access)
        ? refuse("E0534", [reg, valueWords(cx, p)], { about: [p] })
        : checkMapStruct(cx, p, to.map, access);
    case "func":
    case "packet_end":
    case "object":
    case "dynptr":
      return refuse("E0534", [reg, valueWords(cx, p)], { about: [p] });
    case "packet":
      return isPacket(p) ? checkPacketAccess(cx, p, access) : undefined;
    case "arena":
      return undefined;
    case "sock":
      return checkSocket(cx, p, to, access);
    case "flow_keys":
      return p.varying
        ? refuse("E0531", [reg, "bpf_flow_keys"], { about: [p, p.varying] })
        : checkInside(cx, p, reg, access.off, BigInt(access.size), to.size);
  }
}

function checkMapStruct(cx: Cx, p: Pointer, map: LinkedMap, access: Access): Outcome {
  const struct = mapStruct(cx, map);
  if (!struct || access.atomic) return unmodelled("reading fields of struct bpf_map");
  return checkStruct(cx, p, struct, access);
}

const checkPacketAccess = (cx: Cx, p: Packet, access: Access): Outcome =>
  checkPacketUse(cx, p, writes(access)) ??
  checkPacket(cx, p, regName(access.base), access.off, BigInt(access.size), false);

/** kernel/bpf/verifier.c:check_sock_access */
function checkSocket(cx: Cx, p: Pointer, to: Region & { readonly kind: "sock" }, access: Access): Outcome {
  if (writes(access)) return readOnly(cx, p);
  if (p.varying) return refuse("E0531", [regName(access.base), "bpf_sock"], { about: [p, p.varying] });
  const off = p.off + access.off;
  if (cx.facts.socket(to.sort, off, access.size)) return undefined;
  return refuse("E0529", [`${access.size} bytes at ${off} of ${regionWords(cx, p)} are no field that can be read`], {
    about: [p],
  });
}

const writes = (access: Access): boolean => access.mode !== "read";
const readOnly = (cx: Cx, p: Pointer): Outcome => refuse("E0527", [regionWords(cx, p)], { about: [p] });

/** Bounds and alignment of a stack access. kernel/bpf/verifier.c:check_stack_access_within_bounds */
function checkStack(cx: Cx, state: State, p: Pointer, access: Access): Outcome {
  const reg = regName(access.base);
  if (!isMultiple(p, access.off, access.size)) {
    return refuse("E0519", [offsetWords({ ...p, off: p.off + access.off }), access.size], { about: [p] });
  }
  const span = p.varying || !isInStack(p, access) ? spanOf(p) : AT_OFF;
  if (!span) return refuse("E0520", [reg], { about: [p, ...(p.varying ? [p.varying] : [])] });
  const mode = access.mode === "read" ? "a read" : "a write";
  const fault = span === AT_OFF ? undefined : stackRoom(mode, span, access.off, BigInt(access.size), p);
  if (fault) return fault;
  const frame = p.to.kind === "stack" ? state.frames[p.to.frame] : undefined;
  const from = (span === AT_OFF ? p.off : Number(span.min)) + access.off;
  const to = (span === AT_OFF ? p.off : Number(span.max)) + access.off + access.size;
  const object = frame && objectIn(frame.stack, from, to);
  if (object && frame && p.to.kind === "stack" && hasDynptr(frame.stack, from, to))
    return touchedDynptr(cx, state, p.to.frame, { from, to, access });
  if (object) return touched(object, p, access);
  if (p.varying || access.mode === "write") return undefined;
  return checkFill(state, p, access);
}

const isInStack = (p: Pointer, { off, size }: Access): boolean => p.off + off >= -STACK_SIZE && p.off + off + size <= 0;

/** In place of the span of a pointer whose offset is known, and good. */
const AT_OFF = { min: 0n, max: 0n } as const;

/** Writing ends an iterator or saved flags, which then cannot be given back any more; nobody reads one. */
function touched(object: Kept, p: Pointer, access: Access): Outcome {
  const ofFlags = object.to.name === FLAGS;
  if (!(ofFlags || isIterator(object)) || p.varying || access.mode === "update")
    return unmodelled("touching an object of the kernel on the stack");
  if (access.mode === "write") return undefined;
  const what = `a pointer to ${ofFlags ? `a ${FLAGS}` : "an iterator"} on the stack`;
  return refuse("E0534", [regName(access.base), what], { about: [object] });
}

interface Touch {
  readonly from: number;
  readonly to: number;
  readonly access: Access;
}

/** Writing ends a dynptr, unless it alone holds a reference; nobody reads one. */
function touchedDynptr(cx: Cx, state: State, frame: number, touch: Touch): Outcome {
  const { from, to, access } = touch;
  if (access.mode !== "write" || access.atomic)
    return refuse("E0534", [regName(access.base), "a pointer to a dynptr on the stack"]);
  return checkOverwrite(cx, state, frame, from, to);
}

/** Even no bytes at all must begin inside. kernel/bpf/verifier.c:check_stack_slot_within_bounds */
export function isWithinStack(
  span: { readonly min: bigint; readonly max: bigint },
  off: number,
  size: bigint,
): boolean {
  return Number(span.min) + off >= -STACK_SIZE && Number(span.max) + off + Math.max(Number(size), 1) <= 0;
}

/** `size` bytes from each of the offsets in `span` (plus `off`) lie inside the stack. */
export function stackRoom(
  mode: string,
  span: { readonly min: bigint; readonly max: bigint },
  off: number,
  size: bigint,
  p: Pointer,
): Outcome {
  if (isWithinStack(span, off, size)) return undefined;
  const min = span.min + BigInt(off);
  const from = min < BigInt(-STACK_SIZE) ? min : span.max + BigInt(off);
  return refuse("E0518", [mode, from, Number(size)], { about: p.varying ? [p, p.varying] : [] });
}

function checkFill(state: State, p: Pointer, access: Access): Outcome {
  const frame = p.to.kind === "stack" ? state.frames[p.to.frame] : undefined;
  if (!frame) return unmodelled("a pointer to the stack of a function that has returned");
  const part = partOf(frame.stack, p.off + access.off, access.size);
  return part && refuse("E0521", [access.size], { about: [part] });
}

/** A pointer is saved whole, and no stack pointer into the stack of a caller. kernel/bpf/verifier.c:check_stack_write_fixed_off */
function checkSpill(state: State, access: Access, frame: number): Outcome {
  const value = storedPointer(state, access.value);
  // What an atomic operation leaves is no pointer to anybody.
  if (!value || access.mode !== "write" || access.atomic) return undefined;
  if (access.size !== 8) return refuse("E0522", [`only ${access.size} of its 8 bytes are stored`], { about: [value] });
  const current = state.frames.length - 1;
  if (frame !== current && value.to.kind === "stack") {
    return refuse("E0522", ["a pointer to the stack may not be stored in the stack of a caller"], { about: [value] });
  }
  return undefined;
}

function storedPointer(state: State, src: Src | undefined): Pointer | undefined {
  if (!src || !("reg" in src)) return undefined;
  const value = regOf(state, src.reg);
  return value.kind === "ptr" ? value : undefined;
}

/** Whether the value is one of `.kconfig` that does not follow from the kernel: the verifier that loads it knows it. */
const isLoadersAlone = (p: Pointer, { known }: LinkedMap, { off, size }: Access): boolean =>
  known !== undefined && (p.varying !== undefined || !known.some((k) => k.off === p.off + off && k.size === size));

function checkMapValue(cx: Cx, state: State, p: Pointer, access: Access): Outcome {
  if (p.to.kind !== "map_value") return undefined;
  const { map } = p.to;
  if (writes(access) && mapForbids(map.flags, "write", map.readOnly)) return readOnly(cx, p);
  if (!writes(access) && mapForbids(map.flags, "read", false)) {
    return refuse(
      "E0534",
      [regName(access.base), `a pointer into map '${map.name}', which programs may only write`],
      {},
    );
  }
  const outside = checkInside(cx, p, regName(access.base), access.off, BigInt(access.size), map.valueSize);
  if (outside) return outside;
  if (cx.sharp && isLoadersAlone(p, map, access)) return unmodelled("a Kconfig value, which the loader knows");
  return specialAt(cx, state, p, access.off, access.size, access);
}

/** BPF_F_RDONLY_PROG and BPF_F_WRONLY_PROG of include/uapi/linux/bpf.h. */
function mapForbids(flags: number, mode: "read" | "write", frozen: boolean): boolean {
  return mode === "write" ? frozen || (flags & 0x80) !== 0 : (flags & 0x100) !== 0;
}

function checkCtx(cx: Cx, state: State, p: Pointer, access: Access): Outcome {
  const off = p.off + access.off;
  if (p.varying && cx.ctx.variable) return unmodelled("an unknown offset into the context");
  if (p.varying) return refuse("E0514", [offsetWords({ ...p, off })], { about: [p, p.varying] });
  if (p.off !== 0 && !cx.ctx.movable) return refuse("E0514", [`a pointer that was moved by ${p.off}`], { about: [p] });
  if (off < 0) return refuse("E0514", [`offset ${off}`], { about: [p] });
  const older = access.mode === "write" && checkContextStore(cx.prep.insns[state.at]!, cx.facts.release);
  if (older) return older;
  const answer = cx.ctx.access(off, access.size, access.mode === "read" ? "read" : "write");
  if (answer.kind === "refused" || answer.kind === "unmodelled") return answer;
  if (answer.kind !== "pointer") return undefined;
  if (answer.ref !== undefined && !state.refs.some(({ id }) => id === answer.ref))
    return refuse("E0513", [off, access.size, "the argument was given away before"]);
  if (!access.signed) return undefined;
  return refuse("E0517", ["a signed read", access.size, off, cx.facts.programKind]);
}

/** Each kind of program has its own list. include/linux/bpf.h:bpf_verifier_ops, btf_struct_access */
function checkStructWrite(cx: Cx, p: Pointer, to: Struct, access: Access): Outcome {
  const name = structName(to);
  const answer = cx.facts.writesStruct(to.btf, name, p.off + access.off, access.size);
  if (answer === "no") return refuse("E0530", [name], { about: [p] });
  if (answer === "unclear") return unmodelled(`writing to struct ${name}`);
  return to.trust === "untrusted" ? unmodelled(`writing to struct ${name} through an untrusted pointer`) : undefined;
}

/** Objects of the program may be written to, but for their special members. kernel/bpf/btf.c:btf_struct_access */
function checkObject(cx: Cx, p: Pointer, to: Struct, access: Access): Outcome {
  if (to.trust === "untrusted")
    return refuse("E0529", ["the RCU section that protected the object has ended"], { about: [p] });
  const from = p.off + access.off;
  const hit = recordOfObject(cx, to.type)?.fields.find((f) => from < f.off + f.size && from + access.size > f.off);
  return hit && refuse("E0534", [regName(access.base), `the place of a ${hit.name} in an object`], { about: [p] });
}

/** kernel/bpf/verifier.c:check_ptr_to_btf_access */
function checkStruct(cx: Cx, p: Pointer, to: Struct, access: Access): Outcome {
  const reg = regName(access.base);
  const name = structName(to);
  const about = { about: [p] };
  if (!cx.facts.gpl && to.btf !== cx.prep.program.btf)
    return refuse("E0533", [name], { ...about, help: 'give the program a license such as "GPL"' });
  const off = p.off + access.off;
  if (p.varying || off < 0) return refuse("E0531", [reg, name], { about: p.varying ? [p, p.varying] : [p] });
  if (to.space) {
    return refuse("E0532", [reg, to.space], {
      ...about,
      help: to.space === "user" ? "use bpf_probe_read_user" : "use bpf_per_cpu_ptr",
    });
  }
  if (to.alloc) {
    const touched = checkObject(cx, p, to, access);
    if (touched) return touched;
  } else {
    const refused = writes(access) ? checkStructWrite(cx, p, to, access) : undefined;
    if (refused || access.mode === "write") return refused;
  }
  const walk = walkStruct(to.btf, to.type, off, access.size);
  switch (walk.kind) {
    case "beyond":
      return refuse(
        "E0529",
        [`struct ${walk.struct} has ${walk.size} bytes, the load takes ${access.size} at ${off}`],
        about,
      );
    case "hole":
      return refuse("E0529", [`struct ${walk.struct} has no member at offset ${walk.off}`], about);
    case "part_of_pointer":
      return refuse("E0529", [`${walk.member} of struct ${walk.struct} is a pointer and must be loaded whole`], about);
    case "past_member":
      return refuse("E0529", [`${walk.member} of struct ${walk.struct} ends at ${walk.end}`], about);
    case "unclear":
      return unmodelled(`a load from struct ${name} at offset ${off}`);
    default:
      return undefined;
  }
}
