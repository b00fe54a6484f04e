/**
 * Instructions as text: what `llvm-objdump` prints for them, but with names where they are known. Numbers are decimal, or
 * hexadecimal as LLVM has them; 64-bit immediates, bit patterns as they are, are always hexadecimal.
 */
import { assertNever } from "../support/bug.ts";
import type { Callee, Condition, Imm64, Insn, Reg, Size, Src, Target, Width } from "./insn.ts";
import { aluByOp, atomicByOp, condByOp } from "./ops.ts";

/** Names for numbers, where the caller knows them; a number without a name is printed as LLVM prints it. */
export interface Names {
  readonly helper?: (id: number) => string | undefined;
  readonly kfunc?: (btfId: number, off: number) => string | undefined;
  readonly map?: (fd: number) => string | undefined;
  /** A branch target, so many slots from the next instruction. */
  readonly target?: (off: number) => string | undefined;
  /** A subprogram: `call` distances are slots from the next instruction, addresses are what `func_off` holds. */
  readonly subprog?: (off: number) => string | undefined;
  /** A kernel variable or function by its BTF id. */
  readonly ksym?: (btfId: number, fd: number) => string | undefined;
}

export interface PrintOptions {
  readonly names?: Names;
  /** Numbers as LLVM prints them: `0x7`, `-0x8`. */
  readonly hex?: boolean;
}

/** The text of one instruction, which the text assembler reads back. */
export function printInsn(insn: Insn, options: PrintOptions = {}): string {
  const number = options.hex ? hexNumber : decimalNumber;
  const names = options.names ?? {};
  switch (insn.kind) {
    case "alu":
      return printAlu(insn, number);
    case "neg":
      return `${reg(insn.dst, insn.width)} = -${reg(insn.dst, insn.width)}`;
    case "endian":
      return `r${insn.dst} = ${insn.op === "swap" ? "bswap" : insn.op}${insn.bits} r${insn.dst}`;
    case "addr_space_cast":
      return `r${insn.dst} = addr_space_cast(r${insn.src}, ${number(insn.to)}, ${number(insn.from)})`;
    case "load":
      return `${insn.signed ? `r${insn.dst}` : sized(insn.dst, insn.size)} = ${cast(insn.size, insn.signed)}${address(insn, number)}`;
    case "store":
      return `${cast(insn.size)}${address(insn, number)} = ${"imm" in insn.src ? number(insn.src.imm) : sized(insn.src.reg, insn.size)}`;
    case "atomic":
      return printAtomic(insn, number);
    case "load_acquire":
      return `${sized(insn.dst, insn.size)} = load_acquire(${pointer(insn, number)})`;
    case "store_release":
      return `store_release(${pointer(insn, number)}, ${sized(insn.src, insn.size)})`;
    case "load_packet":
      return printPacketLoad(insn, number);
    case "ld_imm64":
      return printWide(insn.dst, insn.value, names);
    case "jump": {
      const go = `${insn.long ? "gotol" : "goto"} ${printTarget(insn.target, names, number)}`;
      return insn.cond ? `if ${printCondition(insn.cond, number)} ${go}` : go;
    }
    case "may_goto":
      return `may_goto ${printTarget(insn.target, names, number)}`;
    case "gotox":
      return `gotox r${insn.dst}`;
    case "call":
      return `call ${printCallee(insn.callee, names, number)}`;
    case "callx":
      return `callx r${insn.dst}`;
    case "exit":
      return "exit";
    case "raw":
      return `.8byte 0x${insn.bytes.toString(16)}`;
    default:
      return assertNever(insn);
  }
}

type PrintNumber = (n: number) => string;
const decimalNumber: PrintNumber = (n) => String(n);
const hexNumber: PrintNumber = (n) => (n < 0 ? `-0x${(-n).toString(16)}` : `0x${n.toString(16)}`);
const signedNumber = (n: number, number: PrintNumber): string => (n < 0 ? number(n) : `+${number(n)}`);

const reg = (r: Reg, width: Width): string => `${width === 32 ? "w" : "r"}${r}`;
/** A register that holds `size` bytes. */
const sized = (r: Reg, size: Size): string => reg(r, size === 8 ? 64 : 32);
const source = (src: Src, width: Width, number: PrintNumber): string =>
  "imm" in src ? number(src.imm) : reg(src.reg, width);

interface Place {
  readonly base: Reg;
  readonly off: number;
}

const cType = (size: Size, signed = false): string => `${signed ? "s" : "u"}${size * 8}`;
const cast = (size: Size, signed = false): string => `*(${cType(size, signed)} *)`;
const sum = ({ base, off }: Place, number: PrintNumber): string =>
  off < 0 ? `r${base} - ${number(-off)}` : `r${base} + ${number(off)}`;
const address = (place: Place, number: PrintNumber): string => `(${sum(place, number)})`;
const pointer = (place: Place & { readonly size: Size }, number: PrintNumber): string =>
  `(${cType(place.size)} *)${address(place, number)}`;

function printAlu(insn: Extract<Insn, { kind: "alu" }>, number: PrintNumber): string {
  const dst = reg(insn.dst, insn.width);
  const src = source(insn.src, insn.width, number);
  const { text } = aluByOp[insn.op];
  return text.startsWith("(") ? `${dst} = ${text}${src}` : `${dst} ${text} ${src}`;
}

function printAtomic(insn: Extract<Insn, { kind: "atomic" }>, number: PrintNumber): string {
  const src = sized(insn.src, insn.size);
  const suffix = insn.size === 8 ? "_64" : "32_32";
  if (insn.op === "xchg") return `${src} = xchg${suffix}(${sum(insn, number)}, ${src})`;
  if (insn.op === "cmpxchg") {
    const old = sized(0, insn.size);
    return `${old} = cmpxchg${suffix}(${sum(insn, number)}, ${old}, ${src})`;
  }
  if (insn.fetch) return `${src} = atomic_fetch_${insn.op}(${pointer(insn, number)}, ${src})`;
  return `lock ${cast(insn.size)}${address(insn, number)} ${atomicByOp[insn.op].text} ${src}`;
}

/** LLVM leaves out the constant of an indexed load; here it is written where there is one. */
function printPacketLoad(insn: Extract<Insn, { kind: "load_packet" }>, number: PrintNumber): string {
  const index = insn.src === undefined ? number(insn.imm) : `r${insn.src}${insn.imm ? ` + ${number(insn.imm)}` : ""}`;
  return `r0 = ${cast(insn.size)}skb[${index}]`;
}

const printCondition = ({ op, width, dst, src }: Condition, number: PrintNumber): string =>
  `${reg(dst, width)} ${condByOp[op].text} ${source(src, width, number)}`;

const printTarget = (target: Target, names: Names, number: PrintNumber): string =>
  "label" in target ? target.label : (names.target?.(target.off) ?? signedNumber(target.off, number));

function printCallee(callee: Callee, names: Names, number: PrintNumber): string {
  switch (callee.kind) {
    case "helper":
      return names.helper?.(callee.id) ?? number(callee.id);
    case "subprog_off":
      return names.subprog?.(callee.off) ?? number(callee.off);
    case "kfunc_id":
      return names.kfunc?.(callee.btfId, callee.off) ?? number(callee.btfId);
    case "subprog":
    case "kfunc":
      return callee.name;
    default:
      return assertNever(callee);
  }
}

const plus = (off: number): string => (off === 0 ? "" : off < 0 ? ` - ${-off}` : ` + ${off}`);

function printWide(dst: Reg, value: Imm64, names: Names): string {
  const named = (name: string): string => `r${dst} = ${name} ll`;
  const pseudo = (src: number, low: number, high: number, name?: string): string => {
    if (name !== undefined) return named(name);
    const bits = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
    return `ld_pseudo r${dst}, 0x${src.toString(16)}, 0x${bits.toString(16)}`;
  };
  switch (value.kind) {
    case "int":
      return named(`0x${BigInt.asUintN(64, value.value).toString(16)}`);
    case "map":
    case "func":
    case "extern":
      return named(value.name);
    case "global":
      return named(`${value.name}${plus(value.addend)}`);
    case "map_fd":
      return pseudo(1, value.fd, 0, names.map?.(value.fd));
    case "map_value": {
      const name = names.map?.(value.fd);
      return pseudo(2, value.fd, value.off, name && `${name}${plus(value.off)}`);
    }
    case "btf_id":
      return pseudo(3, value.btfId, value.fd, names.ksym?.(value.btfId, value.fd));
    case "func_off":
      return pseudo(4, value.off, 0, names.subprog?.(value.off));
    case "map_idx":
      return pseudo(5, value.idx, 0);
    case "map_idx_value":
      return pseudo(6, value.idx, value.off);
    default:
      return assertNever(value);
  }
}
