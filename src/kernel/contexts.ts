/** Contexts of programs whose first argument is a UAPI structure: layout, and which accesses the kernel lets through. */
import type { Arch, SectionInfo } from "./model.ts";
import { listOf, once, rowsOf } from "./rows.ts";
import { contextAccessRows, contextFieldRows, progTypeRows, ptRegsRows } from "./tables/contexts.ts";

export interface ContextField {
  readonly name: string;
  /** Bytes from the start of the context. */
  readonly off: number;
  readonly size: number;
  /** As the UAPI header writes it. */
  readonly c: string;
}

export interface Context {
  /** Tag of the structure: `__sk_buff`. */
  readonly name: string;
  readonly size: number;
  readonly fields: readonly ContextField[];
}

/** What may be done with one field. Sizes in bytes, each aligned to itself. */
export interface FieldAccess {
  readonly field: string;
  readonly read: readonly number[];
  readonly write: readonly number[];
  /** Smaller aligned reads at other offsets inside the field. */
  readonly narrowInside: boolean;
  readonly narrowWriteInside: boolean;
  /** Each element of the array is accessible as the first is. */
  readonly elements: boolean;
  readonly noSignExtend: boolean;
  /** Kind of register a load gives: `scalar`, `PTR_TO_PACKET`, ... */
  readonly reg: string;
}

/** How a program type sees its context, where no structure of `contextOf` says more. */
export interface ContextRule {
  readonly progType: string;
  /** Name of a structure of `contextOf`, or a word for what it is. */
  readonly ctx: string;
  /** Whether an offset may be added to the context pointer before an access. */
  readonly modified: "refused" | "constant" | "variable" | "target";
  /** Bytes that may be accessed: from `offMin` up to below `offBelow`. */
  readonly offMin?: number;
  readonly offBelow?: number;
  readonly read: readonly number[];
  readonly write: readonly number[];
  readonly aligned: boolean;
}

const digits = (text = ""): readonly number[] => [...text].map(Number);

/** type; number; context; modified; lowest offset; end; read sizes; write sizes; `a` aligned */
const rules = once(() => {
  const rows = rowsOf(progTypeRows).map(([progType = "", , ctx = "", modified, low, high, read, write, flags]) => ({
    progType,
    ctx,
    modified: modified as ContextRule["modified"],
    ...(low && { offMin: Number(low) }),
    ...(high && { offBelow: Number(high) }),
    read: digits(read),
    write: digits(write),
    aligned: flags === "a",
  }));
  return new Map<string, ContextRule>(rows.map((row) => [row.progType, row]));
});

/** context; field (empty: the whole); offset; size; C type */
const contexts = once(() => {
  const all = new Map<string, { name: string; size: number; fields: ContextField[] }>();
  for (const [name = "", field, off, size, c = ""] of rowsOf(contextFieldRows)) {
    if (field) all.get(name)!.fields.push({ name: field, off: Number(off), size: Number(size), c });
    else all.set(name, { name, size: Number(size), fields: [] });
  }
  return all;
});

/** Undefined for a program type that the table does not have. Short names, such as `XDP`. */
export const contextRule = (progType: string): ContextRule | undefined => rules().get(progType);

/** Bytes of `bpf_user_pt_regs_t`, with which `struct bpf_perf_event_data` begins: arch/arm64/include/uapi/asm/ptrace.h */
const USER_REGS = { x86: 168, arm64: 272 } as const;

/** The layout of a UAPI context structure. */
export function contextLayout(name: string, arch: Arch): Context | undefined {
  const layout = contexts().get(name);
  const more = USER_REGS[arch] - USER_REGS.x86;
  if (!layout || name !== "bpf_perf_event_data" || more === 0) return layout;
  const fields = layout.fields.map((field) =>
    field.name === "regs" ? { ...field, size: USER_REGS[arch] } : { ...field, off: field.off + more },
  );
  return { ...layout, size: layout.size + more, fields };
}

/**
 * What programs of that type may do with a context structure, field by field; for programs whose rights depend on the
 * attach type, `info` tells it. A field that is missing may not be accessed.
 */
export function contextAccess(ctx: string, info: SectionInfo): readonly FieldAccess[] {
  return accessRows(ctx, info.progType, info.attachType ?? "");
}

/** context; program type; field; attach types; read; write; n narrow, w narrow write, e elements, u unsigned; register */
const access = once(() => rowsOf(contextAccessRows));

function accessRows(ctx: string, who: string, attachType: string): readonly FieldAccess[] {
  const found: FieldAccess[] = [];
  for (const [name, progType, field = "", attach, read, write, flags = "", reg = ""] of access()) {
    if (name !== ctx || progType !== who) continue;
    if (field === "") return accessRows(ctx, reg, attachType); // the same as another program type
    if (attach && !listOf(attach).some((a) => `BPF_${a}` === attachType)) continue;
    found.push({
      field,
      read: digits(read),
      write: digits(write),
      narrowInside: flags.includes("n"),
      narrowWriteInside: flags.includes("w"),
      elements: flags.includes("e"),
      noSignExtend: flags.includes("u"),
      reg,
    });
  }
  return found;
}

/** Registers of `struct pt_regs` by their use, as libbpf's bpf_tracing.h names them. */
export interface PtRegs {
  readonly size: number;
  readonly parm: readonly string[];
  readonly syscallParm: readonly string[];
  readonly retAddress: string;
  readonly framePointer: string;
  readonly returnValue: string;
  readonly stackPointer: string;
  readonly instructionPointer: string;
  readonly fields: readonly { readonly name: string; readonly off: number; readonly size: number }[];
}

export function ptRegs(arch: Arch): PtRegs {
  const rows = new Map(
    rowsOf(ptRegsRows).flatMap(([a, key, value = ""]) => (a === arch ? [[key!, value] as const] : [])),
  );
  const get = (key: string): string => rows.get(key) ?? "";
  return {
    size: Number(get("size")),
    parm: listOf(get("parm")),
    syscallParm: listOf(get("syscall_parm")),
    retAddress: get("ret_address"),
    framePointer: get("frame_pointer"),
    returnValue: get("return_value"),
    stackPointer: get("stack_pointer"),
    instructionPointer: get("instruction_pointer"),
    fields: listOf(get("fields")).map((text) => {
      const [name = "", off, size] = text.split(":");
      return { name, off: Number(off), size: Number(size) };
    }),
  };
}
