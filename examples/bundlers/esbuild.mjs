// node esbuild.mjs && node out/main.js
import { esbuild as bpf } from "bpfasm/plugin";
import { build } from "esbuild";

await build({ entryPoints: ["main.js"], bundle: true, format: "esm", outdir: "out", plugins: [bpf()] });
