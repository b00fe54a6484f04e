/** Numbers that the verifier counts against. */
import type { Kernel } from "./model.ts";

/** MAX_ERRNO: errors are the numbers from -4095 to -1. include/linux/err.h */
export const MAX_ERRNO = 4095n;

export interface Limits {
  /** BPF_COMPLEXITY_LIMIT_INSNS: instructions of a program, and instructions walked. */
  readonly insns: number;
  /** BPF_COMPLEXITY_LIMIT_JMP_SEQ: branches waiting to be walked. */
  readonly pendingBranches: number;
  /** BPF_MAX_SUBPROGS. */
  readonly subprogs: number;
  /** MAX_CALL_FRAMES: the length of `bpf_verifier_state.frame`. */
  readonly callFrames: number;
  /** MAX_BPF_STACK, bytes of one frame and of a chain of frames. */
  readonly stack: number;
  /** Each frame counts as a multiple of this in a chain. */
  readonly stackRounding: number;
  /** MAX_USED_MAPS. */
  readonly maps: number;
  /** MAX_FUNC_ARGS: slots of a traced function, and arguments of a kfunc. */
  readonly funcArgs: number;
  /** MAX_KFUNC_DESCS: different kfuncs in a program. */
  readonly kfuncs: number;
  /** BPF_MAX_VAR_OFF and BPF_MAX_VAR_SIZ: least offset that is refused. */
  readonly varOff: number;
}

const fixed = {
  insns: 1_000_000,
  pendingBranches: 8192,
  subprogs: 256,
  stack: 512,
  stackRounding: 16,
  maps: 64,
  funcArgs: 12,
  kfuncs: 256,
  varOff: 1 << 29,
} as const;

/** What every kernel up to 7.1 allowed; `bpf_verifier_state` is missing only from BTF that is cut down. */
const OLD_CALL_FRAMES = 8;

export const limitsOf = (kernel: Kernel): Limits => ({ ...fixed, callFrames: callFrames(kernel) });

function callFrames(kernel: Kernel): number {
  const [id] = kernel.btf.byName("bpf_verifier_state", "struct");
  const state = id === undefined ? undefined : kernel.btf.type(id);
  if (state?.kind !== "struct") return OLD_CALL_FRAMES;
  const frame = state.members.find((member) => member.name === "frame");
  const type = frame && kernel.btf.type(frame.type);
  return type?.kind === "array" ? type.nelems : OLD_CALL_FRAMES;
}
