/** A file that takes long: the built command answers while it is analysed, and gives up what is out of date. */
import { type ChildProcess, spawn } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";

const program = (n: number): string => `SEC("fsession/icmp_rcv")
int BPF_PROG(probe_${n}, struct sk_buff *skb)
{
	u64 *cookie = bpf_session_cookie(ctx);

	if (!bpf_session_is_return(ctx)) {
		*cookie = bpf_ktime_get_ns() + skb->len + __LINE__;
		return 0;
	}
	bpf_printk("took %llu", bpf_ktime_get_ns() - *cookie);
	return 0;
}
`;
const head = 'char LICENSE[] SEC("license") = "GPL";\n';
/** So many that an analysis takes seconds on any machine. A new line changes them all: none is known from before. */
const COUNT = 1500;
const source = head + Array.from({ length: COUNT }, (_, n) => program(n)).join("");
const uri = "file:///nowhere/huge.bpf";
const textDocument = { uri };
/** `skb->len` of the first program. */
const field = { line: 7, character: 39 };

let server: ChildProcess;
let editor: MessageConnection;
/** Versions whose diagnostics were told, and names of requests that were answered, in their order. */
const events: (number | string)[] = [];
let told = (): void => {};
const until = async (event: number | string): Promise<void> => {
  while (!events.includes(event))
    await new Promise<void>((resolve) => {
      told = resolve;
    });
};
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const note = (event: number | string): void => {
  events.push(event);
  told();
};

beforeAll(async () => {
  server = spawn(process.execPath, ["dist/bpfasm.js", "lsp"], { stdio: ["pipe", "pipe", "inherit"] });
  editor = createMessageConnection(new StreamMessageReader(server.stdout!), new StreamMessageWriter(server.stdin!));
  editor.onNotification("textDocument/publishDiagnostics", ({ version }: { version: number }) => note(version));
  editor.listen();
  await editor.sendRequest("initialize", { processId: null, rootUri: null, capabilities: {} });
  await editor.sendNotification("initialized", {});
  await editor.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId: "bpf", version: 1, text: source },
  });
  await until(1);
}, 120_000);
afterAll(() => {
  editor?.dispose();
  server?.kill();
});

const change = (version: number, line: number, text: string) =>
  editor.sendNotification("textDocument/didChange", {
    textDocument: { uri, version },
    contentChanges: [{ range: { start: { line, character: 0 }, end: { line, character: 0 } }, text }],
  });
const ask = async (name: string, method: string, more: object = {}): Promise<string> => {
  const answer = JSON.stringify(await editor.sendRequest(`textDocument/${method}`, { textDocument, ...more }));
  note(name);
  return answer;
};
/** The server waits for a pause in typing of at most 300 ms; then it computes. */
const underWay = () => pause(500);

test("what was known is told at once, at the places where it is now; the rest waits", async () => {
  await change(2, 1, "// one line more\n");
  await underWay();
  const lenses = ask("lenses 2", "codeLens");
  const here = { line: field.line + 1, character: field.character };
  const [hover, definition, references, completion] = await Promise.all([
    ask("hover", "hover", { position: here }),
    ask("definition", "definition", { position: here }),
    ask("references", "references", { position: { line: 5, character: 8 }, context: { includeDeclaration: true } }),
    ask("completion", "completion", { position: { line: here.line, character: here.character + 1 } }),
  ]);
  expect(events).not.toContain(2);
  expect(hover).toContain("unsigned int len");
  expect(JSON.parse(hover).range.start).toEqual({ line: 8, character: 38 });
  expect(definition).toContain("sk_buff");
  expect(references.match(/"start":\{"line":\d+/g)).toEqual([5, 8, 11].map((n) => `"start":{"line":${n}`));
  expect(completion).toContain("data_len");
  expect((await lenses).match(/insns|instructions/g)?.length).toBe(COUNT);
  await until(2);
}, 120_000);

test("an analysis that is out of date is given up", async () => {
  await change(3, 1, "// another\n");
  await underWay();
  await change(4, 1, "// and one more\n");
  await underWay();
  await change(5, 2, "// and another\n");
  await until(5);
  expect(events).not.toContain(3);
  expect(events).not.toContain(4);
}, 120_000);

test("a request that nobody waits for is dropped", async () => {
  await change(6, 1, "// more\n");
  await underWay();
  const { CancellationTokenSource } = await import("vscode-languageserver/node");
  const source = new CancellationTokenSource();
  const asked = editor.sendRequest("textDocument/semanticTokens/full", { textDocument }, source.token);
  await pause(50);
  source.cancel();
  await expect(asked).rejects.toThrow("nobody wants to know");
  expect(events).not.toContain(6);
});
