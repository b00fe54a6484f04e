/** The core must run where there is no Node: it bundles for a browser. */
import { build } from "esbuild";
import { expect, test } from "vitest";

test("the core bundles for a browser", async () => {
  const made = await build({
    entryPoints: ["src/driver/index.ts"],
    bundle: true,
    write: false,
    platform: "browser",
    format: "esm",
    logLevel: "silent",
  });
  expect(made.errors).toEqual([]);
  expect(made.outputFiles[0]!.text).not.toContain('from "node:');
});
