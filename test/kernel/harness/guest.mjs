// Runs many checks in one boot: a folder for each with its objects and script, and a frame around what each prints.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Output } from "./output.mjs";
import { fetch, kernelTests } from "./paths.mjs";
import { run } from "./process.mjs";

const CHECK_SECONDS = 90;
const MARK = "=== check";
const PANIC = "Kernel panic - not syncing";
const ATTEMPTS = 3;

const script = (index, checkSeconds) => `
echo "${MARK} ${index} begins"
(cd ${index} && timeout ${checkSeconds} sh ./check.sh 2>&1)
status=$?
echo
echo "${MARK} ${index} ends: $status"`;

/**
 * jobs: { script, objects: { name: path } }[]. Resolves to an Output for each; a job that never ended has status -1.
 * `seconds` bounds the whole boot and `checkSeconds` each job where the usual bounds are too tight.
 * `counting`: the guest's clock counts machine instructions.
 */
export async function boot(kernel, jobs, { seconds, checkSeconds = CHECK_SECONDS, counting = false } = {}) {
  const [version, arch] = kernel.split("-");
  const folder = mkdtempSync(join(tmpdir(), "bpfasm-job-"));
  try {
    writeJob(folder, arch, jobs, checkSeconds);
    const env = {
      ...process.env,
      ...(seconds && { BPFASM_BOOT_SECONDS: String(seconds) }),
      ...(counting && { BPFASM_BOOT_COUNT: "1" }),
    };
    // now and then a kernel panics in the emulator, before it comes to the job or within it; what is to blame panics again
    let result;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      result = await run(join(kernelTests, "vm", "boot"), [version, arch, folder], { env });
      if (result.stdout.includes(`${MARK} 0 begins`) && !result.stdout.includes(PANIC)) break;
    }
    return jobs.map((_, index) => outputOf(result, index));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeJob(folder, arch, jobs, checkSeconds) {
  copyFileSync(fetch("bpfrun", arch), join(folder, "bpfrun"));
  jobs.forEach((job, index) => {
    const own = join(folder, String(index));
    mkdirSync(own);
    for (const [name, path] of Object.entries(job.objects)) copyFileSync(path, join(own, name));
    writeFileSync(join(own, "check.sh"), `${job.script.trim()}\n`);
  });
  const lines = [
    "chmod +x /job/bpfrun",
    "export PATH=/job:$PATH",
    ...jobs.map((_, index) => script(index, checkSeconds)),
  ];
  writeFileSync(join(folder, "run.sh"), `${lines.join("\n")}\n`);
}

function outputOf({ stdout, stderr }, index) {
  const start = stdout.indexOf(`${MARK} ${index} begins\n`);
  const end = new RegExp(`^${MARK} ${index} ends: (\\d+)$`, "m").exec(stdout);
  if (start < 0) return new Output(-1, index === 0 ? stderr : "the guest ended before this check began");
  if (!end)
    return new Output(-1, `the guest ended before this check did\n${stdout.slice(start).slice(-2000)}\n${stderr}`);
  const text = stdout.slice(stdout.indexOf("\n", start) + 1, end.index);
  return new Output(Number(end[1]), text);
}
