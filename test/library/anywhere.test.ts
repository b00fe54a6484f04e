/** The library gives the command's bytes wherever it runs: in a worker thread, and in a browser page. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Browser, chromium } from "../view/chromium.ts";

const folder = mkdtempSync(join(tmpdir(), "bpfasm-anywhere-"));
const source = readFileSync("examples/cookie/cookie.bpf", "utf8");
let wanted: number[];

beforeAll(() => {
  const output = join(folder, "cookie.o");
  const ran = spawnSync(process.execPath, [
    "dist/bpfasm.js",
    "build",
    "-w",
    "examples/cookie/cookie.bpf",
    "-o",
    output,
  ]);
  expect(ran.status).toBe(0);
  wanted = [...readFileSync(output)];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("in a worker thread", async () => {
  const code = `
    const { parentPort, workerData } = require("node:worker_threads");
    (async () => {
      const { compile } = await import(workerData.root + "/dist/index.js");
      const { embeddedKernel } = await import(workerData.root + "/dist/node.js");
      parentPort.postMessage(compile(workerData.source, { kernel: embeddedKernel(), fileName: "cookie.bpf" }).object);
    })();`;
  const worker = new Worker(code, { eval: true, workerData: { root: resolve("."), source } });
  const object = await new Promise<Uint8Array>((done, fail) => {
    worker.on("message", done).on("error", fail);
  });
  await worker.terminate();
  expect([...object]).toEqual(wanted);
});

const types: Readonly<Record<string, string>> = { js: "text/javascript", html: "text/html" };

/** The package's files, on this machine alone. */
function serve(): Promise<Server> {
  const server = createServer(({ url = "/" }, answer) => {
    const name = /^\/(?:dist|data)\/[\w.-]+$/.test(url) ? url.slice(1) : undefined;
    answer.setHeader(
      "content-type",
      types[url.split(".").at(-1)!] ?? (name ? "application/octet-stream" : "text/html"),
    );
    answer.end(name ? readFileSync(name) : "<!doctype html><title>bpfasm</title><link rel=icon href=data:,>");
  });
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done(server)));
}

test.runIf(chromium)("in a browser page", async () => {
  const server = await serve();
  const browser = await Browser.start();
  try {
    const page = await browser.open(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const object = await page.evaluate<number[]>(`(async () => {
      const { compile, kernelFromBtf } = await import("/dist/index.js");
      const read = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer());
      const kernel = kernelFromBtf({
        arch: "x86",
        btf: await read("/data/vmlinux-7.2-x86.btf"),
        index: await read("/data/vmlinux-7.2-x86.idx"),
      });
      return [...compile(${JSON.stringify(source)}, { kernel, fileName: "cookie.bpf" }).object];
    })()`);
    expect(object).toEqual(wanted);
    expect(page.complaints).toEqual([]);
  } finally {
    await browser.stop();
    server.close();
  }
});
