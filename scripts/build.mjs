// Bundles the command and the library into dist/.
import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, readFileSync, rmSync } from "node:fs";
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

// The command is one script, so that what V8 compiles of it can be kept (src/cli/code-cache.ts); of its modules, those that
// only one sub-command needs run when that one is called.
await build({
  ...common,
  format: "cjs",
  entryPoints: ["src/cli/run.ts"],
  outfile: "dist/command.cjs",
  alias: { "string-width": "./src/cli/text-width.ts" },
  define: { "import.meta.url": "bundleUrl" },
  banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
});
const id = createHash("sha256").update(readFileSync("dist/command.cjs")).digest("hex").slice(0, 16);

// What starts it: small, because `--version` needs no more.
await build({
  ...common,
  entryPoints: { bpfasm: "src/cli/main.ts" },
  outdir: "dist",
  splitting: true,
  chunkNames: "chunk-[hash]",
  define: { BUNDLE_ID: JSON.stringify(id) },
  banner: { js: "#!/usr/bin/env node" },
});
chmodSync("dist/bpfasm.js", 0o755);

// The library: the core and the views for any place that runs JavaScript, the parts for Node beside them.
await build({
  ...common,
  platform: "neutral",
  mainFields: ["module", "main"],
  external: ["node:*"],
  entryPoints: {
    index: "src/driver/index.ts",
    view: "src/view/index.ts",
    node: "src/cli/library.ts",
    plugin: "src/cli/plugin.ts",
  },
  outdir: "dist",
  splitting: true,
  chunkNames: "chunk-[hash]",
});
copyFileSync("src/cli/client.d.ts", "dist/client.d.ts");
