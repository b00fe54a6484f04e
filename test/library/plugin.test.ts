/** `import object from "./probe.bpf"` through each bundler: the command's bytes, errors in place, headers watched. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build as esbuildBuild } from "esbuild";
import { rolldown } from "rolldown";
import { build as viteBuild } from "vite";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { compileFile } from "../../src/cli/library.ts";
import { esbuild, rollup, vite } from "../../src/cli/plugin.ts";
import { bad, good } from "../cli/run.ts";
import { embeddedKernel } from "../support/kernel.ts";

const kernel = embeddedKernel();

const folder = mkdtempSync(join(tmpdir(), "bpfasm-plugin-"));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(() => {
  writeFileSync(at("own.h"), "#define ZERO 0\n");
  writeFileSync(at("probe.bpf"), `#include "own.h"\n${good.replace("return 0", "return ZERO")}`);
  writeFileSync(
    at("main.js"),
    'import object, { programs } from "./probe.bpf";\nexport default { object, programs };\n',
  );
});

type Bundle = () => Promise<string>;

/** The text of the bundle that each makes of `main.js`. */
const bundlers: Readonly<Record<string, Bundle>> = {
  esbuild: async () => {
    const options = {
      entryPoints: [at("main.js")],
      bundle: true,
      write: false,
      format: "esm" as const,
      logLevel: "silent" as const,
    };
    return (await esbuildBuild({ ...options, plugins: [esbuild({ kernel })] })).outputFiles![0]!.text;
  },
  "Rollup's interface": async () => {
    const bundle = await rolldown({ input: at("main.js"), plugins: [rollup({ kernel })] });
    return (await bundle.generate({ format: "esm" })).output[0].code;
  },
  Vite: async () => {
    const lib = { entry: at("main.js"), formats: ["es" as const], fileName: "main" };
    const made = await viteBuild({
      root: folder,
      configFile: false,
      logLevel: "silent",
      plugins: [vite({ kernel })],
      build: { lib, write: false },
    });
    return (made as { output: { code: string }[] }[])[0]!.output[0]!.code;
  },
};

describe.each(Object.entries(bundlers))("%s", (name, bundle) => {
  test("imports the object's bytes and the programs' names", async () => {
    const file = at(`${name.replace(/\W/g, "")}.mjs`);
    writeFileSync(file, await bundle());
    const { default: made } = (await import(/* @vite-ignore */ `file://${file}?${Date.now()}`)) as {
      default: { object: Uint8Array; programs: string[] };
    };
    expect(Buffer.from(made.object).equals(compileFile(at("probe.bpf"), { kernel }).object!)).toBe(true);
    expect(made.programs).toEqual(["probe"]);
  });

  test("tells an error with its place", async () => {
    writeFileSync(at("probe.bpf"), bad);
    const error = await bundle().then(
      () => undefined,
      (problem: Error) => problem,
    );
    expect(error?.message).toContain("E0206");
    expect(error?.message).toMatch(/probe\.bpf:10:\d+/);
  });
});

test("esbuild is told the headers to watch", async () => {
  const made = await esbuildBuild({
    entryPoints: [at("main.js")],
    bundle: true,
    write: false,
    metafile: true,
    plugins: [
      {
        name: "looks on",
        setup(build) {
          esbuild({ kernel }).setup({
            onLoad: (options, load) =>
              build.onLoad(options, (args) => {
                const result = load(args);
                expect(result.watchFiles).toEqual([at("probe.bpf"), at("own.h")]);
                return result;
              }),
          });
        },
      },
    ],
  });
  expect(made.errors).toEqual([]);
});

test("the types of imports are in the package", () => {
  expect(readFileSync("src/cli/client.d.ts", "utf8")).toContain('declare module "*.bpf"');
});
