/** Semantic analysis: from the syntax tree of a file to the typed tree. */
import type { DiagSink } from "../../diag/diagnostic.ts";
import type { Kernel } from "../../kernel/model.ts";
import type { ExternalItem, TranslationUnit } from "../syntax/ast.ts";
import { useAsmNames } from "./asm.ts";
import { Sema, type SemaOptions } from "./context.ts";
import { fileDeclaration, functionDefinition } from "./decls.ts";
import { deferDeclarations } from "./deferred.ts";
import { checkExterns } from "./externs.ts";
import { ownTags } from "./own-tags.ts";
import type { FunctionDraft } from "./scope.ts";
import { checkSections } from "./sections.ts";
import { staticAssert } from "./static-assert.ts";
import type { TExtern, Unit } from "./tree.ts";
import { warnOfSessions } from "./warn/session.ts";
import { unusedStatics } from "./warn/unused.ts";

/** Checks a whole file against a kernel. The unit is complete only where the sink has no errors. */
export function check(ast: TranslationUnit, kernel: Kernel, options: SemaOptions, sink: DiagSink): Unit {
  const cx = new Sema(kernel, options, sink);
  options.observer?.file(ast);
  cx.ownTags = ownTags(ast.items);
  if (ast.plainKernelTypes) cx.types.relocated = false;
  for (const item of ast.items) fileItem(cx, item);
  useAsmNames(cx);
  checkExterns(cx);
  unusedStatics(cx, cx.statics);
  for (const f of cx.functions) if (f.inlineOnly && f.section === undefined && !f.weak) keepInside(f);
  const functions = cx.functions.flatMap((f) => (f.body && isWanted(f) ? [f.body] : []));
  warnOfSessions(cx, functions);
  checkSections(cx, functions);
  return {
    functions,
    globals: cx.globals,
    maps: cx.maps,
    externs: cx.externs,
    undefined: undefinedNames(cx),
    ...(cx.license && { license: cx.license }),
    localTypes: cx.localTypes,
  };
}

function fileItem(cx: Sema, item: ExternalItem): void {
  if (item.kind === "function") functionDefinition(cx, item);
  else if (item.kind === "declaration") fileDeclaration(cx, item);
  else if (item.kind === "static_assert") staticAssert(cx, item);
  else if (item.kind === "deferred") deferDeclarations(cx, item, (inner) => fileItem(cx, inner));
  else cx.sink.error("E0230", item.span, "assembly outside of functions");
}

/** Functions and variables that other objects can define: what is static cannot be meant. */
function undefinedNames(cx: Sema): TExtern[] {
  const rest = { kind: "linked", declared: true } as const;
  return cx.declared.flatMap(({ name, type, weak, linkage, section, span }) =>
    linkage === "static"
      ? []
      : [{ name, type, weak, span, section: section === ".maps" ? section : undefined, ...rest }],
  );
}

/** What is only for inlining is no function of the object's: where a call of it stays, it is the body's own. */
function keepInside(f: FunctionDraft): void {
  f.linkage = "static";
  if (f.body) f.body = { ...f.body, linkage: "static" };
}

/** Static functions that nothing names, as headers bring along, are checked but not compiled. */
const isWanted = (f: FunctionDraft): boolean => f.used || f.linkage === "global" || f.section !== undefined;
