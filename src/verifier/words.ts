/** How values, registers and instructions are called in front of people. */
import type { Cx } from "./cx.ts";
import { describe } from "./domain/scalar.ts";
import type { Pointer, Struct, Value } from "./domain/value.ts";

/** Name of a struct, without the word. */
export function structName(to: Struct): string {
  const type = to.btf.type(to.type);
  return "name" in type && type.name !== "" ? type.name : "(anonymous)";
}

/** What a pointer points to, as the object of a sentence. */
export function regionWords(cx: Cx, p: Pointer): string {
  switch (p.to.kind) {
    case "ctx":
      return "the context";
    case "map":
      return `map '${p.to.map.name}'`;
    case "map_value":
      return `a value of map '${p.to.map.name}'`;
    case "map_key":
      return `a key of map '${p.to.map.name}'`;
    case "stack":
      return "the stack";
    case "btf":
      return `struct ${structName(p.to)}`;
    case "mem": {
      const maker = makerOf(cx, p.at);
      return maker ? `the memory from ${maker}` : `${p.to.size} bytes of memory`;
    }
    case "address":
      return "memory of the kernel";
    case "func":
      return "a function";
    case "packet":
      return p.to.meta ? "the data before the packet" : "the packet";
    case "packet_end":
      return "the end of the packet";
    case "sock":
      return p.to.sort === "tcp_sock"
        ? "struct bpf_tcp_sock"
        : p.to.sort === "xdp_sock"
          ? "struct bpf_xdp_sock"
          : "struct bpf_sock";
    case "flow_keys":
      return "struct bpf_flow_keys";
    case "arena":
      return "the arena";
    case "object":
      return `a ${p.to.name} on the stack`;
    case "dynptr":
      return "a dynptr that the program does not own";
  }
}

/** A value as the complement of "is". */
export function valueWords(cx: Cx, v: Value): string {
  if (v.kind === "nothing") return "nothing";
  if (v.kind === "scalar") return `a number (${describe(v)})`;
  const what = v.to.kind === "map" ? regionWords(cx, v) : `a pointer to ${regionWords(cx, v)}`;
  const moved = v.off !== 0 || v.varying ? `, moved by ${offsetWords(v)}` : "";
  return `${what}${v.to.kind === "stack" ? "" : moved}${v.nullable ? " that may be null" : ""}`;
}

export function offsetWords(p: Pointer): string {
  if (!p.varying) return `${p.off}`;
  return p.off === 0 ? describe(p.varying) : `${p.off} and ${describe(p.varying)}`;
}

/** The function that a call instruction calls; undefined for other instructions. */
export function makerOf(cx: Cx, at: number): string | undefined {
  const insn = cx.prep.insns[at]?.insn;
  if (insn?.kind !== "call") return undefined;
  const { callee } = insn;
  switch (callee.kind) {
    case "helper": {
      const helper = cx.facts.helper(callee.id);
      return helper.name ?? `helper ${callee.id}`;
    }
    case "kfunc_id":
      return cx.facts.kfunc(callee.btfId, callee.off)?.name ?? `kfunc ${callee.btfId}`;
    case "subprog_off":
      return undefined;
    default:
      return callee.name;
  }
}

const names: readonly string[] = Array.from({ length: 12 }, (_, r) => `r${r}`);
export const regName = (r: number): string => names[r] ?? `r${r}`;
