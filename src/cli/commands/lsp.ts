/** `lsp`: the language server on standard input and output, with files, kernels and settings of this machine. */
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createConnection } from "vscode-languageserver/node";
import { DiagSink } from "../../diag/diagnostic.ts";
import type { Kernel } from "../../kernel/model.ts";
import { parseVersion } from "../../kernel/version.ts";
import type { DocumentSettings, LspHost } from "../../lsp/host.ts";
import type { TypeDocument } from "../../lsp/kernel-text.ts";
import { serve } from "../../lsp/server.ts";
import { type BuildArgs, parseBuildArgs } from "../build-options.ts";
import { cacheFolder } from "../cache-folder.ts";
import { compileOptions } from "../compile-options.ts";
import { readHeader } from "../files.ts";
import { choiceOf, chooseKernel } from "../kernel-choice.ts";
import { embeddedKernel } from "../library.ts";
import { StdioPost } from "../lsp-post.ts";
import { inFolder, projectFlags } from "../project.ts";
import { version } from "../version.ts";

/** Milliseconds. */
const PATIENCE = 200;

/** Runs until the editor says that it is done, or is gone. */
export async function lsp(): Promise<number> {
  const post = new StdioPost();
  const connection = createConnection(post.reader, post.writer);
  serve(connection, new NodeHost(), post);
  connection.listen();
  await post.ended;
  await post.close();
  // The connection looks from time to time whether the editor's process is there, and would do so for ever.
  setTimeout(() => process.exit(), PATIENCE).unref();
  return 0;
}

const NO_FLAGS: readonly string[] = [];

interface ChosenKernel {
  /** State of its files. */
  readonly stamp: string;
  readonly kernel: Kernel | undefined;
  readonly problems: readonly string[];
}

class NodeHost implements LspHost {
  readonly version = version;
  readonly #kernels = new Map<string, ChosenKernel>();
  readonly #args = new Map<string, ReturnType<typeof parseBuildArgs>>();

  settings(uri: string, open: (uri: string) => string | undefined): DocumentSettings {
    const file = pathOf(uri);
    const { flags, folder, problem } = projectFlags(file);
    const problems = problem === undefined ? [] : [problem];
    let args = this.#parsed(flags, file);
    if ("why" in args) {
      problems.push(args.why);
      args = this.#parsed(NO_FLAGS, file) as BuildArgs;
    }
    const found = this.#kernel(args, folder);
    problems.push(...found.problems);
    const kernel = found.kernel ?? embeddedKernel(args.arch);
    const read = (path: string) => open(pathToFileURL(path).href) ?? readHeader(path);
    const there = inProject(args, folder);
    return { options: compileOptions(file, kernel, there, read), problems };
  }

  fileUri(name: string): string {
    return pathToFileURL(name).href;
  }

  /** In the user's cache: every editor can open a file. Nobody can write to it by mistake. */
  kernelUri(kernel: string, name: string, { text }: TypeDocument): string {
    const id = createHash("sha256").update(kernel).digest("hex").slice(0, 8);
    const folder = join(cacheFolder("lsp"), `types-${id}`);
    const path = join(folder, `${name.replace(/\W+/g, "-")}-${sum(text)}.h`);
    if (!existsSync(path)) {
      mkdirSync(folder, { recursive: true });
      const aside = `${path}.${process.pid}`;
      writeFileSync(aside, text);
      chmodSync(aside, 0o444);
      renameSync(aside, path);
    }
    return pathToFileURL(path).href;
  }

  #parsed(flags: readonly string[], file: string): BuildArgs | { readonly why: string } {
    const key = flags.join("\0");
    let args = this.#args.get(key);
    if (!args) {
      args = parseBuildArgs(flags, file);
      this.#args.set(key, args);
    }
    return args;
  }

  #kernel(args: BuildArgs, folder: string) {
    const choice = choiceOf(args);
    const btf = choice.btf === undefined || choice.btf === "host" ? choice.btf : inFolder(folder, choice.btf);
    const there = {
      ...choice,
      ...(btf !== undefined && { btf }),
      modules: choice.modules.map((m) => inFolder(folder, m)),
    };
    const key = JSON.stringify(there);
    // A build may bring other types under the same name, or the first ones.
    const stamp = [...(btf === undefined ? [] : [btf]), ...there.modules].map(stampOf).join();
    let found = this.#kernels.get(key);
    if (found?.stamp !== stamp) {
      const sink = new DiagSink();
      const kernel = chooseKernel(there, sink);
      const problems = sink.diagnostics.map(({ text, code }) => `${text} [${code}]`);
      if (choice.version !== undefined && !parseVersion(choice.version))
        problems.push(`--kernel takes a release such as 6.12, not '${choice.version}'`);
      found = { stamp, kernel, problems };
      this.#kernels.set(key, found);
    }
    return found;
  }
}

/** Differs when a file came, went or was written. */
const stampOf = (path: string): string => {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat ? `${stat.mtimeMs} ${stat.size}` : "";
};

const sum = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 8);

/** Where a document lies; one that was never saved lies in the current folder. */
function pathOf(uri: string): string {
  try {
    return fileURLToPath(uri);
  } catch {
    return join(process.cwd(), "untitled.bpf");
  }
}

/** Paths of the options, as seen from the project's folder. */
function inProject(args: BuildArgs, folder: string): BuildArgs {
  const all = (paths: readonly string[]): string[] => paths.map((path) => inFolder(folder, path));
  return {
    ...args,
    I: all(args.I),
    isystem: all(args.isystem),
    iquote: all(args.iquote),
    idirafter: all(args.idirafter),
    // What is not there is looked for as any include.
    include: args.include.map((path) => (existsSync(inFolder(folder, path)) ? inFolder(folder, path) : path)),
  };
}
