/**
 * The kinds of token the grammar distinguishes, and the words and punctuators of C that map to them. A kind stands for
 * a grammatical role, not for a spelling: all binary-only operators are one kind, told apart by their text.
 */
import { createToken, EOF, type TokenType } from "chevrotain";

const kind = (name: string, label = name): TokenType => createToken({ name, label });
const punct = (name: string, text: string): TokenType => kind(name, `'${text}'`);

// ---- values and names ----

export const Identifier = kind("Identifier", "a name");
export const NumberLit = kind("Number", "a number");
export const StringLit = kind("String", "a string");
export const CharLit = kind("Char", "a character constant");

// ---- words ----

export const TypeWord = kind("TypeWord", "a type");
export const QualifierWord = kind("Qualifier", "a qualifier");
export const StorageWord = kind("Storage", "a storage class");
export const FunctionWord = kind("FunctionSpecifier", "'inline'");
export const RecordWord = kind("Record", "'struct' or 'union'");
export const EnumWord = punct("Enum", "enum");
export const TypeofWord = punct("Typeof", "typeof");
export const AutoTypeWord = punct("AutoType", "__auto_type");
export const AttributeWord = punct("Attribute", "__attribute__");
export const AlignasWord = punct("Alignas", "_Alignas");
export const ExtensionWord = punct("Extension", "__extension__");
export const AsmWord = punct("Asm", "asm");
export const SizeofWord = punct("Sizeof", "sizeof");
export const AlignofWord = punct("Alignof", "_Alignof");
export const IfWord = punct("If", "if");
export const ElseWord = punct("Else", "else");
export const WhileWord = punct("While", "while");
export const DoWord = punct("Do", "do");
export const ForWord = punct("For", "for");
export const SwitchWord = punct("Switch", "switch");
export const CaseWord = punct("Case", "case");
export const DefaultWord = punct("Default", "default");
export const GotoWord = punct("Goto", "goto");
export const BreakWord = punct("Break", "break");
export const ContinueWord = punct("Continue", "continue");
export const ReturnWord = punct("Return", "return");
export const StaticAssertWord = punct("StaticAssert", "_Static_assert");
export const GenericWord = punct("Generic", "_Generic");
export const OffsetofWord = punct("Offsetof", "__builtin_offsetof");
export const TypesCompatibleWord = punct("TypesCompatible", "__builtin_types_compatible_p");
export const LabelWord = punct("LocalLabel", "__label__");
export const RefusedWord = kind("Refused", "a word outside BPF C");

// ---- punctuators ----

export const LParen = punct("LParen", "(");
export const RParen = punct("RParen", ")");
export const LBracket = punct("LBracket", "[");
export const RBracket = punct("RBracket", "]");
export const LBrace = punct("LBrace", "{");
export const RBrace = punct("RBrace", "}");
export const Semi = punct("Semi", ";");
export const Comma = punct("Comma", ",");
export const Colon = punct("Colon", ":");
export const Question = punct("Question", "?");
export const Dot = punct("Dot", ".");
export const Arrow = punct("Arrow", "->");
export const Ellipsis = punct("Ellipsis", "...");
export const Star = punct("Star", "*");
export const Amp = punct("Amp", "&");
export const AmpAmp = punct("AmpAmp", "&&");
export const PlusMinus = kind("PlusMinus", "'+' or '-'");
export const NotWord = kind("Not", "'!' or '~'");
export const IncDec = kind("IncDec", "'++' or '--'");
export const BinaryOnly = kind("BinaryOperator", "an operator");
export const Assign = punct("Assign", "=");
export const AssignOnly = kind("AssignOperator", "an assignment operator");
export const Hash = punct("Hash", "#");
export const HashHash = punct("HashHash", "##");

// ---- what the preprocessor hands over beside tokens of C ----

/** `#pragma unroll` and its kin, on its way to the next loop. */
export const PragmaUnroll = kind("PragmaUnroll", "'#pragma unroll'");
/** `#pragma clang attribute push`; its arguments follow, up to `PragmaEnd`. */
export const PragmaPush = kind("PragmaPush", "'#pragma clang attribute push'");
export const PragmaPop = kind("PragmaPop", "'#pragma clang attribute pop'");
export const PragmaEnd = kind("PragmaEnd", "the end of the #pragma");

// ---- kinds that never reach the grammar ----

/** End of a directive's line. */
export const EndOfLine = kind("EndOfLine", "the end of the line");
/** A character that starts no token. */
export const Stray = kind("Stray", "a stray character");
/** A string or character constant without its closing quote. */
export const OpenQuote = kind("OpenQuote", "an unfinished constant");
/** An operand of `##` that holds nothing. */
export const Placemarker = kind("Placemarker", "nothing");

export const EndOfFile = EOF;

type WordRow = readonly [type: TokenType, canonical: string, ...spellings: string[]];

/** Every word with a meaning in the grammar: its kind, the name we use, and its spellings where they differ from it. */
const wordRows: readonly WordRow[] = [
  ...["void", "char", "short", "int", "long", "float", "double", "_Bool"].map((w): WordRow => [TypeWord, w]),
  [TypeWord, "signed", "signed", "__signed", "__signed__"],
  [TypeWord, "unsigned"],
  [TypeWord, "__int128"],
  [QualifierWord, "const", "const", "__const", "__const__"],
  [QualifierWord, "volatile", "volatile", "__volatile", "__volatile__"],
  [QualifierWord, "restrict", "restrict", "__restrict", "__restrict__"],
  [QualifierWord, "atomic", "_Atomic"],
  ...["typedef", "extern", "static", "auto", "register"].map((w): WordRow => [StorageWord, w]),
  [FunctionWord, "inline", "inline", "__inline", "__inline__"],
  [FunctionWord, "noreturn", "_Noreturn"],
  [RecordWord, "struct"],
  [RecordWord, "union"],
  [EnumWord, "enum"],
  [TypeofWord, "typeof", "typeof", "__typeof", "__typeof__"],
  [TypeofWord, "typeof_unqual", "typeof_unqual", "__typeof_unqual", "__typeof_unqual__"],
  [AutoTypeWord, "__auto_type"],
  [AttributeWord, "__attribute__", "__attribute__", "__attribute"],
  [AlignasWord, "_Alignas"],
  [ExtensionWord, "__extension__"],
  [AsmWord, "asm", "asm", "__asm", "__asm__"],
  [SizeofWord, "sizeof"],
  [AlignofWord, "_Alignof", "_Alignof", "__alignof", "__alignof__"],
  [IfWord, "if"],
  [ElseWord, "else"],
  [WhileWord, "while"],
  [DoWord, "do"],
  [ForWord, "for"],
  [SwitchWord, "switch"],
  [CaseWord, "case"],
  [DefaultWord, "default"],
  [GotoWord, "goto"],
  [BreakWord, "break"],
  [ContinueWord, "continue"],
  [ReturnWord, "return"],
  [StaticAssertWord, "_Static_assert"],
  [GenericWord, "_Generic"],
  [OffsetofWord, "__builtin_offsetof"],
  [TypesCompatibleWord, "__builtin_types_compatible_p"],
  [LabelWord, "__label__"],
  ...["_Complex", "_Imaginary", "_Thread_local", "__thread", "_BitInt", "_Decimal32", "_Decimal64", "_Decimal128"].map(
    (w): WordRow => [RefusedWord, w],
  ),
];

export interface WordMeaning {
  readonly type: TokenType;
  /** The spelling the syntax tree uses: `const` for `__const__`. */
  readonly canonical: string;
}

/** What each reserved word means, by its spelling. */
export const wordMeanings: ReadonlyMap<string, WordMeaning> = new Map(
  wordRows.flatMap(([type, canonical, ...spellings]) =>
    (spellings.length ? spellings : [canonical]).map((text) => [text, { type, canonical }] as const),
  ),
);

/** Every punctuator and its kind; digraphs stand for what they spell. */
export const punctuators: ReadonlyMap<string, TokenType> = new Map([
  ...(
    [
      [LParen, "("],
      [RParen, ")"],
      [LBracket, "[", "<:"],
      [RBracket, "]", ":>"],
      [LBrace, "{", "<%"],
      [RBrace, "}", "%>"],
      [Semi, ";"],
      [Comma, ","],
      [Colon, ":"],
      [Question, "?"],
      [Dot, "."],
      [Arrow, "->"],
      [Ellipsis, "..."],
      [Star, "*"],
      [Amp, "&"],
      [AmpAmp, "&&"],
      [PlusMinus, "+", "-"],
      [NotWord, "!", "~"],
      [IncDec, "++", "--"],
      [BinaryOnly, "/", "%", "<<", ">>", "<", ">", "<=", ">=", "==", "!=", "^", "|", "||"],
      [Assign, "="],
      [AssignOnly, "*=", "/=", "%=", "+=", "-=", "<<=", ">>=", "&=", "^=", "|="],
      [Hash, "#", "%:"],
      [HashHash, "##", "%:%:"],
    ] as const
  ).flatMap(([type, ...texts]) => texts.map((text): [string, TokenType] => [text, type])),
]);
