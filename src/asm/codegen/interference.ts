/** The interference graph: which virtual registers may not share one, and which machine registers each may not have. */
import type { BlockId } from "../ir/model.ts";
import type { Liveness } from "./liveness.ts";
import {
  defOf,
  eachTermUse,
  eachUse,
  FIRST_VIRTUAL,
  FP,
  isVirtual,
  type MBlock,
  type MFunction,
  type VReg,
} from "./machine.ts";
import { CALL_CLOBBERS } from "./target.ts";

export interface Copy {
  readonly dst: VReg;
  readonly src: VReg;
  readonly weight: number;
}

/** Indexed by `register - FIRST_VIRTUAL`; coalescing changes it in place and keeps `leader` up to date. */
export interface Graph {
  readonly neighbours: Set<VReg>[];
  /** Bit n: not machine register n. */
  readonly forbidden: Uint16Array;
  /** What keeping the value in memory would cost, in weighted accesses. */
  readonly cost: Float64Array;
  /** Copies between virtual registers, in program order. */
  readonly copies: readonly Copy[];
  /** Weight of the copies from and to each machine register. */
  readonly hints: (Float64Array | undefined)[];
  /** Mentioned by some instruction. */
  readonly present: Uint8Array;
  /** The most virtual registers alive at one point. */
  readonly pressure: number;
}

export function interferenceOf(fn: MFunction, live: Liveness, freq: ReadonlyMap<BlockId, number>): Graph {
  const builder = new Builder(fn.nextReg - FIRST_VIRTUAL);
  for (const block of fn.blocks) builder.block(block, live.liveOut.get(block.id)!, freq.get(block.id)!);
  return builder.graph();
}

class Builder {
  readonly #neighbours: Set<VReg>[];
  readonly #forbidden: Uint16Array;
  readonly #cost: Float64Array;
  readonly #present: Uint8Array;
  readonly #hints: (Float64Array | undefined)[] = [];
  readonly #copies: Copy[] = [];
  #pressure = 0;
  #live = new Set<VReg>();
  /** Machine registers alive, as bits. */
  #machine = 0;
  #weight = 1;

  constructor(count: number) {
    this.#neighbours = Array.from({ length: count }, () => new Set<VReg>());
    this.#forbidden = new Uint16Array(count);
    this.#cost = new Float64Array(count);
    this.#present = new Uint8Array(count);
  }

  graph(): Graph {
    return {
      neighbours: this.#neighbours,
      forbidden: this.#forbidden,
      cost: this.#cost,
      copies: this.#copies,
      hints: this.#hints,
      present: this.#present,
      pressure: this.#pressure,
    };
  }

  block(block: MBlock, liveOut: ReadonlySet<VReg>, freq: number): void {
    this.#live = new Set(liveOut);
    this.#machine = 0;
    // Even code that seldom runs takes room.
    this.#weight = 1 + freq;
    const use = (r: VReg) => this.#use(r);
    eachTermUse(block.term, use);
    for (let i = block.insts.length - 1; i >= 0; i--) {
      const inst = block.insts[i]!;
      const def = defOf(inst);
      const from = inst.kind === "copy" ? inst.src : undefined;
      if (inst.kind === "copy") this.#copy(inst.dst, inst.src);
      if (inst.kind === "call") this.#clobber(CALL_CLOBBERS, undefined);
      else if (inst.kind === "asm") this.#clobber(inst.writes, undefined);
      else if (def !== undefined && isVirtual(def)) this.#define(def, from);
      else if (def !== undefined) this.#clobber(1 << def, from);
      eachUse(inst, use);
      if (this.#live.size > this.#pressure) this.#pressure = this.#live.size;
    }
  }

  #use(r: VReg): void {
    if (isVirtual(r)) {
      this.#live.add(r);
      this.#mention(r);
    } else if (r !== FP) this.#machine |= 1 << r;
  }

  #mention(r: VReg): void {
    this.#present[r - FIRST_VIRTUAL] = 1;
    this.#cost[r - FIRST_VIRTUAL]! += this.#weight;
  }

  #define(def: VReg, from: VReg | undefined): void {
    const own = this.#neighbours[def - FIRST_VIRTUAL]!;
    for (const other of this.#live) {
      if (other === def || other === from) continue;
      own.add(other);
      this.#neighbours[other - FIRST_VIRTUAL]!.add(def);
    }
    const shared = from !== undefined && !isVirtual(from) ? 1 << from : 0;
    this.#forbidden[def - FIRST_VIRTUAL]! |= this.#machine & ~shared;
    this.#live.delete(def);
    this.#mention(def);
  }

  #clobber(bits: number, from: VReg | undefined): void {
    for (const other of this.#live) if (other !== from) this.#forbidden[other - FIRST_VIRTUAL]! |= bits;
    this.#machine &= ~bits;
  }

  #copy(dst: VReg, src: VReg): void {
    if (isVirtual(dst) && isVirtual(src)) this.#copies.push({ dst, src, weight: this.#weight });
    else if (isVirtual(dst)) this.#hint(dst, src);
    else if (isVirtual(src)) this.#hint(src, dst);
  }

  #hint(r: VReg, machine: VReg): void {
    const at = r - FIRST_VIRTUAL;
    const row = this.#hints[at] ?? new Float64Array(FP + 1);
    this.#hints[at] = row;
    row[machine]! += this.#weight;
  }
}
