/** Headless Chromium by its debugging pipe: opens pages and evaluates in them. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

const names = ["chromium", "chromium-headless-shell", "chromium-browser", "google-chrome"];

/** The command that starts Chromium; undefined where the machine has none. */
export const chromium = names.find((name) => spawnSync("sh", ["-c", `command -v ${name}`]).status === 0);

export interface Page {
  /** The value of an expression, which may be a promise. */
  evaluate<T>(expression: string): Promise<T>;
  /** Moves the mouse to the middle of the element, and clicks if wanted. */
  point(selector: string, click?: boolean): Promise<void>;
  /** A PNG. */
  picture(): Promise<Buffer>;
  /** What scripts threw and the console was told. */
  readonly complaints: readonly string[];
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** One browser with one page. */
export class Browser {
  readonly #process: ChildProcess;
  readonly #folder = mkdtempSync(join(tmpdir(), "bpfasm-chromium-"));
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #events = new Map<string, () => void>();
  readonly #complaints: string[] = [];
  #session: string | undefined;
  #next = 0;

  private constructor(command: string) {
    const options = [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--remote-debugging-pipe",
      "--window-size=1500,900",
    ];
    this.#process = spawn(command, [...options, `--user-data-dir=${this.#folder}`, "about:blank"], {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    });
    let rest = "";
    (this.#process.stdio[4] as Readable).setEncoding("utf8").on("data", (text: string) => {
      const messages = (rest + text).split("\0");
      rest = messages.pop()!;
      for (const message of messages) this.#hear(JSON.parse(message) as Message);
    });
  }

  static async start(): Promise<Browser> {
    const browser = new Browser(chromium!);
    const { targetId } = await browser.#say("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await browser.#say("Target.attachToTarget", { targetId, flatten: true });
    browser.#session = sessionId as string;
    await browser.#say("Page.enable");
    await browser.#say("Runtime.enable");
    await browser.#say("Log.enable");
    return browser;
  }

  /** Opens an address and waits until it is loaded. */
  async open(url: string): Promise<Page> {
    this.#complaints.length = 0;
    const loaded = new Promise<void>((done) => this.#events.set("Page.loadEventFired", done));
    await this.#say("Page.navigate", { url });
    await loaded;
    return {
      complaints: this.#complaints,
      evaluate: (expression) => this.#evaluate(expression),
      point: (selector, click = false) => this.#point(selector, click),
      picture: async () => Buffer.from((await this.#say("Page.captureScreenshot")).data as string, "base64"),
    };
  }

  async stop(): Promise<void> {
    const ended = new Promise((done) => this.#process.once("exit", done));
    this.#session = undefined;
    void this.#say("Browser.close");
    await ended;
    // Its other processes may still be writing there; what cannot be removed lies in the folder for temporary files.
    try {
      rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    } catch {}
  }

  async #evaluate<T>(expression: string): Promise<T> {
    const made = await this.#say("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (made.exceptionDetails) throw new Error(JSON.stringify(made.exceptionDetails));
    return (made.result as { value: T }).value;
  }

  async #point(selector: string, click: boolean): Promise<void> {
    const { x, y } = await this.#evaluate<{ x: number; y: number }>(
      `(() => { const e = document.querySelector(${JSON.stringify(selector)}); e.scrollIntoView({ block: "center" });
        const b = e.getBoundingClientRect(); return { x: b.x + b.width / 2, y: b.y + b.height / 2 }; })()`,
    );
    const mouse = (type: string) =>
      this.#say("Input.dispatchMouseEvent", { type, x, y, button: "left", clickCount: 1 });
    await this.#say("Input.dispatchMouseEvent", { type: "mouseMoved", x, y });
    if (!click) return;
    await mouse("mousePressed");
    await mouse("mouseReleased");
  }

  #hear(message: Message): void {
    if (message.id !== undefined) {
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
      return;
    }
    const { method = "", params } = message;
    if (method === "Runtime.exceptionThrown" || method === "Log.entryAdded")
      this.#complaints.push(JSON.stringify(params));
    this.#events.get(method)?.();
  }

  #say(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const id = ++this.#next;
    const session = this.#session === undefined ? {} : { sessionId: this.#session };
    (this.#process.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, ...session })}\0`);
    return new Promise((done, fail) =>
      this.#waiting.set(id, ({ result, error }) => (error ? fail(new Error(error.message)) : done(result ?? {}))),
    );
  }
}
