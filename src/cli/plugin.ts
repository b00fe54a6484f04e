/** `bpfasm/plugin`: `import object, { programs } from "./probe.bpf"` in Vite, Rollup and esbuild. */
import { existsSync } from "node:fs";
import type { Diagnostic } from "../diag/diagnostic.ts";
import { renderHuman } from "../diag/human.ts";
import type { Compilation } from "../driver/compile.ts";
import { inspect } from "../driver/inspect.ts";
import { type CompileFileOptions, compileFile } from "./library.ts";

/** How sources are compiled. */
export type PluginOptions = CompileFileOptions;

const SOURCES = /\.bpf(?:\.c)?$/;

/** A place as bundlers have it: the line from 1, the column from 0. */
interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

interface Made {
  readonly code: string;
  /** Files that were read. */
  readonly read: readonly string[];
  readonly errors: readonly Told[];
  readonly warnings: readonly Told[];
}

interface Told {
  readonly text: string;
  /** The whole message, with the source line. */
  readonly frame: string;
  readonly location?: Location & { readonly length: number; readonly lineText: string };
}

function make(path: string, options: PluginOptions): Made {
  const made = compileFile(path, options);
  const told = (severity: Diagnostic["severity"]) =>
    made.diagnostics.filter((d) => d.severity === severity).map((d) => tell(d, made));
  const read = made.files.files.filter(({ builtin, name }) => !builtin && existsSync(name)).map(({ name }) => name);
  return { code: made.object ? moduleOf(made.object) : "", read, errors: told("error"), warnings: told("warning") };
}

function tell(d: Diagnostic, { files }: Compilation): Told {
  const text = `${d.text} [${d.code}]`;
  const frame = renderHuman(d, files, { color: false });
  if (!d.span) return { text, frame };
  const { file, line, column } = files.place(d.span);
  const lineText = files.lineText(d.span.file, line);
  const length = Math.max(1, d.span.end - d.span.start);
  return { text, frame, location: { file, line, column: column - 1, length, lineText } };
}

/** A module that runs anywhere: the object as text, as modules cannot hold bytes. */
function moduleOf(object: Uint8Array): string {
  const programs = inspect(object).programs.map(({ name }) => name);
  const base64 = Buffer.from(object).toString("base64");
  return (
    `const text = ${JSON.stringify(base64)};\n` +
    "export default Uint8Array.from(atob(text), (c) => c.charCodeAt(0));\n" +
    `export const programs = ${JSON.stringify(programs)};\n`
  );
}

/** What Rollup, Rolldown and Vite hand to a plugin's hooks, as far as it is used here. */
interface RollupContext {
  addWatchFile(path: string): void;
  warn(message: string): void;
  error(message: { readonly message: string; readonly loc?: Location; readonly frame?: string }): never;
}

export interface RollupPlugin {
  readonly name: string;
  readonly load: (this: RollupContext, id: string) => { readonly code: string; readonly map: null } | null;
}

/** For Rollup and what takes its plugins. */
export function rollup(options: PluginOptions = {}): RollupPlugin {
  return {
    name: "bpfasm",
    load(id) {
      const path = id.replace(/\?.*$/, "");
      if (!SOURCES.test(path)) return null;
      const { code, read, errors, warnings } = make(path, options);
      for (const file of read) this.addWatchFile(file);
      for (const { frame } of warnings) this.warn(frame);
      const [first] = errors;
      if (first)
        this.error({
          message: errors.map(({ frame }) => frame).join(""),
          ...(first.location && { loc: first.location }),
        });
      return { code, map: null };
    },
  };
}

/** For Vite: Rollup's plugin, before Vite's own take the file for an asset. */
export const vite = (options: PluginOptions = {}): RollupPlugin & { readonly enforce: "pre" } => ({
  ...rollup(options),
  enforce: "pre",
});

interface EsbuildMessage {
  readonly text: string;
  readonly location?: NonNullable<Told["location"]>;
}

/** What esbuild hands to a plugin, as far as it is used here. */
interface EsbuildBuild {
  onLoad(
    options: { readonly filter: RegExp },
    load: (args: { readonly path: string }) => {
      readonly contents: string;
      readonly loader: "js";
      readonly watchFiles: string[];
      readonly errors: EsbuildMessage[];
      readonly warnings: EsbuildMessage[];
    },
  ): void;
}

export interface EsbuildPlugin {
  readonly name: string;
  readonly setup: (build: EsbuildBuild) => void;
}

/** For esbuild. */
export function esbuild(options: PluginOptions = {}): EsbuildPlugin {
  const message = ({ text, location }: Told): EsbuildMessage => ({ text, ...(location && { location }) });
  return {
    name: "bpfasm",
    setup(build) {
      build.onLoad({ filter: SOURCES }, ({ path }) => {
        const { code, read, errors, warnings } = make(path, options);
        return {
          contents: code,
          loader: "js",
          watchFiles: [...read],
          errors: errors.map(message),
          warnings: warnings.map(message),
        };
      });
    },
  };
}
