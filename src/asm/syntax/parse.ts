/** The room's door: source text to syntax tree. */
import { DiagSink } from "../../diag/diagnostic.ts";
import { SourceMap } from "../../diag/source.ts";
import type { TranslationUnit, TypeExpr } from "./ast.ts";
import type { ParseInput, PreprocessInput } from "./input.ts";
import { processHeaders } from "./known-headers.ts";
import { withParser } from "./parser.ts";
import { Preprocessor } from "./preprocess.ts";
import { printTokens } from "./print-tokens.ts";

export type { AmbientMacros, IncludeHost, Limits, ParseInput, PreprocessInput } from "./input.ts";
export { defaultLimits } from "./input.ts";

/**
 * The tree of a file and all it includes. What is wrong goes to `sink`; the tree then holds what could be read, and
 * `error` expressions in the place of wrong ones. Never throws on any text.
 */
export function parseUnit(input: ParseInput, sink: DiagSink): TranslationUnit {
  const pp = new Preprocessor(input, sink);
  if (!input.limits) pp.boundary.headers = processHeaders;
  sink.settingAt = (name, span) => pp.warningState.at(name, span);
  return withParser((parser) => parser.unit(pp, sink, (name) => input.isTypeName(name), input.pulse));
}

/**
 * The type that `text` spells, such as `const struct bpf_map *`. For the project's own tables: throws `RangeError`
 * where the text is no type. Its spans lie in `text`, under the file id 0.
 */
export function parseTypeName(text: string, isTypeName: (name: string) => boolean): TypeExpr {
  const files = new SourceMap();
  const main = files.add("<type>", text, true);
  const sink = new DiagSink();
  const nothing = { defines: [], undefs: [], forcedIncludes: [] };
  const alone = {
    files,
    main,
    ...nothing,
    includes: { find: () => undefined },
    ambientMacros: { get: () => undefined },
  };
  const type = withParser((parser) => parser.lone(new Preprocessor(alone, sink), sink, isTypeName));
  if (!type || sink.hasErrors) throw new RangeError(`'${text}' is no type: ${sink.diagnostics[0]?.text ?? ""}`);
  return type;
}

/** The text after preprocessing, as `-E -P` prints it: one line for each line that holds tokens. */
export function preprocessOnly(input: PreprocessInput, sink: DiagSink): string {
  const pp = new Preprocessor(input, sink);
  sink.settingAt = (name, span) => pp.warningState.at(name, span);
  return printTokens(pp);
}
