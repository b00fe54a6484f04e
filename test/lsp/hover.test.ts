/** What hovers tell: names, layouts, sections, macros, instructions, states. */
import { expect, test } from "vitest";
import { hover } from "../../src/lsp/hover.ts";
import { opened, session } from "./support.ts";

function shown(source: string): string {
  const { a, position } = opened(source);
  const { contents } = hover(a, position) ?? { contents: "" };
  return typeof contents === "object" && "value" in contents ? contents.value : "";
}

test.each([
  ["a parameter", session('\tbpf_printk("%d", s‸kb->len);'), ["struct sk_buff *skb;", "parameter", "struct sk_buff, "]],
  [
    "a field",
    session('\tbpf_printk("%d", skb->l‸en);'),
    ["unsigned int len;", "of struct sk_buff in Linux 7.2", "CO-RE"],
  ],
  [
    "a field through a macro",
    session('\tbpf_printk("%d", BPF_CORE_READ(skb, dev, ifin‸dex));'),
    ["int ifindex;", "of struct net_device"],
  ],
  ["a helper", session("\tbpf_ktime_get_‸ns();"), ["bpf_ktime_get_ns(void)", "helper 5"]],
  [
    "what a map lends, and what it gives",
    session("\tbpf_map_lookup_ele‸m(0, 0);"),
    ["of a map of sockets: gives a reference", "may give NULL"],
  ],
  [
    "a kfunc",
    session("\tbpf_session_is_ret‸urn(ctx);"),
    ["bool bpf_session_is_return(void *ctx)", "kfunc of Linux 7.2"],
  ],
  ["a local", session('\tu64 no‸w = bpf_ktime_get_ns();\n\tbpf_printk("%llu", now);'), ["u64 now;", "local variable"]],
  ["a type", session("\tstruct ethh‸dr *eth = 0;"), ["struct ethhdr {", "h_proto", "14 bytes"]],
  ["a typedef", session("\tu3‸2 x = 1;"), ["typedef"]],
  ["an enumerator", session("\treturn BPF_O‸K;"), ["BPF_OK = 0", "enumerator"]],
  ["a macro of the language", session('\tbpf_prin‸tk("x");'), ["#define bpf_printk", "part of the language"]],
  ["a macro of the file", `#define LIM‸IT 7\nint x = LIMIT;`, ["#define LIMIT 7"]],
  [
    "a section",
    session("").replace("icmp_rcv", "icmp_‸rcv"),
    ["int icmp_rcv(struct sk_buff *skb);", "BPF_TRACE_FSESSION"],
  ],
  [
    "a member of the file's struct",
    "struct pair { int a; long ‸b; };\nstruct pair p;",
    ["long b;", "offset 8, 8 bytes of struct pair"],
  ],
  ["a program", session("").replace("probe", "pro‸be"), ["program in section fsession/icmp_rcv"]],
])("%s", (_what, source, parts) => {
  const text = shown(source);
  for (const part of parts) expect(text).toContain(part);
});

test("the instructions of a line, and the registers behind it", () => {
  const text = shown(session('\tu64 now = bpf_ktime_‸get_ns();\n\tbpf_printk("%llu", now);'));
  expect(text).toContain("2 instructions\n\n```bpf\ncall bpf_ktime_get_ns\nr3 = r0\n```");
  expect(text).toMatch(/registers after it, in `probe`[\s\S]*r0 = any number/);
});

test.each([
  ["nothing", "int x = 1‸;"],
  ["an empty text", "‸"],
  ["an unknown name", session("\treturn nothing_of_‸that;")],
])("%s has no hover", (_what, source) => {
  expect(shown(source)).toBe("");
});
