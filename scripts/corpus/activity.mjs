// Runs objects in the guest under one activity, those of a file one after the other, and tells what was observed.
import { join } from "node:path";
import { boot } from "../../test/kernel/harness/guest.mjs";
import { project } from "../../test/kernel/harness/paths.mjs";
import { mapLimited } from "../../test/kernel/harness/process.mjs";
import { KERNEL } from "./sources.mjs";

const FILES_PER_BOOT = 12;
const BOOTS_AT_ONCE = 2;
const BOOT_SECONDS = 1800;
const FILE_SECONDS = 600;
const MARK = "--- object ";

const activity = join(project, "test/corpus/activity.sh");

/** A step with its word, which the shell leaves alone. */
const quoted = (step) => step.replace(/ (.*)$/, " '$1'");

/** Everything is done once before programs are attached: what is different after that is their doing. */
const stepsOf = ({ target, before = [], after = [] }, name) => [
  ...(target ? [`open target-${name} load open x.o target ${target}`] : ["open x.o"]),
  ...before.map(quoted),
  "self load listen",
  ...after,
  "act globals maps rings mark attach try-attach try-run redirect act",
  "shell 'sh ./activity.sh' counts detach records globals maps rings",
];

/** Process ids begin alike in every run, and everything stays on one processor. */
const runOne = (file, name) => `
echo "${MARK}${name}"
cp ${name} x.o
echo 20000 >/proc/sys/kernel/ns_last_pid
taskset 1 timeout 150 bpfrun ${stepsOf(file, name).join(" ")}
echo "status $?"`;

const scriptOf = (file) => `
mkdir -p /boot && printf 'CONFIG_HZ=250\\nCONFIG_BPF_SYSCALL=y\\n' >/boot/config-$(uname -r)
mkdir -p /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup 2>/dev/null
sh ./devices.sh
${Object.keys(file.objects)
  .filter((name) => !name.startsWith("target-"))
  .map((name) => runOne(file, name))
  .join("\n")}
true`;

function parse(line) {
  try {
    return line.startsWith("{") ? [JSON.parse(line)] : [];
  } catch {
    return []; // broken up by the console
  }
}

/** The output of one boot's job, cut into what each object printed: { lines, problem? } for each. */
function partsOf(output) {
  const parts = output.text.split(MARK).slice(1);
  return parts.map((text) => {
    const lines = text.split("\n").flatMap(parse);
    const failed = lines.find((line) => line.step && line.error !== 0);
    const done = /^status 0$/m.test(text);
    const problem = failed ? `${failed.step}: ${failed.error} ${failed.said?.slice(-300) ?? ""}` : text.slice(-300);
    return { lines, ...(!done && { problem }) };
  });
}

/** files: { path, objects: { name: object path }, ...row }[]; Map from path to what each object did, in their order. */
export async function runAll(files) {
  const results = new Map();
  const groups = Array.from({ length: Math.ceil(files.length / FILES_PER_BOOT) }, (_, at) =>
    files.slice(at * FILES_PER_BOOT, (at + 1) * FILES_PER_BOOT),
  );
  const devices = join(project, "test/corpus/devices.sh");
  await mapLimited(groups, BOOTS_AT_ONCE, async (group) => {
    const jobs = group.map((file) => ({
      script: scriptOf(file),
      objects: { ...file.objects, "activity.sh": activity, "devices.sh": devices },
    }));
    const outputs = await boot(`${KERNEL}-amd64`, jobs, { seconds: BOOT_SECONDS, checkSeconds: FILE_SECONDS });
    for (const [at, output] of outputs.entries()) results.set(group[at].path, partsOf(output));
  });
  return results;
}
