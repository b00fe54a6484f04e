/** What declarations of the file say that is asked about later. */
import type { Attribute, Declarator } from "../../syntax/ast.ts";
import type { Sema } from "../context.ts";
import { isExcused, isSpareVariable } from "./unused.ts";

export function noteFunction(cx: Sema, name: string, ...attributes: readonly (readonly Attribute[])[]): void {
  if (attributes.some((list) => list.some((a) => a.name === "warn_unused_result"))) cx.mustLook.add(name);
}

/** A static variable of the file. */
export function noteVariable(cx: Sema, d: Declarator, attributes: readonly Attribute[]): void {
  const { name, span } = d.name;
  if (cx.late || isSpareVariable(span) || isExcused(attributes, d.attributes)) return;
  const entity = cx.fileScope.own(name);
  if (entity?.kind !== "global") return;
  const { global } = entity;
  cx.statics.push({
    name,
    span,
    kind: global.type.q?.const ? "constant" : "variable",
    isUsed: () => cx.mentioned.has(global),
  });
}
