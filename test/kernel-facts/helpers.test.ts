import { describe, expect, test } from "vitest";
import { helperById, helperByName, helperFor, helperNames } from "../../src/kernel/helpers.ts";
import { mapTypeById, mapTypeByName, mapTypes } from "../../src/kernel/maps.ts";
import type { SectionInfo } from "../../src/kernel/model.ts";
import { parseSection } from "../../src/kernel/sections.ts";

const section = (name: string): SectionInfo => parseSection(name)!;

describe("helpers", () => {
  test("prototype and argument kinds", () => {
    expect(helperByName("bpf_get_func_ret")).toMatchObject({
      id: 184,
      ret: { c: "long", kind: { base: "RET_INTEGER" } },
      args: [
        { c: "void *", name: "ctx", kind: { base: "ARG_PTR_TO_CTX", flags: [] } },
        {
          c: "u64 *",
          name: "value",
          kind: { base: "ARG_PTR_TO_MEM", size: 8, flags: expect.arrayContaining(["MEM_UNINIT"]) },
        },
      ],
    });
    expect(helperByName("bpf_trace_printk")).toMatchObject({ id: 6, variadic: true, gplOnly: true });
    expect(helperByName("bpf_trace_printk")!.args).toHaveLength(2);
    expect(helperByName("bpf_ringbuf_reserve")).toMatchObject({ acquires: true });
    expect(helperByName("bpf_d_path")!.args[0]!.kind.struct).toBe("path");
    expect(helperByName("bpf_loop")!.callback).toBe("sync");
    expect(helperByName("bpf_nothing")).toBeUndefined();
    expect(helperById(9999)).toBeUndefined();
  });

  test("every helper decodes in every variant", () => {
    expect(helperNames()).toHaveLength(211);
    const sections = [
      "fsession/f",
      "tp_btf/t",
      "iter/task",
      "kprobe/f",
      "kprobe.session/f",
      "xdp",
      "tc",
      "lsm/h",
      "lsm_cgroup/h",
    ];
    for (const name of helperNames()) {
      const { id } = helperByName(name)!;
      for (const s of sections) expect(helperFor(id, section(s))?.name ?? name).toBe(name);
    }
  });

  test.each([
    ["bpf_get_func_ret", "fsession/f", true],
    ["bpf_get_func_ret", "tp_btf/sched_switch", false],
    ["bpf_get_func_ret", "kprobe/f", false],
    ["bpf_get_func_arg", "fentry/f", true],
    ["bpf_get_func_arg", "tp_btf/sched_switch", true],
    ["bpf_redirect", "xdp", true],
    ["bpf_redirect", "fsession/f", false],
    ["bpf_map_lookup_elem", "xdp", true],
    ["bpf_get_func_ip", "kprobe/f", true],
  ] as const)("%s in %s: %s", (name, where, allowed) => {
    expect(helperFor(helperByName(name)!.id, section(where)) !== undefined).toBe(allowed);
  });

  test("the variant depends on the program", () => {
    const { id } = helperByName("bpf_get_task_stack")!;
    expect(helperFor(id, section("fentry/f"))!.mightSleep).toBe(false);
    expect(helperFor(id, section("fentry.s/f"))!.mightSleep).toBe(true);
    const stackid = helperByName("bpf_get_stackid")!.id;
    expect(helperFor(stackid, section("perf_event"))!.gplOnly).toBe(false);
    expect(helperFor(stackid, section("kprobe/f"))!.gplOnly).toBe(true);
  });
});

describe("map types", () => {
  test("by number and by name", () => {
    expect(mapTypes().map((m) => m.id)).toEqual(Array.from({ length: 35 }, (_, i) => i + 1));
    expect(mapTypeById(2)).toMatchObject({ name: "ARRAY", keySize: 4, lookupNull: "const", directValue: true });
    expect(mapTypeByName("BPF_MAP_TYPE_RINGBUF")).toMatchObject({ id: 27, access: "listed", keySize: 0 });
    expect(mapTypeByName("RINGBUF")!.helpers).toContain("ringbuf_reserve");
    expect(mapTypeByName("HASH")).not.toHaveProperty("keySize");
    expect(mapTypeById(0)).toBeUndefined();
  });
});
