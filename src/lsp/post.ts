/** Messages that come while the server computes: they are looked at between two steps of an analysis. */
import type { Message } from "vscode-languageserver";

export interface Post {
  /** The next message that has come, without waiting for one. */
  next(): Message | undefined;
  /** Leaves a message to the connection, which gets it when nothing is being computed, before any later one. */
  leave(message: Message): void;
  /** Sends at once. */
  send(message: Message): void;
}
