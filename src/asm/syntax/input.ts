/** What the parser is given, and what it asks of its caller. */
import type { SourceFile, SourceMap } from "../../diag/source.ts";

/** Finds the files of `#include`; the driver writes it. */
export interface IncludeHost {
  /**
   * The file that `#include "name"` or `<name>` means in the file called `from`: its own name and text, or that it is
   * built in (then it is empty, for its names are ambient), or nothing where there is none.
   */
  find(
    name: string,
    angled: boolean,
    from: string,
  ): { readonly name: string; readonly text: string } | { readonly builtin: string } | undefined;
  /** For `#include_next`: the next file of that name on the search path behind the one called `from`. */
  findNext?(
    name: string,
    from: string,
  ): { readonly name: string; readonly text: string } | { readonly builtin: string } | undefined;
  /** Whether a file that was found is the system's: nothing in it is warned about. */
  isSystem?(name: string): boolean;
}

/** Macros of the outermost scope, which give way to everything that the user defines or declares. */
export interface AmbientMacros {
  /** A definition as `#define` takes it, such as `SEC(name) __attribute__((section(name), used))`. */
  get(name: string): string | undefined;
  /** Equal for compilations in which all names have the same definitions; without it, headers are always read anew. */
  readonly key?: string;
}

export interface Limits {
  /** Levels of parentheses, blocks, declarators, initialisers and the like. */
  readonly nesting: number;
  /** Files that include one another. */
  readonly includeDepth: number;
  /** Tokens that macros may make in one compilation. */
  readonly expandedTokens: number;
  /** UTF-16 units of one file. */
  readonly fileLength: number;
  /** Syntax errors after which the rest is left unread. */
  readonly errors: number;
  /** UTF-16 units from which on an included file is skimmed, and parsed only where its names are used. */
  readonly deferredLength: number;
}

export const defaultLimits: Limits = {
  nesting: 256,
  includeDepth: 200,
  expandedTokens: 2_000_000,
  fileLength: 64 * 1024 * 1024,
  errors: 50,
  deferredLength: 256 * 1024,
};

export interface PreprocessInput {
  readonly files: SourceMap;
  readonly main: SourceFile;
  readonly includes: IncludeHost;
  /** `-D`: the name may carry a parameter list, as in `MAX(a,b)`. */
  readonly defines: readonly { readonly name: string; readonly value: string }[];
  readonly undefs: readonly string[];
  /** `-include`: read before the main file, in order. */
  readonly forcedIncludes: readonly string[];
  readonly ambientMacros: AmbientMacros;
  readonly limits?: Partial<Limits>;
}

export interface ParseInput extends PreprocessInput {
  /** Whether a name that the file does not declare is a type: a kernel typedef. */
  isTypeName(name: string): boolean;
  /** Called before each declaration; what it throws ends the reading. */
  readonly pulse?: (() => void) | undefined;
}
