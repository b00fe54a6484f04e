// Runs objects in the guest under one activity, those of a file one after the other, and tells what was observed.
import { join } from "node:path";
import { boot } from "../../test/kernel/harness/guest.mjs";
import { project } from "../../test/kernel/harness/paths.mjs";
import { mapLimited } from "../../test/kernel/harness/process.mjs";
import { observe } from "./observe.mjs";
import { KERNEL } from "./sources.mjs";

const FILES_PER_BOOT = 12;
const BOOTS_AT_ONCE = 2;
const BOOT_SECONDS = 1500;
const FILE_SECONDS = 400;
const MARK = "--- object ";

const activity = join(project, "test/corpus/activity.sh");
const STEPS =
  "open x.o self load listen try-attach try-run shell 'sh ./activity.sh' counts detach records globals maps rings";

/** Process ids begin alike in every run, and everything stays on one processor. */
const runOne = (name) => `
echo "${MARK}${name}"
cp ${name} x.o
echo 20000 >/proc/sys/kernel/ns_last_pid
taskset 1 timeout 150 bpfrun ${STEPS}
echo "status $?"`;

const scriptOf = (names) => `
mkdir -p /boot && printf 'CONFIG_HZ=250\\nCONFIG_BPF_SYSCALL=y\\n' >/boot/config-$(uname -r)
mkdir -p /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup 2>/dev/null
${names.map(runOne).join("\n")}
true`;

/** The output of one boot's job, cut into what each object printed. */
function partsOf(output) {
  const parts = output.text.split(MARK).slice(1);
  return parts.map((text) => {
    const lines = text.split("\n").flatMap((line) => {
      try {
        return line.startsWith("{") ? [JSON.parse(line)] : [];
      } catch {
        return []; // broken up by the console
      }
    });
    const failed = lines.find((line) => line.step && line.error !== 0);
    const done = /^status 0$/m.test(text);
    const problem = failed ? `${failed.step}: ${failed.error} ${failed.said?.slice(-300) ?? ""}` : text.slice(-300);
    return { seen: observe(lines), lines, ...(!done && { problem }) };
  });
}

/** files: { path, objects: { name: object path } }[]; Map from path to what each object did, in their order. */
export async function runAll(files) {
  const results = new Map();
  const groups = Array.from({ length: Math.ceil(files.length / FILES_PER_BOOT) }, (_, at) =>
    files.slice(at * FILES_PER_BOOT, (at + 1) * FILES_PER_BOOT),
  );
  await mapLimited(groups, BOOTS_AT_ONCE, async (group) => {
    const jobs = group.map(({ objects }) => ({
      script: scriptOf(Object.keys(objects)),
      objects: { ...objects, "activity.sh": activity },
    }));
    const outputs = await boot(`${KERNEL}-amd64`, jobs, { seconds: BOOT_SECONDS, checkSeconds: FILE_SECONDS });
    for (const [at, output] of outputs.entries()) results.set(group[at].path, partsOf(output));
  });
  return results;
}
