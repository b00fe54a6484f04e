/** Definitions, references, renaming, signatures. */
import { describe, expect, test } from "vitest";
import { definition, references, typeDefinition } from "../../src/lsp/definition.ts";
import { rename, renaming } from "../../src/lsp/rename.ts";
import { signatureHelp } from "../../src/lsp/signature.ts";
import { opened, session, uris } from "./support.ts";

/** The text that a range covers. */
function textAt(
  source: { text: string },
  range: { start: { line: number; character: number }; end: { character: number } },
) {
  return source.text.split("\n")[range.start.line]!.slice(range.start.character, range.end.character);
}

describe("definition", () => {
  test.each([
    ["a local", session('\tu64 now = 1;\n\tbpf_printk("%llu", n‸ow);'), 3, "now"],
    ["a parameter of BPF_PROG", session('\tbpf_printk("%d", s‸kb->len);'), 1, "skb"],
    ["a function", "static int f(void) { return 1; }\nint g(void) { return f‸(); }", 0, "f"],
    ["a member", "struct p { int a; };\nint f(struct p *q) { return q->a‸; }", 0, "a"],
    ["a tag", "struct p { int a; };\nint f(struct p‸ *q) { return q->a; }", 0, "p"],
    ["a typedef", "typedef int num;\nnum‸ x;", 0, "num"],
    ["an enumerator", "enum e { ONE = 1 };\nint x = ON‸E;", 0, "ONE"],
    ["a map", 'struct { __uint(type, 1); } counts SEC(".maps");\nvoid *f(void) { return &cou‸nts; }', 0, "counts"],
    ["a macro", "#define LIMIT 7\nint x = LIM‸IT;", 0, "LIMIT"],
  ])("%s", (_what, source, line, name) => {
    const doc = opened(source);
    const found = definition(doc.a, doc.position, uris());
    expect(found?.uri).toBe("file:///p/probe.bpf");
    expect([found?.range.start.line, found && textAt(doc, found.range)]).toEqual([line, name]);
  });

  test.each([
    ["a member of the kernel's", session('\tbpf_printk("%d", skb->le‸n);'), "struct sk_buff", "unsigned int len;"],
    ["a struct of the kernel's", session("\tstruct ethhd‸r *e = 0;"), "struct ethhdr", "struct ethhdr {"],
    ["a helper", session("\tbpf_ktime_get‸_ns();"), "bpf_ktime_get_ns", "u64 bpf_ktime_get_ns(void);"],
    ["a kfunc", session("\tbpf_session_coo‸kie(ctx);"), "bpf_session_cookie", "bpf_session_cookie(void *ctx);"],
  ])("%s is in a document of BTF", (_what, source, name, row) => {
    const made = new Map<string, string>();
    const { a, position } = opened(source);
    const found = definition(a, position, uris(made));
    expect(found?.uri).toBe(`kernel:${name}`);
    expect(made.get(name)?.split("\n")[found?.range.start.line ?? -1]).toContain(row);
  });

  test("in an included file", () => {
    const { a, position } = opened('#include "x.h"\nint f(void) { return other‸(); }', {
      "/p/x.h": "\nstatic inline int other(void) { return 1; }\n",
    });
    const found = definition(a, position, uris());
    expect([found?.uri, found?.range.start]).toEqual(["file:///p/x.h", { line: 1, character: 18 }]);
  });

  test("the type of a variable", () => {
    const { a, position } = opened(session('\tbpf_printk("%d", sk‸b->len);'));
    expect(typeDefinition(a, position, uris())?.uri).toBe("kernel:struct sk_buff");
  });
});

describe("references and renaming", () => {
  const source = session(
    '\tu64 no‸w = bpf_ktime_get_ns();\n\tif (now > 5) {\n\t\tint now = 1;\n\t\treturn now;\n\t}\n\tbpf_printk("%llu", now);',
  );

  test("only what means the same", () => {
    const { a, position } = opened(source);
    expect(references(a, position, true, uris()).map((l) => l.range.start.line)).toEqual([3, 4, 8]);
    expect(references(a, position, false, uris()).map((l) => l.range.start.line)).toEqual([4, 8]);
  });

  test("all of it gets the new name", () => {
    const { a, position } = opened(source);
    const made = rename(a, position, "then");
    expect("edits" in made && made.edits.map((e) => [e.range.start.line, e.newText])).toEqual([
      [3, "then"],
      [4, "then"],
      [8, "then"],
    ]);
  });

  test("a program under BPF_PROG", () => {
    const { a, position } = opened(session("").replace("probe", "pro‸be"));
    const made = rename(a, position, "other");
    expect("edits" in made && made.edits.length).toBe(1);
  });

  test.each([
    ["the kernel's", session('\tbpf_printk("%d", skb->le‸n);'), "x", "does not declare it"],
    ["a helper", session("\tbpf_ktime_get‸_ns();"), "x", "does not declare it"],
    ["no name", session("\treturn 1‸;"), "x", "no name here"],
    ["a new name that is none", "int co‸unt;", "1x", "'1x' is no name"],
    ["a new name that is taken", "int co‸unt; int other;", "other", "already"],
    ["a member of a map's definition", 'struct { __uint(ty‸pe, 2); } m SEC(".maps");', "x", "a map's definition"],
    [
      "a field of a marked struct",
      "struct sk_buff { int l‸en; } __attribute__((preserve_access_index));",
      "x",
      "kernel's",
    ],
    ["a kfunc", "extern void bpf_rcu_read_‸lock(void) __ksym;", "x", "the loader binds"],
    ["a name in a macro", "int co‸unt;\n#define C count\nint f(void) { return C; }", "x", "the macro C"],
  ])("%s is refused", (_what, text, name, why) => {
    const { a, position } = opened(text);
    const made = rename(a, position, name);
    expect("why" in made ? made.why : "").toContain(why);
  });

  test("a name in a header is refused", () => {
    const { a, position } = opened('#include "x.h"\nint f(void) { return oth‸er; }', {
      "/p/x.h": "static int other;\n",
    });
    const found = renaming(a, position);
    expect("why" in found ? found.why : "").toContain("/p/x.h");
  });
});

describe("signatures", () => {
  test.each([
    [
      "a helper",
      session("\tbpf_probe_read_kernel(‸"),
      "long bpf_probe_read_kernel(void *dst, u32 size, const void *unsafe_ptr)",
      0,
    ],
    ["the second argument", session("\tbpf_probe_read_kernel(a, ‸"), "bpf_probe_read_kernel", 1],
    ["behind an inner call", session("\tbpf_probe_read_kernel(f(1, 2), ‸"), "bpf_probe_read_kernel", 1],
    ["the inner call", session("\tbpf_probe_read_kernel(bpf_session_cookie(‸"), "bpf_session_cookie(void *ctx)", 0],
    ["a kfunc", session("\tbpf_session_is_return(‸);"), "bool bpf_session_is_return(void *ctx)", 0],
    [
      "a function of the file",
      "static int add(int a, long b) { return a; }\nint f(void) { return add(1, ‸); }",
      "int add(int a, long b)",
      1,
    ],
    ["a macro of the language", session("\tbpf_printk(‸"), "bpf_printk(", 0],
    ["variable arguments", session('\tbpf_trace_printk("", 1, 2, 3, ‸'), "bpf_trace_printk", 2],
  ])("%s", (_what, source, label, argument) => {
    const { a, position } = opened(source);
    const help = signatureHelp(a, position);
    expect(help?.signatures[0]?.label).toContain(label);
    expect(help?.activeParameter).toBe(argument);
  });

  test("each parameter is a part of the label", () => {
    const { a, position } = opened(session("\tbpf_probe_read_kernel(‸"));
    const [signature] = signatureHelp(a, position)!.signatures;
    const parts = signature!.parameters!.map(({ label }) =>
      signature!.label.slice(label[0] as number, label[1] as number),
    );
    expect(parts).toEqual(["void *dst", "u32 size", "const void *unsafe_ptr"]);
  });

  test.each([
    ["no call", session("\tint x = (‸")],
    ["a statement", session("\tif (‸")],
  ])("none in %s", (_what, source) => {
    const { a, position } = opened(source);
    expect(signatureHelp(a, position)).toBeUndefined();
  });
});
