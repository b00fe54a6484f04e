/** The context of programs that a trampoline calls: one slot of eight bytes an argument, then the return value. kernel/bpf/btf.c:btf_ctx_access */
import type { BtfSpec, TypeId } from "../../btf/type.ts";
import type { Size } from "../../isa/insn.ts";
import type { Range } from "../domain/scalar.ts";
import type { Region, Trust } from "../domain/value.ts";
import type { CtxAnswer, CtxModel } from "../facts.ts";
import { refuse, unmodelled } from "../outcome.ts";
import { sizeOf, strip } from "../struct-walk.ts";

/** What the program sees of one slot. */
export interface Slot {
  readonly name: string;
  readonly type: TypeId;
  readonly trust: Trust;
  readonly nullable: boolean;
  /** The kernel makes a number of it: it may be an error pointer. */
  readonly asNumber?: boolean;
  /** A number whose range the kernel knows: what a security hook may return. */
  readonly low?: Range;
  /** The kernel gives a pointer to this struct, whatever the type says. */
  readonly as?: TypeId;
  /** The program owns it: the reference that the pointer stands for. */
  readonly ref?: number;
  /** It is something that is not modelled. */
  readonly unclear?: string;
}

export interface Trampoline {
  /** Traced function, tracepoint or hook. */
  readonly name: string;
  readonly kind: string;
  readonly btf: BtfSpec;
  readonly slots: readonly Slot[];
  /** The slot of the return value, or why it cannot be read. */
  readonly result: Slot | { readonly barred: string };
}

const SLOT = 8;
/** MAX_BPF_FUNC_ARGS slots of linux/bpf.h:bpf_tracing_ctx_access. */
const MAX_CTX = 96;

export function trampolineCtx(t: Trampoline): CtxModel {
  return { movable: true, access: (off, size, mode) => access(t, off, size, mode) };
}

/** `*.multi`: nothing is known of the functions, so no slot can be read. */
export function multiCtx(kind: string): CtxModel {
  return {
    movable: true,
    access: (off, _size, mode) =>
      mode === "write"
        ? refuse("E0511", [kind, off], { help: WRITE_HELP })
        : refuse("E0516", [kind], { help: "use bpf_get_func_arg and bpf_get_func_ret" }),
  };
}

const WRITE_HELP = "arguments of a traced function cannot be changed; copy them to a local variable";

function access(t: Trampoline, off: number, size: Size, mode: "read" | "write"): CtxAnswer {
  if (mode === "write") return refuse("E0511", [t.kind, off], { help: WRITE_HELP });
  const nth = Math.floor(off / SLOT);
  if (off >= MAX_CTX) return noSuch(t, nth);
  if (off % size !== 0) return refuse("E0513", [off, size, "the offset is not a multiple of the size"]);
  if (off % SLOT !== 0)
    return refuse("E0513", [off, size, "a read must begin where an argument begins, at a multiple of 8"]);
  if (nth > t.slots.length) return noSuch(t, nth);
  const slot = t.slots[nth] ?? t.result;
  if ("barred" in slot) return refuse("E0515", [t.name, slot.barred]);
  return slotAnswer(t, slot, off, size);
}

const noSuch = (t: Trampoline, nth: number): CtxAnswer => refuse("E0512", [t.name, nth + 1, t.slots.length]);

function slotAnswer(t: Trampoline, slot: Slot, off: number, size: Size): CtxAnswer {
  if (slot.unclear) return unmodelled(slot.unclear);
  if (slot.as !== undefined && size === 8) return structAnswer(t, slot, slot.as);
  if (slot.as !== undefined) return unmodelled(`a read of ${size} bytes of '${slot.name}'`);
  const { type } = strip(t.btf, slot.type);
  switch (type.kind) {
    case "int":
      if (type.size <= 8) return { kind: "scalar", ...(slot.low && { low: slot.low }) };
      break;
    case "enum":
    case "enum64":
    case "struct":
    case "union":
      return { kind: "scalar" };
    case "ptr":
      if (size === 8) return slot.asNumber ? { kind: "scalar" } : pointerAnswer(t, slot, type.type);
      return refuse("E0513", [off, size, `'${slot.name}' is a pointer, which must be read whole, with 8 bytes`]);
    default:
      break;
  }
  return refuse("E0513", [
    off,
    size,
    `'${slot.name}' is of a type that cannot be read (${sizeOf(t.btf, slot.type) ?? 0} bytes)`,
  ]);
}

const structAnswer = (t: Trampoline, slot: Slot, type: TypeId): CtxAnswer => ({
  kind: "pointer",
  to: { kind: "btf", btf: t.btf, type, trust: slot.trust },
  nullable: slot.nullable,
});

/** Pointers to structs can be followed; all others are numbers to the program. */
function pointerAnswer(t: Trampoline, slot: Slot, target: TypeId): CtxAnswer {
  const to = strip(t.btf, target);
  if (to.type.kind !== "struct" && to.type.kind !== "union") return { kind: "scalar" };
  const space = to.tags.includes("user") ? "user" : to.tags.includes("percpu") ? "percpu" : undefined;
  const region: Region = { kind: "btf", btf: t.btf, type: to.id, trust: slot.trust, ...(space && { space }) };
  const nullable = slot.nullable || slot.name.endsWith("__nullable");
  return { kind: "pointer", to: region, nullable, ...(slot.ref !== undefined && { ref: slot.ref }) };
}
