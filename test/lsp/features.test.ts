/** Diagnostics, mends, outline, tokens, folding, hints and lenses. */
import { describe, expect, test } from "vitest";
import { codeActions } from "../../src/lsp/actions.ts";
import { bytecode, objectText } from "../../src/lsp/bytecode.ts";
import { diagnosticsOf } from "../../src/lsp/diagnostics.ts";
import { foldingRanges } from "../../src/lsp/folding.ts";
import { inlayHints } from "../../src/lsp/inlay.ts";
import { codeLenses } from "../../src/lsp/lens.ts";
import { documentSymbols } from "../../src/lsp/symbols.ts";
import { encodeTokens, semanticTokens } from "../../src/lsp/tokens.ts";
import { opened, session, uris } from "./support.ts";

describe("diagnostics", () => {
  test.each([
    ["of the compiler", session("\treturn nothing;"), "E0201", 3],
    ["of the parser", session("\tint x = ;"), "E01", 3],
    ["of the verifier", session('\tint x = *(int *)0;\n\tbpf_printk("%d", x);'), "E05", 3],
    ["a warning", 'int x;\nSEC("nonsense")\nint f(void *ctx) { return 0; }', "-Wunknown-sections", 2],
  ])("%s", (_what, source, code, line) => {
    const found = diagnosticsOf(opened(source).a, uris());
    expect(found.map((d) => [String(d.code).slice(0, code.length), d.range.start.line])).toContainEqual([code, line]);
  });

  test("what is wrong in a header is shown where that is included, with the place", () => {
    const { a } = opened('int x;\n#include "x.h"\n', { "/p/x.h": "\nint y = nothing;\n" });
    const [one] = diagnosticsOf(a, uris());
    expect(one?.range.start.line).toBe(1);
    expect(one?.relatedInformation?.[0]?.location).toMatchObject({
      uri: "file:///p/x.h",
      range: { start: { line: 1 } },
    });
  });

  test("the way that leads there, beside what led there", () => {
    const body = '\tu64 *p = bpf_map_lookup_elem(&m, &(u32){ 1 });\n\tif (skb->len > 9)\n\t\tbpf_printk("%d", *p);';
    const { a } = opened(mapOf + session(body));
    const related = diagnosticsOf(a, uris()).find(({ code }) => code === "E0510")?.relatedInformation ?? [];
    expect(related.map(({ location, message }) => [location.range.start.line, message])).toEqual([
      [6, expect.stringContaining("expected")],
      [4, expect.stringContaining("bpf_map_lookup_elem")],
      [5, "(1) the path comes through here"],
    ]);
  });

  test("none of a program that is right", () => {
    expect(diagnosticsOf(opened(session("")).a, uris())).toEqual([]);
  });
});

const mapOf =
  'struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 9); __type(key, u32); __type(value, u64); } m SEC(".maps");\n';

describe("code actions", () => {
  test("all the mends that there are, the best one first", () => {
    const { a } = opened(
      `${mapOf}${session("\tu64 *p = bpf_map_lookup_elem(&m, &(u32){ 1 });\n\tu64 n = 1;\n\n\t*p += n;")}`,
    );
    const whole = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
    const actions = codeActions(a, whole, uris());
    expect(actions.map(({ title, isPreferred }) => [title, isPreferred])).toEqual([
      ["insert 'if (!p) return 0;' at line 6", true],
      ["or: insert 'if (!p) return 0;' at line 8", undefined],
    ]);
  });

  test.each([
    ["a helper", session("\tbpf_ktime_get_n‸();"), "bpf_ktime_get_ns"],
    ["a member", session('\tbpf_printk("%d", skb->le‸m);'), "len"],
    ["a type", "u3‸3 x;", "u32"],
  ])("the right name of %s", (_what, source, name) => {
    const { a, position } = opened(source);
    const actions = codeActions(a, { start: position, end: position }, uris());
    const texts = actions.map(({ edit }) => Object.values(edit!.changes!)[0]![0]!.newText);
    expect(texts).toContain(name);
  });

  test("the right target of a section", () => {
    const { a } = opened(session("").replace("icmp_rcv", "icmp_rcvv"));
    const whole = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
    const edits = codeActions(a, whole, uris()).map(({ edit }) => edit!.changes!["file:///p/probe.bpf"]![0]!);
    const mend = edits.find(({ newText }) => newText === "icmp_rcv");
    expect(mend?.range).toEqual({ start: { line: 0, character: 14 }, end: { line: 0, character: 23 } });
  });

  test("none elsewhere", () => {
    const { a } = opened(session("\tbpf_ktime_get_n();"));
    const top = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
    expect(codeActions(a, top, uris())).toEqual([]);
  });
});

test("the outline", () => {
  const { a } = opened(
    `struct pair { int a; int b; };\nenum e { ONE };\ntypedef int num;\nint count;\n${'struct { __uint(type, 2); __uint(max_entries, 1); __type(key, u32); __type(value, u64); } m SEC(".maps");\n'}static int f(int x) { return x; }\n${session("")}`,
  );
  const names = documentSymbols(a).map(({ name, kind, children }) => [name, kind, children?.map((c) => c.name)]);
  expect(names).toEqual([
    ["pair", 23, ["a", "b"]],
    ["e", 10, ["ONE"]],
    ["num", 26, undefined],
    ["count", 13, undefined],
    ["m", 19, undefined],
    ["f", 12, undefined],
    ["probe", 12, undefined],
  ]);
  const probe = documentSymbols(a).at(-1)!;
  expect([probe.range.start.line, probe.range.end.line]).toEqual([7, 11]);
  for (const { range, selectionRange } of documentSymbols(a)) {
    expect(selectionRange.start.line).toBeGreaterThanOrEqual(range.start.line);
    expect(selectionRange.end.line).toBeLessThanOrEqual(range.end.line);
  }
});

test("semantic tokens", () => {
  const { a } = opened(`#define LIMIT 3\n${session('\tconst int n = LIMIT;\n\tbpf_printk("%d", skb->len + n);')}`);
  const tokens = semanticTokens(a).map(({ start, end, type, modifiers }) => [
    a.text.slice(start, end),
    type,
    ...modifiers,
  ]);
  expect(tokens).toEqual(
    expect.arrayContaining([
      ["LIMIT", "macro", "declaration"],
      ["LIMIT", "macro"],
      ["probe", "function", "declaration"],
      ["sk_buff", "struct", "defaultLibrary"],
      ["skb", "parameter", "declaration"],
      ["skb", "parameter"],
      ["len", "property", "defaultLibrary"],
      ["n", "variable", "declaration", "readonly"],
      ["n", "variable", "readonly"],
    ]),
  );
  const data = encodeTokens(a, semanticTokens(a));
  expect(data.length).toBe(semanticTokens(a).length * 5);
  for (let i = 0; i < data.length; i += 5) expect(data[i]! > 0 || data[i + 1]! >= 0).toBe(true);
});

test("tokens do not overlap, whatever types of bpfasm's own tables are looked at", () => {
  const { a } = opened(
    `char LICENSE[] SEC("license") = "GPL";\n${session('\tbpf_map_lookup_elem(0, 0);\n\tbpf_printk("%d", skb->lne);')}`,
  );
  const tokens = semanticTokens(a);
  for (const [i, { start }] of tokens.entries()) expect(start).toBeGreaterThanOrEqual(tokens[i - 1]?.end ?? 0);
  expect(tokens.map(({ start, end }) => a.text.slice(start, end)).filter((text) => /\W/.test(text))).toEqual([]);
});

test.each([
  [
    "blocks",
    "int f(void)\n{\n\tif (1) {\n\t\treturn 1;\n\t}\n}\n",
    [
      [2, 3],
      [1, 4],
    ],
  ],
  [
    "comments",
    "// a\n// b\nint x;\n/* c\n d */\n",
    [
      [0, 1],
      [3, 4],
    ],
  ],
  ["includes", "#include <a.h>\n#include <b.h>\nint x;\n", [[0, 1]]],
  [
    "conditional parts",
    "#if A\nint a;\n#else\nint b;\n#endif\n",
    [
      [0, 1],
      [2, 3],
    ],
  ],
  ["broken text", "{\n{\n'\n}\n\"", [[1, 2]]],
])("folds %s", (_what, text, wanted) => {
  expect(foldingRanges(text).map(({ startLine, endLine }) => [startLine, endLine])).toEqual(wanted);
});

describe("hints", () => {
  const whole = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
  const hints = (body: string) =>
    inlayHints(opened(session(body)).a, whole, { instructions: false, sessions: true }).map((h) => [
      h.position.line,
      h.label,
    ]);

  test.each([
    [
      "both branches",
      '\tif (bpf_session_is_return(ctx))\n\t\tbpf_printk("x");\n\telse\n\t\tbpf_printk("y");',
      [
        [4, "exit only"],
        [6, "entry only"],
      ],
    ],
    ["a negation", '\tif (!bpf_session_is_return(ctx)) {\n\t\tbpf_printk("y");\n\t}', [[3, "entry only"]]],
    [
      "what follows a return",
      '\tif (!bpf_session_is_return(ctx))\n\t\treturn 0;\n\tbpf_printk("x");',
      [
        [4, "entry only"],
        [5, "exit only from here"],
      ],
    ],
    ["a variable", '\tbool ret = bpf_session_is_return(ctx);\n\n\tif (ret)\n\t\tbpf_printk("x");', [[6, "exit only"]]],
    [
      "a variable with another value",
      '\tbool ret = bpf_session_is_return(ctx);\n\n\tret = 1;\n\tif (ret)\n\t\tbpf_printk("x");',
      [],
    ],
    [
      "one of two conditions",
      '\tif (bpf_session_is_return(ctx) && skb)\n\t\tbpf_printk("x");\n\telse\n\t\tbpf_printk("y");',
      [[4, "exit only"]],
    ],
    ["another question", '\tif (skb->len)\n\t\tbpf_printk("x");', []],
  ])("sessions: %s", (_what, body, wanted) => {
    expect(hints(body)).toEqual(wanted);
  });

  test("instructions add up to the program's", () => {
    const { a } = opened(session('\tbpf_printk("%d", skb->len);'));
    const counts = inlayHints(a, whole, { instructions: true, sessions: false }).map((h) =>
      Number.parseInt(String(h.label), 10),
    );
    const [lens] = codeLenses(a, "file:///p/probe.bpf");
    expect(lens!.command!.title).toBe(
      `${counts.reduce((x, y) => x + y)} instructions, ${a.made.verdicts[0]!.processed} processed: accepted`,
    );
  });
});

test.each([
  ["a refusal", session('\tint x = *(int *)0;\n\tbpf_printk("%d", x);'), /^\d+ instructions, \d+ processed: rejected$/],
  ["a mistake", session("\treturn nothing;"), /^does not compile$/],
])("a lens tells %s", (_what, source, title) => {
  const [lens] = codeLenses(opened(source).a, "u");
  expect(lens!.range.start.line).toBe(1);
  expect(lens!.command!.title).toMatch(title);
});

test("the listing beside the source knows its lines", () => {
  const { a } = opened(session('\tbpf_printk("%d", skb->len);'));
  const made = bytecode(a)!;
  const rows = made.text.split("\n");
  expect(rows.length).toBe(made.sourceLines.length);
  const call = rows.findIndex((row) => row.includes("call bpf_trace_printk"));
  expect(made.sourceLines[call]).toBe(3);
  expect(objectText(new Uint8Array(8))).toMatch(/^; no BPF object/);
  expect(objectText(a.object()!)).toBe(made.text);
});
