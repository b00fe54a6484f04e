/** The server in a worker: no files but those that the editor has open, and the kernel that comes with the extension. */
import { BrowserMessageReader, BrowserMessageWriter, createConnection } from "vscode-languageserver/browser";
import manifest from "../../../package.json" with { type: "json" };
import { includeHost } from "../../../src/driver/host.ts";
import { openKernel } from "../../../src/kernel/kernel.ts";
import type { LspHost } from "../../../src/lsp/host.ts";
import { serve } from "../../../src/lsp/server.ts";
import { KERNEL_SCHEME } from "./kernel-scheme.ts";

declare const self: {
  onmessage: ((event: { readonly data: { readonly btf: Uint8Array; readonly index: Uint8Array } }) => void) | null;
};

// The first message brings the kernel; all others are the protocol's.
self.onmessage = ({ data: { btf, index } }) => {
  self.onmessage = null;
  const kernel = openKernel({ arch: "x86", btf, index, name: "Linux 7.2 (embedded, x86)" });
  const port = self as unknown as ConstructorParameters<typeof BrowserMessageReader>[0];
  const connection = createConnection(new BrowserMessageReader(port), new BrowserMessageWriter(port));
  const path = { dirs: [], system: [], machine: [] };
  /** Documents about the kernel, by URI. */
  const texts = new Map<string, string>();
  const host: LspHost = {
    version: manifest.version,
    settings: (uri, open) => ({
      options: { kernel, fileName: uri, includes: includeHost(open, path) },
      problems: [],
    }),
    fileUri: (name) => name,
    kernelUri: (_kernel, name, { text }) => {
      const uri = `${KERNEL_SCHEME}:/${name.replace(/\W+/g, "-")}.h`;
      texts.set(uri, text);
      return uri;
    },
  };
  connection.onRequest("bpfasm/kernelText", ({ uri }: { readonly uri: string }) => texts.get(uri) ?? "");
  serve(connection, host);
  connection.listen();
};
