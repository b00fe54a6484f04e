/** Which operands arithmetic takes: constant divisors and shifts, and what may be done to pointers. kernel/bpf/verifier.c:adjust_ptr_min_max_vals */
import type { AluOp, Width } from "../isa/insn.ts";
import { MAX_VAR_OFF } from "./bounds.ts";
import type { Cx } from "./cx.ts";
import { constOf, describe, madeAt, type Scalar } from "./domain/scalar.ts";
import { reg as regOf, type State } from "./domain/state.ts";
import type { Pointer, Value } from "./domain/value.ts";
import type { Need } from "./needs.ts";
import { operand } from "./operand.ts";
import { type Outcome, refuse, unmodelled } from "./outcome.ts";
import { movePointer } from "./pointer-math.ts";
import { regionWords, regName, valueWords } from "./words.ts";

type Operands = Need & { readonly kind: "operands" };

const DIVISIONS: ReadonlySet<AluOp> = new Set(["div", "sdiv", "mod", "smod"]);
const SHIFTS: ReadonlySet<AluOp> = new Set(["lsh", "rsh", "arsh"]);

export function checkOperands(cx: Cx, state: State, need: Operands): Outcome {
  const { op, width, src } = need;
  if ("imm" in src) {
    if (src.imm === 0 && DIVISIONS.has(op)) return refuse("E0543", []);
    if ((src.imm < 0 || src.imm >= width) && SHIFTS.has(op)) return refuse("E0544", [src.imm, width]);
  }
  const dst = regOf(state, need.dst);
  if (dst.kind !== "ptr" && ("imm" in src || regOf(state, src.reg).kind !== "ptr")) return undefined;
  const by = operand(cx, state, src);
  const reg = regName(need.dst);
  if (ofArena(dst)) return undefined;
  if (ofArena(by)) return unmodelled("an address in the arena that is added to something");
  if (ofAddress(dst) || ofAddress(by)) return onAddress(width, dst, by);
  if (dst.kind === "ptr" && by.kind === "ptr") {
    return op === "sub" ? undefined : refuse("E0541", [reg, op], { about: [dst, by] });
  }
  if (dst.kind === "ptr" && by.kind === "scalar") return pointerOp(cx, op, width, dst, by, reg, state.at);
  if (dst.kind === "scalar" && by.kind === "ptr")
    return scalarFirst(cx, op, width, dst, by, regName("reg" in src ? src.reg : 0), reg, state.at);
  return undefined;
}

/** Whatever is done to an address in the arena, it stays one. kernel/bpf/verifier.c:adjust_reg_min_max_vals */
const ofArena = (v: Value): boolean => v.kind === "ptr" && v.to.kind === "arena";

/** Pointers that stay where they are. */
const FIXED: ReadonlySet<string> = new Set(["packet_end", "sock"]);

const ofAddress = (v: Value): boolean => v.kind === "ptr" && v.to.kind === "address";

/** The kernel keeps no offset for these: whatever comes out is as good as the address itself. */
function onAddress(width: Width, dst: Value, by: Value): Outcome {
  const stays = width === 64 && ofAddress(dst) && by.kind === "scalar";
  return stays ? undefined : unmodelled("arithmetic with an address that a kernel struct holds");
}

/** `number op pointer`: only adding makes sense. */
function scalarFirst(
  cx: Cx,
  op: AluOp,
  width: Width,
  dst: Scalar,
  by: Pointer,
  byReg: string,
  reg: string,
  at: number,
): Outcome {
  if (width === 64 && op === "sub") return refuse("E0540", [reg], { about: [by] });
  return pointerOp(cx, op, width, by, dst, byReg, at);
}

function pointerOp(cx: Cx, op: AluOp, width: Width, p: Pointer, by: Scalar, reg: string, at: number): Outcome {
  const about = { about: [p] };
  if (width === 32) return op === "sub" ? undefined : refuse("E0538", [reg], about);
  if (p.nullable) return refuse("E0537", [reg], { ...about, help: "check it against NULL first" });
  if (p.to.kind === "map" && !(by.s.min === 0n && by.s.max === 0n))
    return refuse("E0536", [reg, op, valueWords(cx, p)], about);
  if (FIXED.has(p.to.kind)) return refuse("E0536", [reg, op, valueWords(cx, p)], about);
  if (op === "sub" && p.to.kind === "stack") return refuse("E0542", [reg], about);
  if (op !== "add" && op !== "sub") return refuse("E0536", [reg, op, valueWords(cx, p)], about);
  return checkOffset(cx, op, p, by, reg, at);
}

/** kernel/bpf/verifier.c:check_reg_sane_offset */
function checkOffset(cx: Cx, op: "add" | "sub", p: Pointer, by: Scalar, reg: string, at: number): Outcome {
  const moved = movePointer(cx, p, by, op === "sub", at);
  const wild = outsideLimits(by) ?? (moved.varying ? outsideLimits(moved.varying) : undefined);
  const far = Math.abs(moved.off) >= Number(MAX_VAR_OFF) || Math.abs(p.off) >= Number(MAX_VAR_OFF);
  if (!wild && !far) return undefined;
  return refuse("E0539", [reg, wild ?? `${moved.off}`], {
    // Nobody made what stands in the instruction.
    about: [by === cx.immediates[at] ? madeAt(by, -1) : by, p],
    help: `bound the number before it is added to the pointer to ${regionWords(cx, p)}`,
  });
}

function outsideLimits(v: Scalar): string | undefined {
  const c = constOf(v);
  if (c === undefined) return v.s.min <= -MAX_VAR_OFF || v.s.min >= MAX_VAR_OFF ? describe(v) : undefined;
  const signed = BigInt.asIntN(64, c);
  return signed <= -MAX_VAR_OFF || signed >= MAX_VAR_OFF ? describe(v) : undefined;
}
