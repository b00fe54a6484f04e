/** The object does not tell where, when and by whom it was built. */
import { expect, test } from "vitest";
import { folder, good } from "./run.ts";

const header = "static int doubled(int n)\n{\n    return n * 2;\n}\n";
const source = `#include "doubled.h"\n${good.replace("return 0;", 'bpf_printk("%d", doubled(skb->len));\n    return 0;')}`;

function build(name: string, env: Readonly<Record<string, string>>, ...options: readonly string[]): Buffer {
  const f = folder();
  f.put(name, source);
  f.put(name.replace(/[^/]*$/, "doubled.h"), header);
  const ran = f.runWith(env, "build", name, "-o", "out.o", ...options);
  expect([ran.code, ran.err]).toEqual([0, ""]);
  return f.read("out.o");
}

test("the same source gives the same bytes", () => {
  const first = build("probe.bpf", {});
  expect(build("probe.bpf", {})).toEqual(first);
  expect(build("deep/er/probe.bpf", {})).toEqual(first);
  expect(build("probe.bpf", { TZ: "Asia/Tokyo", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" })).toEqual(first);
  expect(build("probe.bpf", { USER: "somebody", HOME: "/nowhere", TMPDIR: "/tmp", FORCE_COLOR: "1" })).toEqual(first);
});

test("the warnings' options do not reach the object", () => {
  expect(build("probe.bpf", {}, "-Werror", "--no-verify")).toEqual(build("probe.bpf", {}));
});
