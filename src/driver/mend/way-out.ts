/** How a function is left early without doing harm: by what it returns, or by the end of the loop that goes on. */
import type { FunctionDef, TypeExpr } from "../../asm/syntax/ast.ts";
import type { Step } from "./source-tree.ts";

/** What programs return to let things take their course, where that is not 0. */
const letsPass: readonly (readonly [section: RegExp, value: string])[] = [
  [/^xdp/, "XDP_PASS"],
  [/^(cgroup|sk_lookup|sk_msg|sk_skb)/, "1"],
];

/** `return 0;`, `return XDP_PASS;`, or `return;`: `section` is that of the program the function belongs to. */
export function leave(fn: FunctionDef, section: string): string {
  const ret = fn.type.kind === "func" ? bare(fn.type.ret) : undefined;
  if (ret?.kind === "builtin" && ret.words === "void") return "return;";
  return `return ${letsPass.find(([prefix]) => prefix.test(section))?.[1] ?? "0"};`;
}

function bare(type: TypeExpr): TypeExpr {
  return type.kind === "qualified" || type.kind === "attributed" ? bare(type.of) : type;
}

/** The same, or `break;` where a loop is what goes too far. */
export function leaveLoop(fn: FunctionDef, section: string, way: readonly Step[]): string {
  const inner = [...way].reverse().find(({ item }) => /^(for|while|do|switch)$/.test(item.kind));
  return inner && inner.item.kind !== "switch" ? "break;" : leave(fn, section);
}
