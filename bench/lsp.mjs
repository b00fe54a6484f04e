// From a keystroke to its diagnostics: a file of 300 lines, edited in a real server over its standard input and output.
// From a save to the object: the cookie example under `bpfasm build --watch`.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const ROUNDS = process.argv.includes("--quick") ? 15 : 60;
const BAR = 50;

const program = (n) => `SEC("fsession/icmp_rcv")
int BPF_PROG(probe_${n}, struct sk_buff *skb)
{
	u64 *cookie = bpf_session_cookie(ctx);
	u32 key = ${n};
	u64 *count;

	if (!bpf_session_is_return(ctx)) {
		*cookie = bpf_ktime_get_ns();
		return 0;
	}
	count = bpf_map_lookup_elem(&counts, &key);
	if (count)
		__sync_fetch_and_add(count, skb->len);
	bpf_printk("took %llu", bpf_ktime_get_ns() - *cookie);
	return 0;
}
`;
const head = `char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 64);
	__type(key, u32);
	__type(value, u64);
} counts SEC(".maps");
`;
const source = head + Array.from({ length: 17 }, (_, n) => program(n)).join("\n");

const server = spawn(process.execPath, ["dist/bpfasm.js", "lsp"], { stdio: ["pipe", "pipe", "inherit"] });
const send = (message) => {
  const text = JSON.stringify({ jsonrpc: "2.0", ...message });
  server.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
};

let buffer = Buffer.alloc(0);
let arrived = () => {};
server.stdout.on("data", (chunk) => {
  buffer = Buffer.concat([buffer, chunk]);
  for (;;) {
    const end = buffer.indexOf("\r\n\r\n");
    if (end === -1) return;
    const length = Number(/Content-Length: (\d+)/.exec(buffer.subarray(0, end).toString())[1]);
    if (buffer.length < end + 4 + length) return;
    const message = JSON.parse(buffer.subarray(end + 4, end + 4 + length).toString());
    buffer = buffer.subarray(end + 4 + length);
    arrived(message);
  }
});
const until = (fits) =>
  new Promise((resolve) => {
    arrived = (message) => fits(message) && resolve(message);
  });

const uri = pathToFileURL(join(tmpdir(), "bpfasm-bench-probe.bpf")).href;
send({ id: 1, method: "initialize", params: { processId: null, rootUri: null, capabilities: {} } });
await until(({ id }) => id === 1);
send({ method: "initialized", params: {} });
const opened = performance.now();
send({
  method: "textDocument/didOpen",
  params: { textDocument: { uri, languageId: "bpf", version: 1, text: source } },
});
await until(({ method }) => method === "textDocument/publishDiagnostics");
const first = performance.now() - opened;

const lineOf = (n) => source.split("\n").findIndex((row) => row.includes(`u32 key = ${n};`));
/** One keystroke in each round: a digit is typed, then taken back, in one program after the other. */
const keystroke = (round) => {
  const n = (round >> 1) % 17;
  const at = { line: lineOf(n), character: `\tu32 key = ${n}`.length };
  const end = { ...at, character: at.character + (round % 2) };
  return { range: { start: at, end }, text: round % 2 ? "" : String(round % 10) };
};
const times = [];
// Hundredths of a second that the server has computed for, all its threads together; undefined where there is no /proc.
const computed = () => {
  try {
    const fields = readFileSync(`/proc/${server.pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return undefined;
  }
};
const before = computed();
for (let round = 0; round < ROUNDS; round++) {
  const version = round + 2;
  const change = keystroke(round);
  const start = performance.now();
  send({
    method: "textDocument/didChange",
    params: { textDocument: { uri, version }, contentChanges: [change] },
  });
  const { params } = await until(
    ({ method, params: p }) => method === "textDocument/publishDiagnostics" && p.version === version,
  );
  times.push(performance.now() - start);
  if (params.diagnostics.some((d) => d.severity === 1)) throw new Error(JSON.stringify(params.diagnostics));
}
const spent = before === undefined ? undefined : ((computed() - before) * 10) / ROUNDS;
server.kill();

/** Milliseconds from each save to the end of its build. */
async function savesUnderWatch(rounds) {
  const folder = mkdtempSync(join(tmpdir(), "bpfasm-bench-"));
  const [file, object] = [join(folder, "probe.bpf"), join(folder, "probe.bpf.o")];
  const text = readFileSync("examples/cookie/cookie.bpf", "utf8");
  writeFileSync(file, text);
  const watching = spawn(process.execPath, ["dist/bpfasm.js", "build", "--watch", file, "-o", object]);
  let built = () => {};
  watching.stderr.on("data", (chunk) => {
    if (/ failed in /.test(chunk)) throw new Error(String(chunk));
    if (/ built in /.test(chunk)) built();
  });
  const nextBuild = () =>
    new Promise((resolve) => {
      built = () => resolve(performance.now());
    });
  const rest = () => new Promise((resolve) => setTimeout(resolve, 60));
  await nextBuild();
  const took = [];
  for (let round = 0; round < rounds; round++) {
    await rest();
    const end = nextBuild();
    const start = performance.now();
    writeFileSync(file, text.replace("return 0;", `return ${round % 2 ? "0" : "1 - 1"}; // ${round}`));
    took.push((await end) - start);
  }
  watching.kill();
  rmSync(folder, { recursive: true });
  return took;
}
const saves = await savesUnderWatch(ROUNDS >> 1);

const ms = (t) => `${t.toFixed(1)} ms`;
const sorted = (all) => all.sort((a, b) => a - b);
const middle = (all) => sorted(all)[all.length >> 1];
const slow = (all) => sorted(all)[Math.floor(all.length * 0.9)];
console.log("| Language server | |");
console.log("| --- | --- |");
console.log(`| a file of ${source.split("\n").length - 1} lines is opened | ${ms(first)} |`);
console.log(`| keystroke to diagnostics, median of ${ROUNDS} | ${ms(middle(times))} (bar: ${BAR} ms) |`);
if (spent !== undefined) console.log(`| of which computing, all threads | ${ms(spent)} |`);
console.log(`| the slowest of ten | ${ms(slow(times))} |`);
console.log("| **`build --watch`** | |");
console.log(`| save to object, median of ${saves.length} | ${ms(middle(saves))} (bar: ${BAR} ms) |`);
console.log(`| the slowest of ten | ${ms(slow(saves))} |`);
const late = Math.max(middle(times), middle(saves)) > BAR;
process.exitCode = late && !process.argv.includes("--quick") ? 1 : 0;
