/** Which programs need a licence: what the file leaves out is added only where the kernel asks for it. */
import { expect, test } from "vitest";
import { compile } from "../../src/driver/compile.ts";
import { readObject } from "../../src/elf/reader.ts";
import { embeddedKernel } from "../support/kernel.ts";

const kernel = embeddedKernel();

function licence(text: string): readonly [warned: boolean, text: string | undefined] {
  const made = compile(text, { kernel, fileName: "p.bpf.c" });
  const found = made.object && readObject(made.object).sections.find(({ name }) => name === "license");
  const warned = made.diagnostics.some(({ code }) => code === "-Wlicense");
  return [warned, found?.bytes && new TextDecoder().decode(found.bytes).replace(/\0+$/, "")];
}

test.each([
  [
    "fields of the context",
    'SEC("xdp") int p(struct xdp_md *c) { return c->data_end - c->data > 9 ? XDP_PASS : XDP_DROP; }',
  ],
  ["a socket of the context", 'SEC("tc") int p(struct __sk_buff *c) { return c->sk ? c->sk->family : 0; }'],
  [
    "headers in a packet",
    'SEC("xdp") int p(struct xdp_md *c) { struct ethhdr *e = (void *)(long)c->data; if ((void *)(e + 1) > (void *)(long)c->data_end) return XDP_PASS; return e->h_proto & 1; }',
  ],
  ["a helper for all", 'SEC("xdp") int p(struct xdp_md *c) { return bpf_get_smp_processor_id() & 1; }'],
])("none for %s", (_, text) => expect(licence(text)).toEqual([false, undefined]));

test.each([
  ["a kernel struct", 'u32 n; SEC("fentry/icmp_rcv") int BPF_PROG(p, struct sk_buff *skb) { n = skb->len; return 0; }'],
  ["a kfunc", 'SEC("fsession/icmp_rcv") int BPF_PROG(p) { return bpf_session_is_return(ctx) ? 0 : 0; }'],
  [
    "a kernel struct beside packets",
    'SEC("cgroup_skb/egress") int p(struct __sk_buff *c) { struct bpf_sock *s = c->sk; struct tcp_sock *t; if (!s) return 1; t = bpf_skc_to_tcp_sock(s); return t ? t->snd_cwnd & 1 : 1; }',
  ],
  ["a helper of the GPL", 'SEC("xdp") int p(struct xdp_md *c) { bpf_printk("x"); return 0; }'],
])("GPL for %s", (_, text) => expect(licence(text)).toEqual([true, "GPL"]));
