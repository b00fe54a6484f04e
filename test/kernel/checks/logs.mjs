// Logs that kernels write when they refuse the failing examples of docs/errors: `explain --log` names the page's code.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command, project } from "../harness/paths.mjs";
import { run } from "../harness/process.mjs";

const folder = join(project, "docs/errors");
const FAILS = /## Example that fails\n\n```c\n([\s\S]*?)```/;
const WORD = /^=== page (E\d+)$/m;

/** What a log alone cannot tell apart, and what a kernel tells of before it comes to the page's rule. */
const like = { E0511: ["E0517"], E0515: ["E0512"], E0516: ["E0574"], E0548: ["E0546"] };

/** Sources of the verifier's pages, sessions made entry programs for kernels without sessions. */
function pages(sessions) {
  return readdirSync(folder).flatMap((name) => {
    const source = /^E05\d\d\.md$/.test(name) ? FAILS.exec(readFileSync(join(folder, name), "utf8"))?.[1] : undefined;
    const calls = /bpf_session_/.test(source ?? "");
    if (source === undefined || (!sessions && calls)) return [];
    return [[name.slice(0, 5), sessions ? source : source.replaceAll("fsession/", "fentry/")]];
  });
}

/** The objects, built here so that pages that do not build are left out. */
async function objects(sessions, host) {
  const built = {};
  for (const [code, source] of pages(sessions)) {
    const [file, object] = [join(host, `${code}.bpf`), join(host, `${code}.o`)];
    writeFileSync(file, source);
    const made = await run(process.execPath, [command, "build", "--no-verify", "-w", file, "-o", object]);
    if (made.status === 0) built[`${code}.o`] = object;
  }
  return built;
}

const script = `
for object in *.o; do
  echo "=== page \${object%.o}"
  timeout 20 bpftool -d prog loadall $object /sys/fs/bpf/refused autoattach 2>&1
done
true`;

async function explained(log, host) {
  const file = join(host, "a.log");
  writeFileSync(file, log);
  const { stdout } = await run(process.execPath, [command, "explain", "--log", file, "--json"]);
  return stdout === "" ? undefined : JSON.parse(stdout).finding.code;
}

/** `least`: so many of the pages must be refused there, and all of those for the page's reason. */
function check(place, sessions, least) {
  let built;
  return {
    name: `logs of ${place} are explained by the pages' codes`,
    kernels: [place],
    compilers: ["bpfasm"],
    files: () => {
      built = mkdtempSync(join(tmpdir(), "bpfasm-pages-"));
      return objects(sessions, built);
    },
    script,
    expect: async (output) => {
      const host = mkdtempSync(join(tmpdir(), "bpfasm-logs-"));
      const parts = output.text.split(WORD).slice(1);
      const wrong = [];
      let named = 0;
      for (let i = 0; i < parts.length; i += 2) {
        const code = await explained(parts[i + 1], host);
        if (code === undefined) continue;
        if ([parts[i], ...(like[parts[i]] ?? [])].includes(code)) named++;
        else wrong.push(`${parts[i]} is told as ${code}`);
      }
      rmSync(host, { recursive: true });
      if (built) rmSync(built, { recursive: true });
      assert.deepEqual(wrong, []);
      assert.ok(named >= least, `only ${named} of ${parts.length / 2} pages are refused and explained`);
    },
  };
}

export default [check("7.2-amd64", true, 40), check("6.1-amd64", false, 30)];
