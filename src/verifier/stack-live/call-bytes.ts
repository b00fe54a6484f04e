/** How much of a stack a function of the kernel reads or writes through an argument. kernel/bpf/verifier.c:bpf_helper_stack_access_bytes */
import type { Callee } from "../../isa/insn.ts";
import type { Helper } from "../../kernel/model.ts";
import { protoOf } from "../calls/kfunc.ts";
import type { Facts } from "../facts.ts";
import { sizeOf, strip } from "../struct-walk.ts";
import { type Content, type Contents, NONE } from "./contents.ts";

/** Bytes from where the argument points; undefined for all up to the frame's end. */
export interface Touch {
  readonly reads: number | undefined;
  /** Bytes that are surely written. */
  readonly writes: number;
}

const ALL: Touch = { reads: undefined, writes: 0 };
const NOTHING: Touch = { reads: 0, writes: 0 };
const reading = (bytes: number | undefined): Touch => ({ reads: bytes, writes: 0 });

/** The arguments r1 to r5 of the call. */
export interface CallArgs {
  readonly contents: Contents;
  readonly args: readonly Content[];
}

/** What the call touches through argument `index` (from 0), which may point to a stack. */
export function touchOf(facts: Facts, callee: Callee, call: CallArgs, index: number): Touch {
  if (callee.kind === "helper") {
    const helper = facts.helper(callee.id);
    return "missing" in helper ? ALL : ofHelper(helper, call, index);
  }
  return callee.kind === "kfunc_id" ? ofKfunc(facts, callee, call, index) : ALL;
}

function ofHelper(helper: Helper, call: CallArgs, index: number): Touch {
  const arg = helper.args[index];
  if (!arg) return helper.variadic ? ALL : NOTHING;
  const { base, flags, size } = arg.kind;
  switch (base) {
    case "ARG_PTR_TO_MAP_KEY":
      return reading(mapOf(helper, call)?.keySize);
    case "ARG_PTR_TO_MAP_VALUE":
      return directed(flags, mapOf(helper, call)?.valueSize);
    case "ARG_PTR_TO_MEM":
      return directed(flags, size ?? sizeAt(helper, call, index + 1));
    default:
      return ALL;
  }
}

/** What is only written is not read. */
function directed(flags: readonly string[], bytes: number | undefined): Touch {
  if (!flags.includes("MEM_UNINIT")) return reading(bytes);
  return { reads: 0, writes: flags.includes("MEM_WRITE") ? (bytes ?? 0) : 0 };
}

function mapOf(helper: Helper, { contents, args }: CallArgs): { keySize: number; valueSize: number } | undefined {
  const index = helper.args.findIndex((a) => a.kind.base === "ARG_CONST_MAP_PTR");
  return index < 0 ? undefined : contents.get(args[index] ?? NONE).map;
}

function sizeAt(helper: Helper, call: CallArgs, index: number): number | undefined {
  if (!helper.args[index]?.kind.base.startsWith("ARG_CONST_SIZE")) return undefined;
  return numberAt(call, index);
}

function numberAt({ contents, args }: CallArgs, index: number): number | undefined {
  const value = contents.get(args[index] ?? NONE).number;
  return value !== undefined && value >= 0n && value < 1n << 20n ? Number(value) : undefined;
}

type Kfunc = Callee & { readonly kind: "kfunc_id" };

/** The size of what the parameter points to, or the one that the next parameter tells. */
function ofKfunc(facts: Facts, callee: Kfunc, call: CallArgs, index: number): Touch {
  const kfunc = facts.kfunc(callee.btfId, callee.off);
  const params = kfunc && protoOf(kfunc)?.params;
  const param = params?.[index];
  if (!kfunc || !param) return params && index >= params.length ? NOTHING : ALL;
  if (/__szk?$/.test(params[index + 1]?.name ?? "")) return reading(numberAt(call, index + 1));
  const { type } = strip(kfunc.btf, param.type);
  return type.kind === "ptr" ? reading(sizeOf(kfunc.btf, strip(kfunc.btf, type.type).id) || undefined) : ALL;
}
