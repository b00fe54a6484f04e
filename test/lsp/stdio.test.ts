/** A real session with the built command over its standard input and output. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { session } from "./support.ts";

interface Published {
  readonly uri: string;
  readonly version?: number;
  readonly diagnostics: readonly { readonly code?: string; readonly message: string }[];
}

let folder = "";
let server: ChildProcess;
let editor: MessageConnection;
const published: Published[] = [];
let told = (): void => {};

/** The first publication that fits, of those to come or already there. */
async function diagnostics(fits: (p: Published) => boolean): Promise<Published> {
  for (;;) {
    const found = published.findLast(fits);
    if (found) return found;
    await new Promise<void>((resolve) => {
      told = resolve;
    });
  }
}

const license = 'char LICENSE[] SEC("license") = "GPL";\n';
const source = session('\tu64 now = bpf_ktime_get_ns();\n\tbpf_printk("%llu %d", now, skb->len);') + license;
const uriOf = (name: string): string => pathToFileURL(join(folder, name)).href;
const open = (name: string, text: string) =>
  editor.sendNotification("textDocument/didOpen", {
    textDocument: { uri: uriOf(name), languageId: "bpf", version: 1, text },
  });
const at = (name: string, line: number, character: number) => ({
  textDocument: { uri: uriOf(name) },
  position: { line, character },
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "bpfasm-lsp-"));
  server = spawn(process.execPath, ["dist/bpfasm.js", "lsp", "--stdio"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, BPFASM_CACHE: join(folder, "cache") },
  });
  editor = createMessageConnection(new StreamMessageReader(server.stdout!), new StreamMessageWriter(server.stdin!));
  editor.onNotification("textDocument/publishDiagnostics", (p: Published) => {
    published.push(p);
    told();
  });
  editor.listen();
  const answer = (await editor.sendRequest("initialize", { processId: null, rootUri: null, capabilities: {} })) as {
    capabilities: object;
    serverInfo: object;
  };
  expect(answer.serverInfo).toMatchObject({ name: "bpfasm" });
  expect(answer.capabilities).toMatchObject({ hoverProvider: true, renameProvider: { prepareProvider: true } });
  await editor.sendNotification("initialized", {});
});

afterAll(() => {
  editor?.dispose();
  server?.kill();
  rmSync(folder, { recursive: true, force: true });
});

test("edits change what is told", async () => {
  await open("probe.bpf", source);
  expect((await diagnostics((p) => p.uri === uriOf("probe.bpf"))).diagnostics).toEqual([]);
  await editor.sendNotification("textDocument/didChange", {
    textDocument: { uri: uriOf("probe.bpf"), version: 2 },
    contentChanges: [{ range: { start: { line: 4, character: 23 }, end: { line: 4, character: 26 } }, text: "then" }],
  });
  const { diagnostics: found } = await diagnostics((p) => p.version === 2);
  expect(found.map((d) => d.code)).toEqual(["E0201"]);
  await editor.sendNotification("textDocument/didChange", {
    textDocument: { uri: uriOf("probe.bpf"), version: 3 },
    contentChanges: [{ text: source }],
  });
  expect((await diagnostics((p) => p.version === 3)).diagnostics).toEqual([]);
});

test.each([
  ["hover", at("probe.bpf", 4, 34), /unsigned int len/],
  ["completion", at("probe.bpf", 4, 36), /data_len/],
  ["signatureHelp", at("probe.bpf", 4, 14), /bpf_printk/],
  ["documentSymbol", { textDocument: { uri: "" } }, /probe/],
  ["foldingRange", { textDocument: { uri: "" } }, /startLine/],
  ["semanticTokens/full", { textDocument: { uri: "" } }, /data/],
  ["codeLens", { textDocument: { uri: "" } }, /processed: accepted/],
  ["documentHighlight", at("probe.bpf", 3, 6), /"line":4/],
])("textDocument/%s", async (method, params, wanted) => {
  const textDocument = { uri: uriOf("probe.bpf") };
  expect(JSON.stringify(await editor.sendRequest(`textDocument/${method}`, { ...params, textDocument }))).toMatch(
    wanted,
  );
});

test("inlay hints, and the listing beside", async () => {
  const textDocument = { uri: uriOf("probe.bpf") };
  const range = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
  const hints = await editor.sendRequest("textDocument/inlayHint", { textDocument, range });
  expect(JSON.stringify(hints)).toMatch(/\d insns/);
  const beside = (await editor.sendRequest("bpfasm/bytecode", textDocument)) as { text: string };
  expect(beside.text).toContain("call bpf_ktime_get_ns");
});

test("the kernel's types are files that nobody can write", async () => {
  const where = (await editor.sendRequest("textDocument/definition", at("probe.bpf", 4, 36))) as {
    uri: string;
    range: { start: { line: number } };
  };
  const path = fileURLToPath(where.uri);
  expect(readFileSync(path, "utf8").split("\n")[where.range.start.line]).toContain("unsigned int len;");
  expect(statSync(path).mode & 0o222).toBe(0);
});

test("a renaming that cannot be is refused with its reason", async () => {
  const made = await editor.sendRequest("textDocument/rename", { ...at("probe.bpf", 3, 6), newName: "start" });
  expect(JSON.stringify(made)).toContain('"newText":"start"');
  const refused = editor.sendRequest("textDocument/rename", { ...at("probe.bpf", 4, 36), newName: "x" });
  await expect(refused).rejects.toThrow("does not declare it");
});

test("flags come from the project", async () => {
  writeFileSync(join(folder, "bpfasm.json"), '{ "flags": ["-I", "inc", "-DWANTED=7", "-Wall"] }');
  await open("flags.bpf", '_Static_assert(WANTED == 7, "");\nstatic int unused;\n');
  const { diagnostics: found } = await diagnostics((p) => p.uri === uriOf("flags.bpf"));
  expect(found.map((d) => d.code)).toEqual(["-Wunused-variable"]);
  writeFileSync(join(folder, "bpfasm.json"), '{ "flags": ["-fsanitize=address"] }');
  await open("wrong.bpf", "int x;\n");
  expect((await diagnostics((p) => p.uri === uriOf("wrong.bpf"))).diagnostics[0]?.message).toContain("-fsanitize");
  writeFileSync(join(folder, "bpfasm.json"), '{ "flags": ["--kernel", "old", "--btf", "missing"] }');
  await open("kernel.bpf", "struct sk_buff *x;\n");
  const told = (await diagnostics((p) => p.uri === uriOf("kernel.bpf"))).diagnostics.map((d) => d.message);
  expect(told).toEqual([expect.stringContaining("missing"), expect.stringContaining("not 'old'")]);
  rmSync(join(folder, "bpfasm.json"));
  const entry = { directory: folder, file: "db.bpf", command: `clang -DWANTED="8" -O2 -c db.bpf -o db.bpf.o` };
  writeFileSync(join(folder, "compile_commands.json"), JSON.stringify([entry]));
  await open("db.bpf", '_Static_assert(WANTED == 8, "");\n');
  expect((await diagnostics((p) => p.uri === uriOf("db.bpf"))).diagnostics).toEqual([]);
});

test("unsaved headers count, and changes of them are seen", async () => {
  await open("x.h", "#define N 1\n");
  await open("user.bpf", '#include "x.h"\n_Static_assert(N == 2, "");\n');
  expect((await diagnostics((p) => p.uri === uriOf("user.bpf"))).diagnostics.length).toBe(1);
  published.length = 0;
  await editor.sendNotification("textDocument/didChange", {
    textDocument: { uri: uriOf("x.h"), version: 2 },
    contentChanges: [{ text: "#define N 2\n" }],
  });
  expect((await diagnostics((p) => p.uri === uriOf("user.bpf"))).diagnostics).toEqual([]);
});

test("it ends when nobody speaks to it any more", async () => {
  const alone = spawn(process.execPath, ["dist/bpfasm.js", "lsp"], { stdio: ["pipe", "pipe", "inherit"] });
  const other = createMessageConnection(new StreamMessageReader(alone.stdout), new StreamMessageWriter(alone.stdin));
  other.listen();
  await other.sendRequest("initialize", { processId: process.pid, rootUri: null, capabilities: {} });
  const ended = new Promise((resolve) => alone.once("exit", resolve));
  alone.stdin.end();
  expect(await ended).toBe(0);
  other.dispose();
});

test("what is no message is passed over", async () => {
  for (const text of ["null", "[]", "5", '"x"', "{"])
    server.stdin!.write(`Content-Length: ${text.length}\r\n\r\n${text}`);
  await editor.sendNotification("textDocument/didOpen", { textDocument: { uri: uriOf("odd.bpf") } });
  await open("after.bpf", source);
  expect((await diagnostics((p) => p.uri === uriOf("after.bpf"))).diagnostics).toEqual([]);
});

test("a kernel that a build brings later is seen", async () => {
  mkdirSync(join(folder, "later"));
  writeFileSync(join(folder, "later/bpfasm.json"), JSON.stringify({ flags: ["--btf", "vmlinux.btf"] }));
  const codes = async (name: string) => {
    await open(name, "int x;\n");
    return (await diagnostics((p) => p.uri === uriOf(name))).diagnostics.map((d) => d.message.match(/E\d+/)?.[0]);
  };
  expect(await codes("later/a.bpf")).toEqual(["E0701"]);
  writeFileSync(join(folder, "later/vmlinux.btf"), "no types");
  expect(await codes("later/b.bpf")).toEqual(["E0317"]);
  writeFileSync(join(folder, "later/vmlinux.btf"), readFileSync("data/vmlinux-7.2-x86.btf"));
  expect(await codes("later/c.bpf")).toEqual([]);
});

test("a project's -include is found in its folder", async () => {
  mkdirSync(join(folder, "forced"));
  writeFileSync(join(folder, "forced/bpfasm.json"), JSON.stringify({ flags: ["-include", "first.h"] }));
  writeFileSync(join(folder, "forced/first.h"), "#define FORCED 1\n");
  await open("forced/a.bpf", `${license}SEC("xdp") int probe(struct xdp_md *ctx) { return FORCED; }\n`);
  expect((await diagnostics((p) => p.uri === uriOf("forced/a.bpf"))).diagnostics).toEqual([]);
});

test("it ends when it is told to", async () => {
  const ended = new Promise((resolve) => server.once("exit", resolve));
  await editor.sendRequest("shutdown");
  await editor.sendNotification("exit");
  expect(await ended).toBe(0);
  expect(existsSync(folder)).toBe(true);
});
