/** The grammar that editors colour by, run by the engine that VS Code has. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { beforeAll, expect, test } from "vitest";
import oniguruma from "vscode-oniguruma";
import textmate, { type IGrammar } from "vscode-textmate";

const path = "editors/vscode/syntaxes/bpf.tmLanguage.json";
let grammar: IGrammar;

beforeAll(async () => {
  const wasm = createRequire(import.meta.url).resolve("vscode-oniguruma/release/onig.wasm");
  await oniguruma.loadWASM(readFileSync(wasm));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (sources) => new oniguruma.OnigScanner(sources),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => textmate.parseRawGrammar(readFileSync(path, "utf8"), path),
  });
  grammar = (await registry.loadGrammar("source.bpf"))!;
});

/** The scopes of the last line's tokens, by their text. */
function scopes(text: string): Map<string, string> {
  let stack = textmate.INITIAL;
  let found = new Map<string, string>();
  for (const line of text.split("\n")) {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, stack);
    stack = ruleStack;
    found = new Map(tokens.map((t) => [line.slice(t.startIndex, t.endIndex), t.scopes.slice(1).join(" ")]));
  }
  return found;
}

test.each([
  ['SEC("fsession/icmp_rcv")', "fsession", "entity.name.tag.section"],
  ['SEC("fsession/icmp_rcv")', "icmp_rcv", "entity.name.section.target"],
  ['SEC("?xdp")', "?", "keyword.operator.optional"],
  ["int BPF_PROG(probe, struct sk_buff *skb)", "probe", "entity.name.function.program"],
  ["int BPF_PROG(probe, struct sk_buff *skb)", "struct", "storage.type"],
  ["u64 *cookie = bpf_session_cookie(ctx);", "bpf_session_cookie", "kfunc.session"],
  ["u64 *cookie = bpf_session_cookie(ctx);", "u64", "storage.type.built-in"],
  ["x = bpf_ktime_get_ns();", "bpf_ktime_get_ns", "support.function.helper"],
  ["return skb->len + 0x1fUL;", "len", "variable.other.member"],
  ["return skb->len + 0x1fUL;", "0x1fUL", "constant.numeric"],
  ["return skb->len + 0x1fUL;", "return", "keyword.control"],
  ["/* one\n two", " two", "comment.block"],
  ["x; // SEC", "// SEC", "comment.line"],
  ['bpf_printk("took %llu\\n", x);', "%llu", "constant.other.placeholder"],
  ['bpf_printk("took %llu\\n", x);', "\\n", "constant.character.escape"],
  ["#include <vmlinux.h>", "<vmlinux.h>", "string.quoted.include"],
  ["#define LIMIT 7", "LIMIT", "entity.name.function.preprocessor"],
  ["#define A \\\nreturn", "return", "meta.preprocessor.define"],
  ['x = "not closed\nreturn 1;', "return", "keyword.control"],
])("%s: %s", (text, word, scope) => {
  expect(scopes(text).get(word)).toContain(scope);
});

test("examples leave no construct open", () => {
  for (const name of ["cookie/cookie.bpf", "latency/latency.bpf.c", "packet-record/packet-record.bpf.c"]) {
    let stack = textmate.INITIAL;
    for (const line of readFileSync(`examples/${name}`, "utf8").split("\n"))
      stack = grammar.tokenizeLine(line, stack).ruleStack;
    expect([name, stack.depth]).toEqual([name, 1]);
  }
});
