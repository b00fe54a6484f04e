/** Options of clang: which of them mean something here, which are passed over, which are refused and why. */

/** An option and, where it takes a word of its own, that word. */
export interface Spelled {
  readonly option: string;
  readonly word?: string;
}

/** Options whose word may stand apart. */
const takesWord = new Set(["-target", "-x", "-Xclang", "-mllvm", "-arch", "-isysroot", "-imacros", "-iprefix"]);

/** A long option in yargs' form for one of clang's, or nothing for those that change nothing in a BPF object. */
const meanings: readonly (readonly [RegExp, (m: RegExpExecArray) => readonly string[]])[] = [
  [/^(?:--target=|-target )bpf(?:el)?(?:-.*)?$/, () => []],
  [/^-mcpu=(.+)$/, (m) => [`--mcpu=${m[1]}`]],
  [/^-O0$/, () => ["--opt-level=0"]],
  [/^-O(?:[123sz]|fast)?$/, () => ["--opt-level=2"]],
  [/^-O(.+)$/, (m) => [`--opt-level=${m[1]}`]],
  [/^-f(no-)?strict-aliasing$/, (m) => [`--strict-aliasing=${m[1] === undefined}`]],
  [/^-g(?:gdb)?0$/, () => ["--debug=false"]],
  [/^-g(?:[123]|gdb[123]?|dwarf(?:-[2345])?|line-tables-only|mlt)?$/, () => ["--debug=true"]],
  [/^-w$/, () => ["--silence-warnings"]],
  [/^-W$/, () => ["--warning=extra"]],
  [/^-pedantic$/, () => ["--warning=pedantic"]],
  [/^-W([^l,p].*|l[^,].*|p[^,].*)$/, (m) => [`--warning=${m[1]}`]],
  [/^-(isystem|idirafter|iquote|include|nostdinc|nostdlibinc|MF|MT|MQ|MD|MMD|MP)$/, (m) => [`--${m[1]}`]],
  [/^-(isystem|idirafter|iquote|MF|MT|MQ)(.+)$/, (m) => [`--${m[1]}=${m[2]}`]],
  [/^-([DUI])(.+)$/, (m) => [`-${m[1]}=${m[2]}`]],
  [/^-S$/, () => ["--emit=asm"]],
  [/^-ansi$/, () => ["-U=__STDC_VERSION__"]],
  [/^-std=(?:c|gnu)(?:89|90)$|^-std=iso9899:1990$/, () => ["-U=__STDC_VERSION__"]],
  [/^-std=(?:(?:c|gnu)(\w+)|iso9899:(\d+))$/, (m) => standard(m[1] ?? m[2]!, m[0])],
  [/^-x ?(?:c|bpf)$/, () => []],
];

const versions: Readonly<Record<string, string>> = {
  "99": "199901L",
  "9x": "199901L",
  "1999": "199901L",
  "11": "201112L",
  "1x": "201112L",
  "2011": "201112L",
  "17": "201710L",
  "18": "201710L",
  "2017": "201710L",
  "2018": "201710L",
  "23": "202311L",
  "2x": "202311L",
  "2024": "202311L",
  "2y": "202400L",
};

/** The language is one, GNU C with what C23 adds; a standard's name decides what `__STDC_VERSION__` says. */
const standard = (name: string, option: string): readonly string[] =>
  Object.hasOwn(versions, name) ? [`-D=__STDC_VERSION__=${versions[name]}`] : [option];

/** Options that cannot matter to a BPF object, or name what is done anyway. docs/language.md lists them. */
const passedOver: readonly RegExp[] = [
  /^-(?:c|P|pipe|Qunused-arguments|mlittle-endian|march=bpf)$/,
  /^-f(?:no-)?(?:ms-extensions|ms-compatibility)$/,
  /^-f(?:no-)?(?:color-diagnostics|diagnostics-color|diagnostics-show-option|caret-diagnostics)$/,
  /^-f(?:no-)?(?:stack-protector|asynchronous-unwind-tables|unwind-tables|exceptions|addrsig|ident|common)$/,
  /^-f(?:no-)?(?:omit-frame-pointer|pic|PIC|pie|PIE|unroll-loops|jump-tables|vectorize|slp-vectorize|lto)$/,
  /^-f(?:no-strict-overflow|wrapv|no-delete-null-pointer-checks|signed-char|no-short-enums)$/,
  /^-fvisibility=default$/,
];

/** Options that would mean something else than what bpfasm makes. */
const refused: readonly (readonly [RegExp, string])[] = [
  [/^(?:--target=|-target )bpfeb/, "bpfasm makes little-endian objects only"],
  [/^-mbig-endian$/, "bpfasm makes little-endian objects only"],
  [/^(?:--target=|-target )/, "bpfasm compiles for bpf, and --arch names the machine whose kernel runs it"],
  [/^-x /, "bpfasm reads BPF C only, which -x bpf and -x c name"],
  [/^-(?:Xclang|mllvm) /, "it speaks to parts of LLVM, and there are none here"],
  [/^-f(?:unsigned-char|no-signed-char|short-enums|pack-struct.*)$/, "it would give types another layout or sign"],
  [/^-fsanitize=/, "BPF has no runtime that a sanitizer could report to"],
  [/^-f\w/, "bpfasm does not know what it would change"],
  [
    /^-(?:imacros|iprefix|isysroot|arch) |^--sysroot=/,
    "bpfasm does not have it; -I, -isystem and -include name headers",
  ],
  [/^-W[lp],/, "there is no other program to pass it on to"],
  [/^-pedantic-errors$/, "-pedantic with -Werror is the way to say it"],
];

/** What an option of clang stands for; `why` where it is refused. */
export function clangOption({
  option,
  word,
}: Spelled): { readonly args: readonly string[] } | { readonly why: string } {
  const text = word === undefined ? option : `${option} ${word}`;
  if (passedOver.some((pattern) => pattern.test(text))) return { args: [] };
  for (const [pattern, make] of meanings) {
    const match = pattern.exec(text);
    if (match) return { args: make(match) };
  }
  const why = refused.find(([pattern]) => pattern.test(text))?.[1];
  return why === undefined ? { args: [text] } : { why: `'${text}' is not supported: ${why}` };
}

/** Options with the words that belong to them. */
export function* spelled(args: readonly string[]): Generator<Spelled> {
  for (let at = 0; at < args.length; at++) {
    const option = args[at]!;
    const word = takesWord.has(option) ? args[at + 1] : undefined;
    if (word === undefined) yield { option };
    else {
      at++;
      yield { option, word };
    }
  }
}
