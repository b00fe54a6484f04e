// npx vite build && node out/main.js
import { vite as bpf } from "bpfasm/plugin";

export default {
  plugins: [bpf()],
  build: { outDir: "out", lib: { entry: "main.js", formats: ["es"], fileName: () => "main.js" } },
};
