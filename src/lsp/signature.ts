/** The prototype of the function whose arguments are being written. */
import type { Position, SignatureHelp } from "vscode-languageserver";
import { ambientMacro } from "../asm/sema/ambient/index.ts";
import { typeText } from "../asm/sema/type-ops.ts";
import type { FuncType } from "../asm/sema/types.ts";
import { helperByName } from "../kernel/helpers.ts";
import { findKfunc } from "../kfuncs/kfunc.ts";
import type { Analysis } from "./analysis.ts";
import { type Description, describe, helperDescription, kfuncDescription } from "./describe.ts";
import { enclosingCall } from "./enclosing-call.ts";
import { macrosIn } from "./lexical.ts";
import type { Meaning } from "./names.ts";

interface Signature extends Description {
  readonly params: readonly string[];
}

export function signatureHelp(a: Analysis, position: Position): SignatureHelp | undefined {
  const call = enclosingCall(a.text, a.lines.offset(position));
  const signature = call && signatureOf(a, call.name);
  if (!call || !signature) return undefined;
  const { code, facts, params } = signature;
  const last = Math.max(0, params.length - 1);
  return {
    signatures: [
      {
        label: code,
        documentation: { kind: "markdown", value: facts.join("  \n") },
        parameters: paramRanges(code, params).map((label) => ({ label })),
      },
    ],
    activeSignature: 0,
    activeParameter: params[last] === "..." ? Math.min(call.argument, last) : call.argument,
  };
}

/** Where each parameter stands in the prototype, one behind the other. */
function paramRanges(code: string, params: readonly string[]): [number, number][] {
  let from = code.indexOf("(") + 1;
  return params.map((param) => {
    const start = Math.max(from, code.indexOf(param, from));
    from = start + param.length;
    return [start, from];
  });
}

function signatureOf(a: Analysis, name: string): Signature | undefined {
  const known = [...a.names.all].find((one) => one.name === name && functionType(one.meaning));
  const type = known && functionType(known.meaning);
  if (known && type) return { ...describe(name, known.meaning, a.kernel), params: paramTexts(type) };
  const helper = helperByName(name);
  if (helper) return withParams(helperDescription(helper));
  const kfunc = findKfunc(a.kernel, name);
  if (kfunc) return withParams(kfuncDescription(kfunc, a.kernel));
  return macroSignature(a, name);
}

function functionType(meaning: Meaning): FuncType | undefined {
  if (meaning.kind !== "entity") return undefined;
  const { entity } = meaning;
  if (entity.kind === "function") return entity.fn.type;
  if (entity.kind === "helper") return entity.type;
  return entity.kind === "extern" && entity.extern.type.kind === "func" ? entity.extern.type : undefined;
}

const paramTexts = (type: FuncType): string[] => [
  ...type.params.map((p) => typeText(p.type, p.name)),
  ...(type.variadic ? ["..."] : []),
];

/** The parameters of a prototype whose types have no commas of their own. */
const withParams = (d: Description): Signature => ({
  ...d,
  params: d.code.slice(d.code.indexOf("(") + 1, d.code.lastIndexOf(")")).split(/,\s*/),
});

/** A macro's head, without what it becomes. */
function macroSignature(a: Analysis, name: string): Signature | undefined {
  const own = macrosIn(a.text, a.lexemes).findLast((m) => m.name === name);
  const definition = own?.definition ?? ambientMacro(name, a.kernel.arch);
  const head = definition && /^\w+\([^)]*\)/.exec(definition)?.[0];
  return head === undefined || head === "" ? undefined : withParams({ code: head, facts: ["macro"] });
}
