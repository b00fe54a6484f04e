// From a keystroke to its diagnostics: a file of 300 lines, edited in a real server over its standard input and output.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
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

const line = source.split("\n").findIndex((row) => row.includes("u32 key = 0;"));
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
  const range = { start: { line, character: 11 }, end: { line, character: 12 } };
  const text = String(round % 10);
  const start = performance.now();
  send({
    method: "textDocument/didChange",
    params: { textDocument: { uri, version }, contentChanges: [{ range, text }] },
  });
  const { params } = await until(
    ({ method, params: p }) => method === "textDocument/publishDiagnostics" && p.version === version,
  );
  times.push(performance.now() - start);
  if (params.diagnostics.some((d) => d.severity === 1)) throw new Error(JSON.stringify(params.diagnostics));
}
const spent = before === undefined ? undefined : ((computed() - before) * 10) / ROUNDS;
server.kill();

times.sort((a, b) => a - b);
const ms = (t) => `${t.toFixed(1)} ms`;
const median = times[times.length >> 1];
console.log("| Language server | |");
console.log("| --- | --- |");
console.log(`| a file of ${source.split("\n").length - 1} lines is opened | ${ms(first)} |`);
console.log(`| keystroke to diagnostics, median of ${ROUNDS} | ${ms(median)} (bar: ${BAR} ms) |`);
if (spent !== undefined) console.log(`| of which computing, all threads | ${ms(spent)} |`);
console.log(`| the slowest of ten | ${ms(times[Math.floor(times.length * 0.9)])} |`);
process.exitCode = median > BAR && !process.argv.includes("--quick") ? 1 : 0;
