// Bundles the command and the library into dist/.
import { chmodSync, rmSync } from "node:fs";
import { build } from "esbuild";

rmSync("dist", { recursive: true, force: true });
const common = {
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  minify: true,
  legalComments: "none",
  logLevel: "warning",
};

// The command: each sub-command loads its own chunks. yargs is partly CommonJS and wants a `require`.
await build({
  ...common,
  entryPoints: { bpfasm: "src/cli/main.ts" },
  outdir: "dist",
  splitting: true,
  chunkNames: "chunk-[hash]",
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as nodeCreateRequire } from 'node:module'; const require = nodeCreateRequire(import.meta.url);",
  },
});
chmodSync("dist/bpfasm.js", 0o755);

// The library: the core for any place that runs JavaScript, and the part for Node.
await build({
  ...common,
  platform: "neutral",
  mainFields: ["module", "main"],
  entryPoints: ["src/driver/index.ts"],
  outfile: "dist/index.js",
});
await build({ ...common, entryPoints: ["src/cli/library.ts"], outfile: "dist/node.js" });
