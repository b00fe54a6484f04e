/** The macros whose value depends on where they stand (C11 6.10.8 and GNU's), and the `_Pragma` operator. */
import type { TokenType } from "chevrotain";
import type { Macro } from "./macro.ts";
import { runPragmaOperator } from "./pragma.ts";
import type { Preprocessor } from "./preprocess.ts";
import { Origin, Tok } from "./token.ts";
import { NumberLit, StringLit } from "./tokens.ts";

/** Builds are the same at any time: there is no date but the one C allows where none is known. */
const UNKNOWN_DATE = "??? ?? ????";
const UNKNOWN_TIME = "??:??:??";

/** Defines `__LINE__` and its kin in a fresh preprocessor. */
export function installBuiltinMacros(pp: Preprocessor): void {
  let counter = 0;
  const numbers: Record<string, (use: Tok) => number> = {
    __LINE__: (use) => lineOf(pp, use),
    __COUNTER__: () => counter++,
    __INCLUDE_LEVEL__: () => pp.levels.length - 1,
  };
  const strings: Record<string, () => string> = {
    __FILE__: () => pp.level.shownName,
    __FILE_NAME__: () => pp.level.shownName.replace(/^.*\//, ""),
    __BASE_FILE__: () => pp.input.main.name,
    __DATE__: () => UNKNOWN_DATE,
    __TIME__: () => UNKNOWN_TIME,
    __TIMESTAMP__: () => `??? ${UNKNOWN_DATE.slice(0, 6)} ${UNKNOWN_TIME} ????`,
  };
  for (const [name, value] of Object.entries(numbers))
    define(pp, name, (use) => [make(name, NumberLit, String(value(use)), use)]);
  for (const [name, value] of Object.entries(strings))
    define(pp, name, (use) => [make(name, StringLit, `"${value().replace(/["\\]/g, "\\$&")}"`, use)]);
  define(pp, "_Pragma", (use) => runPragmaOperator(pp, use));
}

function define(pp: Preprocessor, name: string, dynamic: (use: Tok) => readonly Tok[]): void {
  const { main } = pp.input;
  const span = { file: main.id, start: 0, end: 0 };
  const paramOf = new Int32Array(0);
  const macro: Macro = {
    name,
    variadic: false,
    body: [],
    paramOf,
    hasOperators: false,
    span,
    ambient: true,
    dynamic,
    disabled: false,
  };
  pp.words.get(name).macro = macro;
}

function make(name: string, type: TokenType, image: string, use: Tok): Tok {
  return new Tok(type, image, use.file, use.startOffset, use.end, use.flags, undefined, new Origin(name, use, use.end));
}

/** The line on which the outermost macro use around `use` ends, as `#line` counts. */
function lineOf(pp: Preprocessor, use: Tok): number {
  let tok = use;
  let end = use.end;
  while (tok.origin) {
    end = tok.origin.end;
    tok = tok.origin.call;
  }
  const shift = pp.levels.findLast((level) => level.file.id === tok.file)?.lineShift ?? 0;
  return pp.input.files.place({ file: tok.file, start: Math.max(end - 1, 0), end }).line + shift;
}
