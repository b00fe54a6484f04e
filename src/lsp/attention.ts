/** What comes in while an analysis runs: changes of texts are made, requests are answered as far as they can be. */
import { type Message, type NotificationMessage, type RequestMessage, ResponseError } from "vscode-languageserver";
import { Desk, type Params } from "./desk.ts";
import type { Post } from "./post.ts";

export type Notifications = Readonly<Record<string, (params: never) => void>>;

/** Errors of the protocol. */
const INTERNAL_ERROR = -32603;
const REQUEST_CANCELLED = -32800;

/** After these nobody wants to know what is being found out. */
const last: ReadonlySet<string> = new Set(["shutdown", "exit"]);

export class Attention {
  readonly #post: Post;
  readonly #desk: Desk;
  readonly #notifications: Notifications;
  /** Requests whose answers wait. */
  readonly #waiting = new Set<RequestMessage["id"]>();

  constructor(post: Post, desk: Desk, notifications: Notifications) {
    this.#post = post;
    this.#desk = desk;
    this.#notifications = notifications;
  }

  /** Looks at all that has come, until `isWanted` says no; whether what is being computed is still wanted. */
  attend(isWanted: () => boolean): boolean {
    for (let message = this.#post.next(); message; message = this.#post.next()) {
      this.#take(message as RequestMessage & NotificationMessage);
      if (!isWanted() || last.has((message as RequestMessage).method)) return false;
    }
    return true;
  }

  #take(message: RequestMessage & NotificationMessage): void {
    const { id, method } = message;
    const params = message.params as object | undefined;
    const notify = this.#notifications[method];
    if (id === undefined && notify) notify(params as never);
    else if (method === "$/cancelRequest") this.#cancel(message, (params as { readonly id: number | string }).id);
    else if (id !== undefined && Desk.methods.includes(method)) this.#answer(id, method, params as Params);
    else this.#post.leave(message);
  }

  #cancel(message: Message, id: number | string): void {
    if (this.#waiting.delete(id))
      this.#send({ id, error: { code: REQUEST_CANCELLED, message: "nobody wants to know any more" } });
    else this.#post.leave(message);
  }

  #answer(id: RequestMessage["id"], method: string, params: Params): void {
    const isCancelled = (): boolean => !this.#waiting.has(id);
    this.#waiting.add(id);
    const done = (answer: object): void => {
      if (this.#waiting.delete(id)) this.#send({ id, ...answer });
    };
    try {
      const result = this.#desk.ask(method, params, { isBusy: true, isCancelled });
      if (result instanceof Promise)
        result.then(
          (then) => done({ result: then }),
          (error) => done({ error: errorOf(error) }),
        );
      else done({ result: result ?? null });
    } catch (error) {
      done({ error: errorOf(error) });
    }
  }

  #send(message: object): void {
    this.#post.send({ jsonrpc: "2.0", ...message });
  }
}

const errorOf = (error: unknown): object =>
  error instanceof ResponseError
    ? { code: error.code, message: error.message }
    : { code: INTERNAL_ERROR, message: error instanceof Error ? error.message : String(error) };
