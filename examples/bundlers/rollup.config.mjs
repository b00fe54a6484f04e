// npx rollup -c rollup.config.mjs && node out/main.js
import { rollup as bpf } from "bpfasm/plugin";

export default { input: "main.js", output: { dir: "out", format: "es" }, plugins: [bpf()] };
