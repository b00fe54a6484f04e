/** On any text, at any place, each feature answers; and what a rename makes means the same. */
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Position } from "vscode-languageserver";
import { codeActions } from "../../src/lsp/actions.ts";
import { type Analysis, analyse, MAIN } from "../../src/lsp/analysis.ts";
import { completion } from "../../src/lsp/completion.ts";
import { definition, references, typeDefinition } from "../../src/lsp/definition.ts";
import { diagnosticsOf } from "../../src/lsp/diagnostics.ts";
import { foldingRanges } from "../../src/lsp/folding.ts";
import { hover } from "../../src/lsp/hover.ts";
import { inlayHints } from "../../src/lsp/inlay.ts";
import { codeLenses } from "../../src/lsp/lens.ts";
import { rename } from "../../src/lsp/rename.ts";
import { signatureHelp } from "../../src/lsp/signature.ts";
import { documentSymbols } from "../../src/lsp/symbols.ts";
import { TextLines } from "../../src/lsp/text.ts";
import { encodeTokens, semanticTokens } from "../../src/lsp/tokens.ts";
import { options, uris } from "./support.ts";

const examples = readdirSync("examples", { recursive: true, encoding: "utf8" })
  .filter((name) => /\.bpf(\.c)?$/.test(name))
  .map((name) => readFileSync(`examples/${name}`, "utf8"));

function askAll(a: Analysis, position: Position): void {
  const range = { start: position, end: position };
  const whole = { start: { line: 0, character: 0 }, end: a.lines.position(a.text.length) };
  for (const d of diagnosticsOf(a, uris())) {
    expect(a.lines.offset(d.range.start)).toBeLessThanOrEqual(a.lines.offset(d.range.end));
  }
  hover(a, position);
  completion(a.text, position, options());
  signatureHelp(a, position);
  definition(a, position, uris());
  typeDefinition(a, position, uris());
  references(a, position, true, uris());
  rename(a, position, "another");
  documentSymbols(a);
  foldingRanges(a.text);
  inlayHints(a, whole);
  codeActions(a, range, uris());
  codeLenses(a, "u");
  const tokens = semanticTokens(a);
  for (const [i, token] of tokens.entries()) if (i > 0) expect(token.start).toBeGreaterThanOrEqual(tokens[i - 1]!.end);
  encodeTokens(a, tokens);
}

const damage = fc.constantFrom(
  "",
  "{",
  "}",
  "(",
  ")",
  ";",
  '"',
  "/*",
  "skb->",
  "#define X",
  "->",
  "struct",
  "\n",
  "SEC(",
);

test("texts with something cut out or put in", () => {
  const broken = fc.tuple(fc.constantFrom(...examples), fc.nat(), fc.nat(20), damage, fc.nat());
  fc.assert(
    fc.property(broken, ([text, at, cut, put, cursor]) => {
      const start = at % (text.length + 1);
      const made = text.slice(0, start) + put + text.slice(start + cut);
      const a = analyse(made, options());
      expect(a.crash).toBeUndefined();
      askAll(a, new TextLines(made).position(start + put.length));
      askAll(a, new TextLines(made).position(cursor % (made.length + 1)));
    }),
    { numRuns: 40 },
  );
});

test("texts of any characters", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), fc.nat(60), (text, at) => {
      askAll(analyse(text, options()), new TextLines(text).position(at));
    }),
    { numRuns: 40 },
  );
});

describe("a rename leaves a text that compiles as before, and can be taken back", () => {
  test.each(examples.map((text, i) => [i, text] as const))("example %i", (_i, text) => {
    const a = analyse(text, options());
    const errors = (of: Analysis) => of.made.diagnostics.filter((d) => d.severity === "error").map((d) => d.text);
    expect(errors(a)).toEqual([]);
    const declared = [...a.names.all].filter((n) => n.role === "declaration" && n.span.file === MAIN && !n.macro);
    for (const { name, span } of declared.slice(0, 12)) {
      const made = rename(a, a.lines.position(span.start), "another_name");
      if ("why" in made) continue;
      const changed = apply(a.lines, made.edits);
      const b = analyse(changed, options());
      expect([name, errors(b)]).toEqual([name, []]);
      const again = [...b.names.all].find((n) => n.name === "another_name" && n.role === "declaration")!;
      const back = rename(b, b.lines.position(again.span.start), name);
      expect([name, "why" in back ? back.why : apply(b.lines, back.edits)]).toEqual([name, text]);
    }
  });
});

function apply(
  lines: TextLines,
  edits: readonly { range: { start: Position; end: Position }; newText: string }[],
): string {
  const sorted = [...edits].sort((x, y) => lines.offset(y.range.start) - lines.offset(x.range.start));
  return sorted.reduce(
    (text, { range, newText }) =>
      text.slice(0, lines.offset(range.start)) + newText + text.slice(lines.offset(range.end)),
    lines.text,
  );
}
