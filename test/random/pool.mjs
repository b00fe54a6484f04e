// Worker threads that build, so that a compiler that never ends is an answer, too, and not the end of the run.
import { Worker } from "node:worker_threads";
import { VARIANTS } from "./build.mjs";

/** Generous: a busy machine must not look like a compiler that never ends. */
const LIMIT = 600_000;

const nothing = (programs) => {
  const problems = Object.fromEntries(programs.map(({ prefix }) => [prefix, "crash: the build never ended"]));
  const each = (value) => Object.fromEntries(VARIANTS.map((variant) => [variant, value]));
  return { objects: each([]), problems: { ...each({}), O0: problems, O2: problems }, rejected: each({}) };
};

const start = () => new Worker(new URL("./build.mjs", import.meta.url));

/** Builds requests (see build.mjs) with `width` threads. */
export class Pool {
  #idle;
  #waiting = [];

  constructor(width) {
    this.#idle = Array.from({ length: width }, start);
  }

  build(request) {
    return new Promise((resolve) => {
      this.#waiting.push({ request, resolve });
      this.#next();
    });
  }

  #next() {
    if (this.#waiting.length === 0 || this.#idle.length === 0) return;
    const worker = this.#idle.pop();
    const { request, resolve } = this.#waiting.shift();
    const done = (answer, again) => {
      clearTimeout(timer);
      worker.off("message", onMessage).off("error", giveUp);
      this.#idle.push(again);
      resolve(answer);
      this.#next();
    };
    const giveUp = () => {
      worker.terminate();
      done(nothing(request.programs), start());
    };
    const timer = setTimeout(giveUp, LIMIT);
    const onMessage = (answer) => done(answer, worker);
    worker.on("message", onMessage);
    worker.on("error", giveUp);
    worker.postMessage(request);
  }

  close() {
    for (const worker of this.#idle) worker.terminate();
  }
}
