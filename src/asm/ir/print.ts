/** SSA as text, one instruction a line: for dumps and tests. `parseIr` reads it back. */

import type { CoreAccess } from "../../btf/core.ts";
import { printInsn } from "../../isa/print.ts";
import { assertNever } from "../../support/bug.ts";
import { s32, s64 } from "../../support/int.ts";
import type { AddrSymbol, InstOf } from "./inst.ts";
import type { AccessTag, Inst, IrCallee, IrFunction, Term } from "./model.ts";

const address = (base: number, off: number): string =>
  off === 0 ? `[%${base}]` : `[%${base} ${off < 0 ? "-" : "+"} ${Math.abs(off)}]`;

const coreText = ({ kind, root, path }: CoreAccess): string => `core(${kind} ${root}:${path.join(":")})`;

const symbolText = (symbol: AddrSymbol): string =>
  symbol.kind === "global" && symbol.addend !== 0
    ? `global ${symbol.name} + ${symbol.addend}`
    : `${symbol.kind} ${symbol.name}`;

const calleeText = (callee: IrCallee): string =>
  callee.kind === "helper" ? `helper ${callee.id}` : `${callee.kind} ${callee.name}`;

const values = (list: readonly number[]): string => list.map((v) => `%${v}`).join(", ");

interface Flags {
  readonly volatile?: boolean;
  readonly tag?: AccessTag;
  readonly core?: CoreAccess;
}
const flags = (inst: Flags): string =>
  `${inst.volatile ? " volatile" : ""}${inst.tag ? ` as ${inst.tag}` : ""}${inst.core ? ` ${coreText(inst.core)}` : ""}`;

function asmText({ code, text }: InstOf<"asm">): string {
  if (code) return code.lines.map(({ insn }) => printInsn(insn)).join("; ");
  return text.parts.map((part) => (typeof part === "string" ? part.trim() : `{${part.arg}}`)).join(" ");
}

function bodyText(inst: Inst): string {
  switch (inst.op) {
    case "const":
      return `const ${inst.ty} ${inst.ty === "i32" ? s32(inst.value) : s64(inst.value)}`;
    case "undef":
      return `undef ${inst.ty}`;
    case "param":
      return `param ${inst.ty} ${inst.index}`;
    case "bin":
      return `${inst.fn} ${inst.ty} %${inst.a}, %${inst.b}`;
    case "neg":
    case "cast":
    case "trunc":
    case "opaque":
    case "constant_p":
      return `${inst.op} ${inst.ty} %${inst.a}`;
    case "cmp":
      return `cmp ${inst.ty} ${inst.fn} %${inst.a}, %${inst.b}`;
    case "zext":
    case "sext":
      return `${inst.op} ${inst.ty} ${inst.from} %${inst.a}`;
    case "space_cast":
      return `space_cast ${inst.toSpace} ${inst.fromSpace} %${inst.a}`;
    case "bswap":
      return `bswap ${inst.ty} ${inst.bits} %${inst.a}`;
    case "slot":
      return `slot s${inst.slot}`;
    case "unroll":
      return `unroll %${inst.a}, ${inst.times}`;
    case "end":
      return `end s${inst.slot}`;
    case "addr":
      return `addr ${symbolText(inst.symbol)}`;
    case "load":
      return `load ${inst.ty} ${inst.signed ? "s" : "u"}${inst.size * 8} ${address(inst.base, inst.off)}${flags(inst)}`;
    case "store":
      return `store u${inst.size * 8} ${address(inst.base, inst.off)}, %${inst.value}${flags(inst)}`;
    case "copy":
      return `copy ${address(inst.dst, inst.dstOff)}, ${address(inst.src, inst.srcOff)}, ${inst.length} align ${inst.align}${flags(inst)}`;
    case "fill":
      return `fill ${address(inst.dst, inst.dstOff)}, ${inst.byte}, ${inst.length} align ${inst.align}`;
    case "core":
      return `${coreText(inst.access)} ${inst.ty} ${inst.guess}`;
    case "call":
      return `call ${inst.ty} ${calleeText(inst.callee)}(${values(inst.args)})`;
    case "atomic": {
      const expected = inst.expected === undefined ? "" : `, %${inst.expected}`;
      return `atomic ${inst.ty} ${inst.fn}${inst.fetch ? " fetch" : ""} u${inst.size * 8} ${address(inst.base, inst.off)}, %${inst.value}${expected}`;
    }
    case "asm":
      return `asm ${inst.ty}(${values(inst.args)}) { ${asmText(inst)} }`;
    case "barrier":
    case "may_goto":
    case "trap":
      return inst.op;
    case "phi":
      return `phi ${inst.ty} ${inst.args.map((arg) => `b${arg.block}: %${arg.value}`).join(", ")}`;
    default:
      return assertNever(inst);
  }
}

/** One instruction, without a line end. */
export const printInst = (inst: Inst): string =>
  inst.ty === "void" ? bodyText(inst) : `%${inst.id} = ${bodyText(inst)}`;

export function printTerm(term: Term): string {
  switch (term.op) {
    case "jump":
      return `jump b${term.to}`;
    case "br": {
      const likely = term.likely === undefined ? "" : term.likely ? " likely" : " unlikely";
      return `br ${term.fn} %${term.a}, %${term.b}, b${term.then}, b${term.else}${likely}`;
    }
    case "ret":
      return term.value === undefined ? "ret" : `ret %${term.value}`;
    case "unreachable":
      return "unreachable";
    default:
      return assertNever(term);
  }
}

/** The whole function as text. */
export function printIr(fn: IrFunction): string {
  const section = fn.section === undefined ? "" : ` section "${fn.section}"`;
  const head = `${fn.linkage} ${fn.inlining} ${fn.name}(${fn.params.join(", ")}) ${fn.ret}${section}`;
  const slots = fn.slots.map((slot) => `  s${slot.id}: ${slot.size} align ${slot.align} ${slot.name}`);
  const blocks = fn.blocks.flatMap((block) => [
    `b${block.id}:`,
    ...block.insts.map((inst) => `  ${printInst(inst)}`),
    `  ${printTerm(block.term)}`,
  ]);
  return `${[head, ...slots, ...blocks].join("\n")}\n`;
}
