/** What completion offers, on text that is being written and seldom whole. */
import { describe, expect, test } from "vitest";
import { completion } from "../../src/lsp/completion.ts";
import { marked, options, session } from "./support.ts";

function offered(source: string): { labels: string[]; incomplete: boolean; details: Map<string, string | undefined> } {
  const { text, position } = marked(source);
  const { items, isIncomplete } = completion(text, position, options());
  return {
    labels: items.map(({ label }) => label),
    incomplete: isIncomplete,
    details: new Map(items.map(({ label, detail }) => [label, detail])),
  };
}

describe("members", () => {
  test.each([
    ["behind an arrow, with nothing else", session("\tskb->‸")],
    ["with letters written", session("\tskb->da‸")],
    ["in a call that is open", session('\tbpf_printk("%d", skb->‸')],
    ["in a whole call", session('\tbpf_printk("%d", skb->le‸n);')],
    ["of a cast", session("\t((struct sk_buff *)skb)->‸")],
    ["in a macro of CO-RE", session("\tint x = BPF_CORE_READ(skb, ‸);")],
    ["in a condition", session("\tif (skb->‸) {\n\t}")],
    ["with mistakes around", session("\tint x = ;\n\tfoo(;\n\tskb->‸\n\tif (")],
  ])("%s", (_what, source) => {
    const { labels, details } = offered(source);
    expect(labels).toEqual(expect.arrayContaining(["len", "data_len", "sk", "dev"]));
    expect(details.get("len")).toBe("unsigned int len");
  });

  test("of a struct of the file, by a dot", () => {
    expect(offered("struct p { int a; union { int b; long c; }; };\nint f(struct p q) { return q.‸; }").labels).toEqual(
      ["a", "b", "c"],
    );
  });

  test("none of a number", () => {
    expect(offered(session("\tint x = 1;\n\tx.‸")).labels).toEqual([]);
  });
});

describe("names", () => {
  test.each([
    ["a local and a parameter", session("\tint skip = 1;\n\treturn sk‸"), ["skip", "skb"]],
    ["a helper", session("\tbpf_map_‸"), ["bpf_map_lookup_elem", "bpf_map_update_elem"]],
    ["a kfunc", session("\tbpf_session_‸"), ["bpf_session_cookie", "bpf_session_is_return"]],
    ["a macro", "SE‸", ["SEC"]],
    ["a type", session("\tsize‸"), ["size_t", "sizeof"]],
    ["a struct of the kernel", session("\tstruct sk_bu‸"), ["sk_buff"]],
    ["a struct of the file first", "struct sk_own { int a; };\nstruct sk_o‸", ["sk_own"]],
    [
      "a function of the file",
      "static int helper_one(void) { return 1; }\nint f(void) { return help‸; }",
      ["helper_one"],
    ],
    ["a global", "int counter;\nint f(void) { return cou‸", ["counter"]],
  ])("%s", (_what, source, wanted) => {
    expect(offered(source).labels).toEqual(expect.arrayContaining(wanted));
  });

  test("no local of another function", () => {
    const labels = offered("int f(void) { int inner_one = 1; return inner_one; }\nint g(void) { return inn‸; }").labels;
    expect(labels).not.toContain("inner_one");
  });

  test("nothing in comments and strings", () => {
    expect(offered("// bpf_‸").labels).toEqual([]);
    expect(offered("/* bpf_‸ */").labels).toEqual([]);
    expect(offered(session('\tbpf_printk("bpf_‸");')).labels).toEqual([]);
  });
});

describe("sections", () => {
  test.each([
    ["all of them", 'SEC("‸")', ["fsession/", "fentry/", "kprobe/", "xdp"]],
    ["by prefix", 'SEC("fse‸', ["fsession/", "fsession.s/"]],
    ["functions behind the slash", 'SEC("fsession/icmp_r‸")', ["icmp_rcv", "icmp_redirect"]],
    ["tracepoints", 'SEC("tp_btf/sched_swi‸")', ["sched_switch"]],
    ["hooks", 'SEC("lsm/file_op‸")', ["file_open"]],
    ["iterators", 'SEC("iter/bpf_m‸")', ["bpf_map"]],
  ])("%s", (_what, source, wanted) => {
    expect(offered(source).labels).toEqual(expect.arrayContaining(wanted));
  });

  test("nothing that the kernel would refuse", () => {
    expect(offered('SEC("fsession/do_exi‸")').labels).not.toContain("do_exit");
  });

  test("a short prefix gives part of what there is", () => {
    expect(offered('SEC("fentry/‸")').incomplete).toBe(true);
  });
});
