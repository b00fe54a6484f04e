/** What the server needs of the machine it runs on; the command has it of Node, a web extension of the browser. */
import type { CompileOptions } from "../driver/options.ts";
import type { TypeDocument } from "./kernel-text.ts";

export interface DocumentSettings {
  readonly options: CompileOptions;
  /** What is wrong with the project's own settings, to be told at the top of the document. */
  readonly problems: readonly string[];
}

export interface LspHost {
  readonly version: string;
  /** How a document is compiled; `open` gives the text of files that an editor holds, by URI. Asked before each compilation. */
  settings(uri: string, open: (uri: string) => string | undefined): DocumentSettings;
  /** The URI of a file that a compilation read. */
  fileUri(name: string): string;
  /** Puts a document about the kernel where editors can open it, and gives its URI. */
  kernelUri(kernel: string, name: string, document: TypeDocument): string;
}

/** What an editor may ask for at the start (`initializationOptions`) and change later. */
export interface ClientSettings {
  readonly inlayHints?: { readonly instructions?: boolean; readonly sessions?: boolean };
  /** What a click on a lens runs in the editor. */
  readonly lensCommand?: string;
}

/** Settings as an editor sends them: anything at all. */
export function clientSettings(given: unknown): ClientSettings {
  if (typeof given !== "object" || given === null) return {};
  const { inlayHints, lensCommand } = given as Record<string, unknown>;
  const hints = typeof inlayHints === "object" && inlayHints !== null ? (inlayHints as Record<string, unknown>) : {};
  return {
    inlayHints: { instructions: hints.instructions !== false, sessions: hints.sessions !== false },
    ...(typeof lensCommand === "string" && { lensCommand }),
  };
}
