/** The packed extension: whole, complete, and with a server that answers, on a machine and in a browser. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Worker } from "node:worker_threads";
import { inflateRawSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "bpfasm-vsix-"));
const files = new Map<string, Buffer>();

/** Files of an archive by its central directory. */
function unzip(bytes: Buffer): void {
  const end = bytes.lastIndexOf("PK\x05\x06");
  let at = bytes.readUInt32LE(end + 16);
  for (let n = bytes.readUInt16LE(end + 10); n > 0; n--) {
    const [packed, nameLength] = [bytes.readUInt32LE(at + 20), bytes.readUInt16LE(at + 28)];
    const local = bytes.readUInt32LE(at + 42);
    const name = bytes.toString("utf8", at + 46, at + 46 + nameLength);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    files.set(name, inflateRawSync(bytes.subarray(start, start + packed)));
    expect(files.get(name)!.length).toBe(bytes.readUInt32LE(at + 24));
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
}

beforeAll(() => {
  const made = spawnSync(process.execPath, ["editors/vscode/build.mjs"], { encoding: "utf8" });
  expect(made.stderr).toBe("");
  unzip(readFileSync("dist/bpfasm.vsix"));
  for (const [name, bytes] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("all that the manifest names is there", () => {
  const manifest = JSON.parse(files.get("extension/package.json")!.toString());
  const { languages, grammars } = manifest.contributes;
  const named = [manifest.main, manifest.browser, ...languages.map((l: { configuration: string }) => l.configuration)];
  const paths = [...named, ...grammars.map((g: { path: string }) => g.path)] as string[];
  expect(paths.filter((path) => !existsSync(join(folder, "extension", path)))).toEqual([]);
  expect(manifest.version).toBe(JSON.parse(readFileSync("package.json", "utf8")).version);
  expect(files.has("extension.vsixmanifest") && files.has("[Content_Types].xml")).toBe(true);
});

test("the same files give the same archive", async () => {
  const { zip } = (await import("../../editors/vscode/zip.mjs" as string)) as {
    zip: (files: readonly (readonly [string, Buffer])[]) => Buffer;
  };
  const given = [["a/ö.txt", Buffer.from("text ".repeat(99))] as const, ["empty", Buffer.alloc(0)] as const];
  expect(zip(given).equals(zip(given))).toBe(true);
});

test("the packed server runs where it lies", () => {
  const bin = join(folder, "extension/server/dist/bpfasm.js");
  writeFileSync(join(folder, "x.bpf"), "int x;\n");
  const made = spawnSync(process.execPath, [bin, "check", "x.bpf"], { cwd: folder, encoding: "utf8" });
  expect([made.status, made.stderr]).toEqual([0, ""]);
});

test("what runs in a browser asks for nothing of Node", () => {
  const asked = ["web.js", "web-server.js"].flatMap((name) => {
    const text = files.get(`extension/dist/${name}`)!.toString();
    return [...text.matchAll(/(?<!\.)require\("([^"]+)"\)/g)].map((m) => m[1]);
  });
  expect([...new Set(asked)]).toEqual(["vscode"]);
});

/** Gives the bundle the globals of a web worker. */
const shim = `
const { parentPort, workerData } = require("node:worker_threads");
globalThis.self = globalThis;
globalThis.postMessage = (message) => parentPort.postMessage(message);
const target = new EventTarget();
globalThis.addEventListener = (type, listener) => target.addEventListener(type, listener);
parentPort.on("message", (data) => {
  globalThis.onmessage?.({ data });
  target.dispatchEvent(Object.assign(new Event("message"), { data }));
});
require(workerData);
`;

test("the server in a worker answers", async () => {
  const worker = new Worker(shim, { eval: true, workerData: join(folder, "extension/dist/web-server.js") });
  const data = (end: string) => new Uint8Array(readFileSync(`data/vmlinux-7.2-x86.${end}`));
  worker.postMessage({ btf: data("btf"), index: data("idx") });
  const until = (fits: (m: { id?: number; method?: string }) => boolean) =>
    new Promise<Record<string, never>>((resolve, reject) => {
      worker.on("error", reject);
      worker.on("message", (message) => fits(message) && resolve(message));
    });
  const send = (message: object) => worker.postMessage({ jsonrpc: "2.0", ...message });
  const initialized = until(({ id }) => id === 1);
  send({ id: 1, method: "initialize", params: { processId: null, rootUri: null, capabilities: {} } });
  expect(await initialized).toMatchObject({ result: { serverInfo: { name: "bpfasm" } } });
  const told = until(({ method }) => method === "textDocument/publishDiagnostics");
  const uri = "vscode-test-web://mount/probe.bpf";
  send({ method: "initialized", params: {} });
  send({
    method: "textDocument/didOpen",
    params: { textDocument: { uri, languageId: "bpf", version: 1, text: "int x = nothing;\n" } },
  });
  expect(await told).toMatchObject({ params: { uri, diagnostics: [{ code: "E0201" }] } });
  const answered = until(({ id }) => id === 2);
  const textDocument = { uri: `${uri}.bpf` };
  const text = "struct sk_buff *x;\n";
  send({
    method: "textDocument/didOpen",
    params: { textDocument: { ...textDocument, languageId: "bpf", version: 1, text } },
  });
  send({ id: 2, method: "textDocument/definition", params: { textDocument, position: { line: 0, character: 9 } } });
  const [found] = ([(await answered).result] as unknown[]).flat() as { uri: string }[];
  expect(found?.uri).toBe("bpfasm-kernel:/struct-sk_buff.h");
  const shown = until(({ id }) => id === 3);
  send({ id: 3, method: "bpfasm/kernelText", params: { uri: found!.uri } });
  expect((await shown).result).toContain("unsigned int len;");
  await worker.terminate();
});
