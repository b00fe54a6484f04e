// Packs the package, installs it into an empty project, and uses it there as a stranger would: by import, by command, by
// TypeScript, by a bundler. Ends with "N passed, N failed".
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");
const work = mkdtempSync(join(tmpdir(), "bpfasm-package-"));
const project = join(work, "project");
let passed = 0;
let failed = 0;

const check = (name, isRight, more = "") => {
  if (isRight) passed++;
  else failed++;
  console.log(`${isRight ? "ok  " : "FAIL"} ${name}${isRight ? "" : `\n${more}`}`);
};
const run = (cwd, command, ...args) => {
  const ran = spawnSync(command, args, { cwd, encoding: "utf8" });
  return { code: ran.status, text: ran.stdout + ran.stderr, out: ran.stdout };
};

const packed = run(root, "npm", "pack", "--pack-destination", work);
const tarball = readdirSync(work).find((name) => name.endsWith(".tgz"));
check("npm pack", packed.code === 0 && tarball !== undefined, packed.text);

const publint = join(root, "node_modules/publint/src/cli.js");
const linted = run(root, process.execPath, publint, "run", join(work, tarball ?? ""), "--strict");
check("publint", linted.code === 0, linted.text);

mkdirSync(project);
writeFileSync(join(project, "package.json"), '{ "name": "stranger", "version": "1.0.0", "type": "module" }\n');
const installed = run(project, "npm", "install", "--no-audit", "--no-fund", join(work, tarball ?? ""));
check("npm install", installed.code === 0, installed.text);

const probe = `char LICENSE[] SEC("license") = "GPL";
SEC("fsession/icmp_rcv")
int BPF_PROG(probe, struct sk_buff *skb)
{
	bpf_printk("%u", skb->len);
	return 0;
}
`;
writeFileSync(join(project, "probe.bpf"), probe);
writeFileSync(
  join(project, "use.mjs"),
  `import { readFileSync } from "node:fs";
import { compile, inspect, verify } from "bpfasm";
import { compileFile, embeddedKernel } from "bpfasm/node";
import { draw } from "bpfasm/view";
import * as plugin from "bpfasm/plugin";
const kernel = embeddedKernel("arm64");
const { object } = compile(readFileSync("probe.bpf", "utf8"), { kernel });
console.log(inspect(object, { kernel }).programs[0].name, verify(object, { kernel }).verdicts[0].verdict);
console.log(compileFile("probe.bpf").object.length > 500, typeof draw, Object.keys(plugin).sort().join(" "));
`,
);
const used = run(project, process.execPath, "use.mjs");
check("import", used.out === "probe accepted\ntrue function esbuild rollup vite\n", used.text);

const built = run(project, "npx", "--no-install", "bpfasm", "build", "probe.bpf");
check("the command", built.code === 0 && readFileSync(join(project, "probe.bpf.o")).length > 500, built.text);
const explained = run(project, "npx", "--no-install", "bpfasm", "explain", "E0206");
check("its pages", explained.out.startsWith("# E0206"), explained.text);

const byNode = ["--module", "nodenext"];
const byBundler = ["--module", "esnext", "--moduleResolution", "bundler"];
const typed = (name, source, modules = byNode) => {
  writeFileSync(join(project, name), source);
  const options = ["--noEmit", "--strict", "--target", "es2022", ...modules, "--types", "bpfasm/client"];
  return run(project, process.execPath, join(root, "node_modules/typescript/bin/tsc"), ...options, name);
};
const rightUse = `import { compile, inspect, kernelFromBtf, type Compilation, type Inspection } from "bpfasm";
import { embeddedKernel } from "bpfasm/node";
import { page } from "bpfasm/view";
import { vite } from "bpfasm/plugin";
import object, { programs } from "./probe.bpf";
const made: Compilation = compile("", { kernel: embeddedKernel(), cpu: "v4" });
const seen: Inspection = inspect(made.object ?? object);
const names: readonly string[] = [...programs, ...seen.programs.map((one) => one.name), vite().name];
export { kernelFromBtf, names, page };
`;
const right = typed("right.ts", rightUse);
check("types of right use", right.code === 0, right.text);
const bundled = typed("bundled.ts", rightUse, byBundler);
check("types as bundlers find them", bundled.code === 0, bundled.text);
const required = typed("required.cts", 'import { compile } from "bpfasm";\nexport const made = compile;\n');
check("types where the package is required", required.code === 0, required.text);
const folder = join(project, "node_modules/bpfasm/dist/types");
const all = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".d.ts"));
const imports = all.map((path) => `import "./node_modules/bpfasm/dist/types/${path}";\n`);
const whole = typed("whole.ts", imports.join(""));
check("types of all that is handed on", imports.length > 100 && whole.code === 0, whole.text);
const wrong = typed(
  "wrong.ts",
  `import { compile } from "bpfasm";
import { embeddedKernel } from "bpfasm/node";
export const made: number = compile("", { kernel: embeddedKernel(), cpu: "v9" });
`,
);
check("types of wrong use", wrong.code !== 0 && wrong.text.includes("v9"), wrong.text);

// The bundlers' example, with the bundlers that bpfasm itself is developed with.
cpSync(join(root, "examples/bundlers"), join(project, "bundlers"), { recursive: true });
cpSync(join(root, "examples/cookie"), join(project, "cookie"), { recursive: true });
for (const name of ["esbuild", "@esbuild", "vite", "rolldown"])
  symlinkSync(join(root, "node_modules", name), join(project, "node_modules", name));
const bundlers = {
  esbuild: ["esbuild.mjs"],
  Vite: [join(root, "node_modules/vite/bin/vite.js"), "build"],
  "Rollup's interface": [join(root, "node_modules/rolldown/bin/cli.mjs"), "-c", "rollup.config.mjs"],
};
for (const [name, args] of Object.entries(bundlers)) {
  const folder = join(project, "bundlers");
  rmSync(join(folder, "out"), { recursive: true, force: true });
  const made = run(folder, process.execPath, ...args);
  const shown = run(folder, process.execPath, "out/main.js");
  check(`a bundle by ${name}`, /^fsession__icmp_rcv: \d+ bytes\n$/.test(shown.out), made.text + shown.text);
}

rmSync(work, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
