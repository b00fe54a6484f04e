/** Kconfig values that only the loader knows decide nothing here, for either side may be dead in the kernel. */
import { expect, test } from "vitest";
import { compile } from "../../src/driver/compile.ts";
import { embeddedKernel } from "../support/kernel.ts";

const kernel = embeddedKernel("x86");
const compiled = (condition: string) =>
  compile(
    `extern bool CONFIG_NOT_THERE __kconfig __weak;
extern int LINUX_KERNEL_VERSION __kconfig;
static long (*const no_helper)(void) = (void *)9999;
SEC("tc") int f(struct __sk_buff *skb) { return ${condition} ? no_helper() : 0; }`,
    { kernel },
  );

test.each([
  ["CONFIG_NOT_THERE", [], "unknown"],
  ["LINUX_KERNEL_VERSION < KERNEL_VERSION(5, 0, 0)", [], "unknown"],
  ["skb->len", ["E0545"], "rejected"],
])("%s", (condition, codes, verdict) => {
  const { diagnostics, verdicts } = compiled(condition);
  expect(diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code)).toEqual(codes);
  expect(verdicts.map((one) => one.verdict)).toEqual([verdict]);
});
