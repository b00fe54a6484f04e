import { describe, expect, test } from "vitest";
import { nearestSections, parseSection, sectionNames } from "../../src/kernel/sections.ts";

describe("section names", () => {
  test.each([
    // name                    type          attach type                       target             sleepable  needs BTF
    ["fsession/icmp_rcv", "TRACING", "BPF_TRACE_FSESSION", "icmp_rcv", false, true],
    ["fsession.s/__x64_sys_nanosleep", "TRACING", "BPF_TRACE_FSESSION", "__x64_sys_nanosleep", true, true],
    ["fsession", "TRACING", "BPF_TRACE_FSESSION", undefined, false, true],
    ["fsession.multi/tcp_*", "TRACING", "BPF_TRACE_FSESSION_MULTI", "tcp_*", false, false],
    ["fentry/nf_conntrack:f", "TRACING", "BPF_TRACE_FENTRY", "nf_conntrack:f", false, true],
    ["fmod_ret/security_file_open", "TRACING", "BPF_MODIFY_RETURN", "security_file_open", false, true],
    ["kprobe.session/tcp_*", "KPROBE", "BPF_TRACE_KPROBE_SESSION", "tcp_*", false, false],
    ["kprobe/do_exit", "KPROBE", undefined, "do_exit", false, false],
    ["lsm/file_open", "LSM", "BPF_LSM_MAC", "file_open", false, true],
    ["tp/sched/sched_switch", "TRACEPOINT", undefined, "sched/sched_switch", false, false],
    ["xdp", "XDP", "BPF_XDP", undefined, false, false],
    ["xdp/devmap", "XDP", "BPF_XDP_DEVMAP", undefined, false, false],
    ["cgroup_skb/ingress", "CGROUP_SKB", "BPF_CGROUP_INET_INGRESS", undefined, false, false],
    ["syscall", "SYSCALL", undefined, undefined, true, false],
  ] as const)("%s", (name, progType, attachType, target, sleepable, needsBtfTarget) => {
    const info = parseSection(name);
    expect(info).toMatchObject({ section: name, progType, sleepable, needsBtfTarget, optional: false });
    expect([info?.attachType, info?.target]).toEqual([attachType, target]);
  });

  test("a question mark only turns loading off", () => {
    expect(parseSection("?fsession/f")).toMatchObject({ optional: true, prefix: "fsession", target: "f" });
  });

  test.each(["fsesion/f", "fentryx", "xdp/x", "", "?", ".text", "license", "xdpx", "fsession.mult/f"])(
    "'%s' is none",
    (name) => {
      expect(parseSection(name)).toBeUndefined();
    },
  );

  test("every row is reachable by its own name", () => {
    for (const name of sectionNames()) expect(parseSection(name)?.prefix).toBe(name);
    expect(sectionNames()).toHaveLength(116);
  });

  test.each([
    ["fsesion/icmp_rcv", "fsession/icmp_rcv"],
    ["kprob/do_exit", "kprobe/do_exit"],
    ["xdq", "xdp"],
    ["cgroup_skb/ingres", "cgroup_skb/ingress"],
  ])("'%s' may be '%s'", (name, near) => {
    expect(nearestSections(name)).toContain(near);
  });
});
