/** CO-RE values into instructions, as tools/lib/bpf/relo_core.c:bpf_core_patch_insn puts them. */

import { type CoreResult, type CoreValue, relocate } from "../btf/core-match.ts";
import type { ExtCore } from "../btf/ext.ts";
import type { BtfSpec } from "../btf/type.ts";
import type { DiagSink } from "../diag/diagnostic.ts";
import type { Insn, Size } from "../isa/insn.ts";
import { POISON_CORE } from "../kernel/helpers.ts";
import type { Kernel } from "../kernel/model.ts";
import { fitsS16 } from "../support/int.ts";

const poison: Insn = { kind: "call", callee: { kind: "helper", id: POISON_CORE } };

/** Whether an instruction stands for what the kernel does not have. */
export const isPoisoned = ({ kind, ...rest }: Insn): boolean =>
  kind === "call" && "callee" in rest && rest.callee === poison.callee;

/** What accesses come to in one kernel, by access: an object asks for the same field again and again. */
export type CoreResults = Map<string, CoreResult>;

export interface CoreSite {
  readonly btf: BtfSpec;
  readonly kernel: Kernel;
  readonly core: CoreResults;
  readonly sink: DiagSink;
  /** For messages. */
  readonly func: string;
  readonly slot: number;
}

/** The instruction with the kernel's value in it; what must never run is replaced, both slots of it. */
export function patchCore(insn: Insn, core: ExtCore, site: CoreSite): readonly Insn[] {
  const result = resultOf(core, site);
  if (result.kind === "missing") return insn.kind === "ld_imm64" ? [poison, poison] : [poison];
  const patched = result.kind === "value" ? patch(insn, result) : result.reason;
  if (patched === "poison") return [poison];
  if (typeof patched !== "string") return [patched];
  site.sink.error("E0610", undefined, site.func, site.slot, patched);
  return [insn];
}

function resultOf(core: ExtCore, { btf, kernel, core: known }: CoreSite): CoreResult {
  const key = `${core.kind} ${core.type} ${core.access}`;
  let result = known.get(key);
  if (!result) {
    result = relocate(btf, core, kernel.btf, kernel.modules);
    known.set(key, result);
  }
  return result;
}

/** The patched instruction, `poison` where the access must never run, or why it cannot be patched. */
function patch(insn: Insn, core: CoreValue): Insn | string {
  switch (insn.kind) {
    case "alu":
      return patchImm(insn, core);
    case "load":
    case "store":
      return patchAccess(insn, core);
    case "ld_imm64": {
      if (insn.value.kind !== "int") return "it loads no number";
      const local = BigInt.asUintN(64, core.localValue);
      if (core.checkLocal && insn.value.value !== local) return mismatch(insn.value.value, local);
      return { ...insn, value: { kind: "int", value: BigInt.asUintN(64, core.value) } };
    }
    default:
      return "it is none that can be patched";
  }
}

const mismatch = (found: bigint | number, local: bigint): string => `it holds ${found}, not ${local}`;

function patchImm(insn: Extract<Insn, { kind: "alu" }>, core: CoreValue): Insn | string {
  if (!("imm" in insn.src)) return "its operand is a register";
  const local = Number(BigInt.asIntN(32, core.localValue));
  if (core.checkLocal && insn.src.imm !== local) return mismatch(insn.src.imm, core.localValue);
  return { ...insn, src: { imm: Number(BigInt.asIntN(32, core.value)) } };
}

function patchAccess(insn: Extract<Insn, { kind: "load" | "store" }>, core: CoreValue): Insn | string {
  if (core.checkLocal && BigInt(insn.off) !== core.localValue) return mismatch(insn.off, core.localValue);
  const off = Number(core.value);
  if (!fitsS16(off)) return `the offset ${off} does not fit`;
  if (core.sizeFixed) return "poison";
  if (core.size === core.localSize) return { ...insn, off };
  if (core.localSize !== insn.size) return `it accesses ${insn.size} bytes of a field of ${core.localSize}`;
  const size = sizes.find((bytes) => bytes === core.size);
  return size === undefined ? `the field has ${core.size} bytes in the kernel` : { ...insn, off, size };
}

const sizes: readonly Size[] = [1, 2, 4, 8];
