// How time and memory grow with the size of the input: made-up programs, ten times as large from one row to the next.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const LICENSE = 'char LICENSE[] SEC("license") = "GPL";\n';
const times = (count, text) => Array.from({ length: count }, (_, i) => text(i)).join("");

const functions = (count) =>
  LICENSE +
  times(
    count,
    (i) => `SEC("tc") int f${i}(struct __sk_buff *skb)
{
    u32 len = skb->len;

    if (len > ${(i % 1000) + 1})
        return bpf_get_prandom_u32() & 1;
    return len * ${(i % 7) + 3};
}
`,
  );

const statement = (i) =>
  ["a += skb->mark ^ N;", "b = b * 3 + a;", "if (a > N) b ^= N;", "total += b;"][i % 4].replaceAll("N", i);

const statements = (count) => `${LICENSE}u64 total;
SEC("tc") int f(struct __sk_buff *skb)
{
    u64 a = skb->len, b = 1;
${times(count, (i) => `    ${statement(i)}\n`)}    return a + b;
}
`;

const instruction = (i) => ["r1 = N", "r2 += r1", "r3 = r2", "r3 ^= N"][i % 4].replace("N", i);
const code = (count) => [...Array.from({ length: count - 2 }, (_, i) => instruction(i)), "r0 = 0", "exit"];

const assembly = (count) => `${LICENSE}SEC("tc") __naked int f(void)
{
    asm volatile(
${code(count)
  .map((line) => `        "${line};"\n`)
  .join("")}    );
}
`;

/** What grows, up to which size; `beside` writes the same for llvm-mc. */
const SERIES = [
  { name: "functions", sizes: [10, 100, 1000, 10_000], quick: 100, make: functions, options: [] },
  { name: "statements of one function", sizes: [10, 100, 1000, 10_000, 20_000], quick: 100, make: statements },
  { name: "lines of assembly", sizes: [1000, 10_000, 100_000, 1_000_000], quick: 1000, make: assembly, lines: code },
];

const worker = fileURLToPath(new URL("./compile-one.mjs", import.meta.url));

function ours(file) {
  // The verifier follows paths, of which there may be a million however short the program: it has bars of its own.
  const { status, stdout, stderr } = spawnSync(process.execPath, [worker, file, "--no-verify"], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  const made = JSON.parse(stdout);
  if (!made.made) throw new Error(`${file}: ${made.problem}`);
  return made;
}

/** User time of llvm-mc-19 in ms. */
function theirs(folder, lines) {
  const file = join(folder, "growth.s");
  writeFileSync(file, `f:\n${lines.map((line) => `  ${line}\n`).join("")}`);
  const command = 'TIMEFORMAT=%U; time llvm-mc-19 -arch=bpf -mcpu=v4 -filetype=obj "$0" -o "$0.o"';
  const { stderr } = spawnSync("bash", ["-c", command, file], { encoding: "utf8" });
  return Number(stderr) * 1000;
}

/** [{ name, rows: [{ size, ms, mb, perItem, growth, theirs }] }]; `growth` is time an item beside the row before. */
export function growth(folder, quick, haveLlvm) {
  return SERIES.map(({ name, sizes, quick: most, make, lines }) => {
    const rows = [];
    for (const size of sizes.filter((n) => !quick || n <= most)) {
      const file = join(folder, "growth.bpf");
      writeFileSync(file, make(size));
      // The best of a few: the small ones are over before the compiler of JavaScript has woken up.
      const runs = Array.from({ length: size <= 1000 && !quick ? 3 : 1 }, () => ours(file));
      const best = runs.reduce((a, b) => (a.ms < b.ms ? a : b));
      const before = rows[rows.length - 1];
      const perItem = best.ms / size;
      const peer = lines && haveLlvm ? theirs(folder, lines(size)) : undefined;
      rows.push({ size, ...best, perItem, growth: before && perItem / before.perItem, theirs: peer });
    }
    return { name, rows };
  });
}
