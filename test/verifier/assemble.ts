/** A few lines of assembly as tests write them: statements apart by `;`, labels as `name:`, jumps to labels. */

import * as b from "../../src/isa/build.ts";
import type { AluOp, CondOp, Imm64, Insn, Line, Reg, Size, Src } from "../../src/isa/insn.ts";
import { layoutLines } from "../../src/isa/layout.ts";

const ALU: Readonly<Record<string, AluOp>> = {
  "+=": "add",
  "-=": "sub",
  "*=": "mul",
  "/=": "div",
  "s/=": "sdiv",
  "%=": "mod",
  "s%=": "smod",
  "|=": "or",
  "&=": "and",
  "^=": "xor",
  "<<=": "lsh",
  ">>=": "rsh",
  "s>>=": "arsh",
  "=": "mov",
};

const COND: Readonly<Record<string, CondOp>> = {
  "==": "eq",
  "!=": "ne",
  ">": "gt",
  ">=": "ge",
  "<": "lt",
  "<=": "le",
  "s>": "sgt",
  "s>=": "sge",
  "s<": "slt",
  "s<=": "sle",
  "&": "set",
};

/** What names such as `hash` or `cookie()` stand for. */
export interface Names {
  readonly maps: readonly string[];
  readonly kfuncs: Readonly<Record<string, number>>;
}

type Groups = Readonly<Record<string, string>>;
type Rule = readonly [RegExp, (g: Groups, names: Names) => Insn];

const reg = (text = ""): Reg => Number(text.replace(/^[rw]/, "")) as Reg;
const src = (text = ""): Src => (/^[rw]/.test(text) ? { reg: reg(text) } : { imm: Number(text) | 0 });
const size = (text = ""): Size => (Number(text) / 8) as Size;
const off = (text = "0"): number => Number(text.replaceAll(" ", "") || "0");
const width = (r = ""): 32 | 64 => (r.startsWith("w") ? 32 : 64);

const R = "(?<dst>[rw]\\d+)";
const MEM = "\\*\\([us](?<bits>\\d+) ?\\*\\)\\((?<base>r\\d+) ?(?<off>[+-] ?\\d+)?\\)";
const PLACE = "\\(\\(u(?<bits>\\d+) \\*\\)\\((?<base>r\\d+) ?(?<off>[+-] ?\\d+)?\\)";

const rules: readonly Rule[] = [
  [/^exit$/, () => b.exit()],
  [/^call (?<id>\d+)$/, (g) => b.callHelper(Number(g.id))],
  [/^call (?<label>\w+)$/, (g, n) => call(g.label!, n)],
  [/^goto (?<label>\w+)$/, (g) => b.jump(g.label!)],
  [/^may_goto (?<label>\w+)$/, (g) => b.mayGoto(g.label!)],
  [new RegExp(`^${R} = arena (?<src>r\\d+)$`), (g) => b.addrSpaceCast(reg(g.dst), reg(g.src), 0, 1)],
  [new RegExp(`^if ${R} (?<op>\\S+) (?<src>\\S+) goto (?<label>\\w+)$`), condition],
  [new RegExp(`^${R} = (?<imm>-?\\w+) ll$`), (g, n) => b.ldImm64(reg(g.dst), imm64(g.imm!, n))],
  [new RegExp(`^${R} = -\\k<dst>$`), (g) => (width(g.dst) === 64 ? b.neg64 : b.neg32)(reg(g.dst))],
  [
    new RegExp(`^${R} = \\(s(?<n>\\d+)\\)(?<src>[rw]\\d+)$`),
    (g) => b.movs(Number(g.n) as 8, width(g.dst), reg(g.dst), reg(g.src)),
  ],
  [new RegExp(`^${R} = (?<op>le|be|bswap)(?<n>\\d+) \\k<dst>$`), swap],
  [
    new RegExp(`^${R} = load_acquire${PLACE}\\)$`),
    (g) => b.loadAcquire(size(g.bits), reg(g.dst), reg(g.base), off(g.off)),
  ],
  [
    new RegExp(`^store_release${PLACE}, (?<src>\\w+)\\)$`),
    (g) => b.storeRelease(size(g.bits), reg(g.base), off(g.off), reg(g.src)),
  ],
  [
    new RegExp(`^${R} = atomic_fetch_(?<op>add|or)${PLACE}, \\k<dst>\\)$`),
    (g) => b.atomic(g.op as "add", size(g.bits) as 8, reg(g.base), off(g.off), reg(g.dst), true),
  ],
  [
    new RegExp(`^lock ${MEM} \\+= (?<src>[rw]\\d+)$`),
    (g) => b.atomic("add", size(g.bits) as 8, reg(g.base), off(g.off), reg(g.src)),
  ],
  [new RegExp(`^${R} = ${MEM}$`), (g) => b.load(size(g.bits), reg(g.dst), reg(g.base), off(g.off))],
  [
    new RegExp(`^${MEM} = (?<src>\\S+)$`),
    (g) => ({ kind: "store", size: size(g.bits), base: reg(g.base), off: off(g.off), src: src(g.src) }),
  ],
  [
    new RegExp(`^${R} (?<op>[-+*/%|&^<>s]*=) (?<src>\\S+)$`),
    (g) => ({ kind: "alu", op: ALU[g.op!]!, width: width(g.dst), dst: reg(g.dst), src: src(g.src) }),
  ],
];

function call(name: string, names: Names): Insn {
  const id = names.kfuncs[name];
  return id === undefined ? { kind: "call", callee: { kind: "subprog", name } } : b.callKfuncId(id);
}

function condition(g: Groups): Insn {
  const cond = { op: COND[g.op!]!, width: width(g.dst), dst: reg(g.dst), src: src(g.src) };
  return { kind: "jump", target: { label: g.label! }, cond };
}

function swap(g: Groups): Insn {
  return b.endian(g.op === "bswap" ? "swap" : (g.op as "le"), Number(g.n) as 16, reg(g.dst));
}

function imm64(text: string, names: Names): Imm64 {
  const fd = names.maps.indexOf(text);
  if (fd >= 0) return { kind: "map_fd", fd };
  return /^[a-z]/.test(text) ? { kind: "func", name: text } : { kind: "int", value: BigInt(text) };
}

function statement(text: string, names: Names): Insn {
  for (const [form, make] of rules) {
    const match = form.exec(text);
    if (match) return make(match.groups ?? {}, names);
  }
  throw new Error(`no such statement: ${text}`);
}

/** Assembles one function. A label such as `1:` may be jumped to as `1f` or `1b`. */
export function assemble(text: string, names: Names): readonly Insn[] {
  const lines: Line[] = [];
  let labels: string[] = [];
  for (const part of text.split(";")) {
    let rest = part.trim();
    for (let m = LABEL.exec(rest); m; m = LABEL.exec(rest)) {
      labels.push(m[1]!);
      rest = rest.slice(m[0].length);
    }
    if (rest === "") continue;
    lines.push({ insn: statement(rest.replace(/\b(\d+)[fb]$/, "$1"), names), ...(labels.length > 0 && { labels }) });
    labels = [];
  }
  return layoutLines(lines).lines.map((line) => line.insn);
}

const LABEL = /^(\w+):\s*/;
