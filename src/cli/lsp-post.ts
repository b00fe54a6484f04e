/**
 * The editor's messages, read in a thread of their own: they are there to be looked at while the server computes, which a
 * thread that is busy could not read.
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageReader,
  type MessageWriter,
} from "vscode-languageserver/node";
import type { Post } from "../lsp/post.ts";

/** Runs in the thread: cuts standard input into messages by their `Content-Length`, and ends with `null`. */
const readerScript = `
const { workerData: port } = require("node:worker_threads");
const { createReadStream } = require("node:fs");
const { Socket } = require("node:net");
function open() {
  try {
    return new Socket({ fd: 0, readable: true, writable: false });
  } catch {
    return createReadStream("", { fd: 0 });
  }
}
let rest = Buffer.alloc(0);
let chunks = [];
let have = 0;
let need = 0;
function read() {
  rest = Buffer.concat([rest, ...chunks]);
  chunks = [];
  for (;;) {
    const end = rest.indexOf("\\r\\n\\r\\n");
    if (end < 0) return;
    const length = Number(/content-length: *(\\d+)/i.exec(rest.toString("latin1", 0, end))?.[1]);
    need = end + 4 + (length || 0);
    if (rest.length < need) return;
    const text = rest.toString("utf8", end + 4, need);
    rest = rest.subarray(need);
    need = 0;
    try {
      const message = JSON.parse(text);
      if (typeof message !== "object" || message === null || Array.isArray(message)) throw new Error(text.slice(0, 80));
      port.postMessage(message);
    } catch (error) {
      console.error("bpfasm: what came in is no message: " + error.message);
    }
  }
}
const input = open();
input.on("data", (chunk) => {
  chunks.push(chunk);
  have = rest.length + chunks.reduce((sum, { length }) => sum + length, 0);
  if (have >= need) read();
});
const ended = () => port.postMessage(null);
input.once("end", ended);
input.once("error", ended);
`;

export class StdioPost implements Post {
  /** What the connection reads and writes. */
  readonly reader: MessageReader;
  readonly writer: MessageWriter;
  /** Resolved when the editor is gone. */
  readonly ended: Promise<void>;
  readonly #port: MessagePort;
  readonly #worker: Worker;
  readonly #left: Message[] = [];
  readonly #come: Message[] = [];
  #deliver: DataCallback = () => {};
  #isDelivering = false;
  #end: () => void = () => {};

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = new Worker(readerScript, { eval: true, workerData: port2, transferList: [port2] });
    this.#worker.unref();
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    // An editor that is gone takes no answers.
    process.stdout.on("error", () => this.#end());
    const post = this;
    this.reader = new (class extends AbstractMessageReader {
      listen(callback: DataCallback): Disposable {
        post.#listen(callback);
        return { dispose: () => {} };
      }
    })();
    this.writer = new (class extends AbstractMessageWriter {
      write(message: Message): Promise<void> {
        post.send(message);
        return Promise.resolve();
      }
      end(): void {}
    })();
  }

  next(): Message | undefined {
    this.#look();
    return this.#come.shift();
  }

  leave(message: Message): void {
    this.#left.push(message);
    this.#soon();
  }

  send(message: Message): void {
    const text = JSON.stringify(message);
    process.stdout.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  async close(): Promise<void> {
    this.#port.close();
    await this.#worker.terminate();
  }

  #listen(callback: DataCallback): void {
    this.#deliver = callback;
    this.#port.on("message", (message: Message | null) => {
      this.#take(message);
      this.#look();
      this.#soon();
    });
  }

  /** What has come in the meantime. */
  #look(): void {
    for (let got = receiveMessageOnPort(this.#port); got; got = receiveMessageOnPort(this.#port))
      this.#take(got.message as Message | null);
  }

  #take(message: Message | null): void {
    if (message) this.#come.push(message);
    else this.#end();
  }

  /** One message in each turn of the event loop: the connection handles it in the same turn, and holds no others back. */
  #soon(): void {
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    setImmediate(() => {
      this.#isDelivering = false;
      const message = this.#left.shift() ?? this.#come.shift();
      if (!message) return;
      this.#deliver(message);
      this.#soon();
    });
  }
}
