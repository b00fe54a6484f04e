/**
 * Pointers into packet data: what was compared with the end may be accessed. All pointers with one `id` have the same
 * unknown offset, so that a comparison of one speaks of all. kernel/bpf/verifier.c:check_packet_access
 */
import type { Condition, CondOp, Reg } from "../isa/insn.ts";
import type { Cx } from "./cx.ts";
import { unknownScalar } from "./domain/scalar.ts";
import { mapValues, type State, setReg } from "./domain/state.ts";
import { AT_END, BEYOND_END, into, type Pointer, type Region, type Value } from "./domain/value.ts";
import { type Outcome, refuse } from "./outcome.ts";
import { offsetWords, regionWords } from "./words.ts";

export type Packet = Pointer & { readonly to: Region & { readonly kind: "packet" } };

export const isPacket = (v: Value): v is Packet => v.kind === "ptr" && v.to.kind === "packet";
const isEnd = (v: Value): boolean => v.kind === "ptr" && v.to.kind === "packet_end";
/** The first byte of the packet, which is the end of what lies before it. */
const isStart = (v: Value): boolean => isPacket(v) && !v.to.meta && v.off === 0 && !v.varying;

const ranged = (meta: boolean, range: number): Region => ({ kind: "packet", meta, range });

/** MAX_PACKET_OFF */
const MAX_OFF = 0xffffn;

/** Whether `size` bytes at `off` from the pointer were compared with the end. */
export function checkPacket(cx: Cx, p: Packet, reg: string, off: number, size: bigint, zeroAllowed: boolean): Outcome {
  const about = { about: p.varying ? [p, p.varying] : [p] };
  if (p.varying && p.varying.s.min < 0n) {
    return refuse("E0525", [reg, regionWords(cx, p)], { ...about, help: "make the offset unsigned" });
  }
  const from = BigInt(p.off + off);
  const sized = size > 0n || (zeroAllowed && size === 0n);
  if (p.to.range >= 0 && from >= 0n && sized && from + size <= BigInt(p.to.range)) return undefined;
  const help = `compare the pointer plus the size with data_end on every path that leads here`;
  return refuse("E0580", [offsetWords({ ...p, off: p.off + off }), size, regionWords(cx, p), Math.max(0, p.to.range)], {
    ...about,
    help,
  });
}

/** What may be reached may be read; not all programs may write. kernel/bpf/verifier.c:may_access_direct_pkt_data */
export function checkPacketUse(cx: Cx, p: Packet, writes: boolean): Outcome {
  if (!writes || cx.facts.packets === "write") return undefined;
  return refuse("E0527", [regionWords(cx, p)], { about: [p] });
}

/** A number was added: what was known of other pointers does not hold of this one. */
export function movedPacket(cx: Cx, before: Pointer, after: Pointer): Pointer {
  if (after.to.kind !== "packet") return after;
  if (after.varying === before.varying) {
    // That it lies at the end is no longer so.
    return after.to.range < 0 ? into(after, ranged(after.to.meta, 0), after.id) : after;
  }
  return into(after, ranged(after.to.meta, 0), cx.newId());
}

const FLIPPED: Readonly<Partial<Record<CondOp, CondOp>>> = { gt: "lt", lt: "gt", ge: "le", le: "ge" };

interface Compared {
  readonly op: CondOp;
  readonly packet: Packet;
  readonly reg: Reg;
}

/** The comparison as `packet op end`, if it is one. */
function compared(cond: Condition, a: Value, b: Value): Compared | undefined {
  if (cond.width !== 64 || !("reg" in cond.src)) return undefined;
  const endOf = (p: Packet, v: Value): boolean => (p.to.meta ? isStart(v) : isEnd(v));
  if (isPacket(a) && endOf(a, b)) return { op: cond.op, packet: a, reg: cond.dst };
  const op = FLIPPED[cond.op];
  if (op && isPacket(b) && endOf(b, a)) return { op, packet: b, reg: cond.src.reg };
  return undefined;
}

/** What either side of a comparison knows: `open`, there is a byte more. */
const LEARNT: Readonly<Partial<Record<CondOp, { readonly inside: boolean; readonly open: boolean }>>> = {
  gt: { inside: false, open: false },
  lt: { inside: true, open: true },
  ge: { inside: false, open: true },
  le: { inside: true, open: false },
};

/** kernel/bpf/verifier.c:try_match_pkt_pointers */
export function learnPacket(state: State, cond: Condition, a: Value, b: Value, holds: boolean): void {
  const found = compared(cond, a, b);
  const rule = found && LEARNT[found.op];
  if (!found || !rule) return;
  if (rule.inside === holds) extend(state, found.packet, rule.open);
  else if (!found.packet.to.meta) markEnd(state, found.reg, found.packet, !rule.open);
}

/** kernel/bpf/verifier.c:find_good_pkt_pointers */
function extend(state: State, packet: Packet, open: boolean): void {
  const { off, varying, to, id } = packet;
  if (off < 0 || (off === 0 && open)) return;
  if (varying && (varying.u.max > MAX_OFF || varying.u.max + BigInt(off) > MAX_OFF)) return;
  const range = off + (open ? 1 : 0);
  mapValues(state, (v) => {
    if (!isPacket(v) || v.id !== id || v.to.meta !== to.meta || v.to.range >= range) return v;
    return into(v, ranged(v.to.meta, range), v.id);
  });
}

function markEnd(state: State, reg: Reg, packet: Packet, beyond: boolean): void {
  setReg(state, reg, into(packet, ranged(packet.to.meta, beyond ? BEYOND_END : AT_END), packet.id));
}

/** Whether an earlier comparison decides this one. kernel/bpf/verifier.c:is_pkt_ptr_branch_taken */
export function packetOutcome(cond: Condition, a: Value, b: Value): boolean | undefined {
  const found = compared(cond, a, b);
  if (!found || found.packet.to.meta || found.packet.to.range >= 0) return undefined;
  const { op } = found;
  const { range } = found.packet.to;
  if (op === "le" || op === "gt") return range === BEYOND_END ? op === "gt" : undefined;
  return op === "lt" || op === "ge" ? op === "ge" : undefined;
}

const isSlice = (v: Value): boolean => v.kind === "ptr" && v.to.kind === "mem" && v.to.packet === true;

/** After the packet may have moved, pointers into it are numbers. kernel/bpf/verifier.c:clear_all_pkt_pointers */
export function dropPackets(state: State): void {
  mapValues(state, (v) => (isPacket(v) || isEnd(v) || isSlice(v) ? unknownScalar(state.at) : v));
}
