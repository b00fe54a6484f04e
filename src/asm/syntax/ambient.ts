/**
 * When an ambient macro gives way: where the user has declared its name, or declares it right here. Ambient names are
 * the outermost scope, so a macro of bpfasm must never break a program that uses the name for something of its own.
 */
import type { TokenType } from "chevrotain";
import type { Macro } from "./macro.ts";
import type { Preprocessor } from "./preprocess.ts";
import { Scanner } from "./scan.ts";
import { AT_LINE_START, type Tok } from "./token.ts";
import {
  Arrow,
  Assign,
  Colon,
  Comma,
  Dot,
  EnumWord,
  GotoWord,
  Identifier,
  LBracket,
  LParen,
  NotWord,
  NumberLit,
  PlusMinus,
  QualifierWord,
  RBrace,
  RecordWord,
  RParen,
  Semi,
  Star,
  TypeWord,
} from "./tokens.ts";

/** Before a name that can only be a member, a tag or a label. */
const namesOtherSpace = new Set<TokenType | undefined>([Dot, Arrow, RecordWord, EnumWord, GotoWord]);
/** Before a declared name. */
const endsType = new Set<TokenType | undefined>([TypeWord, Identifier, Star, QualifierWord]);
/** Behind a declared name. */
const followsDeclarator = new Set<TokenType | undefined>([Assign, Semi, Comma, RParen, LBracket, Colon]);
/** How the body of a macro begins that stands for a number. */
const startsNumber = new Set<TokenType | undefined>([NumberLit, LParen, PlusMinus, NotWord]);
/** How a list of parameters begins. */
const startsParam = new Set<TokenType | undefined>([TypeWord, QualifierWord, RecordWord, EnumWord]);

/** Whether the use `tok` of an ambient macro means something of the user's instead. */
export function givesWay(pp: Preprocessor, macro: Macro, tok: Tok): boolean {
  if (tok.origin && pp.input.files.file(tok.file).builtin) return false;
  const before = pp.previous?.tokenType;
  if (namesOtherSpace.has(before) || pp.declared.isDeclared(macro.name)) return true;
  if (tok.origin) return false;
  if (pp.declared.atEnumerator) return !macro.params && isNumber(macro);
  if (!endsType.has(before)) return false;
  return macro.params ? isPrototype(peek(pp, 4)) : isNumber(macro) && before !== Star && isDeclarator(peek(pp, 1));
}

const isNumber = (macro: Macro): boolean => startsNumber.has(macro.body[0]?.tokenType);
const isDeclarator = ([next]: readonly Tok[]): boolean => followsDeclarator.has(next?.tokenType);

/**
 * `(int a`, `(T *a`, `(T a`, `(struct t *a`: a function of the user's with a macro's name, not a use of the macro, which
 * may be a factor: `2 * bpf_core_field_exists(struct t, a)`.
 */
function isPrototype([open, first, second, third]: readonly Tok[]): boolean {
  if (open?.tokenType !== LParen) return false;
  if (first?.tokenType === RecordWord || first?.tokenType === EnumWord)
    return third?.tokenType === Identifier || third?.tokenType === Star;
  if (startsParam.has(first?.tokenType)) return true;
  return first?.tokenType === Identifier && (second?.tokenType === Identifier || second?.tokenType === Star);
}

/** The next tokens of the file, unexpanded and unread. */
function peek(pp: Preprocessor, count: number): readonly Tok[] {
  const { scanner, file } = pp.level;
  const ahead = new Scanner(file, pp.words, () => {});
  ahead.pos = scanner.pos;
  const tokens: Tok[] = [];
  while (tokens.length < count) {
    const tok = ahead.next();
    if (tok.tokenType === RBrace || (tok.flags & AT_LINE_START && tok.image === "#")) break;
    tokens.push(tok);
  }
  return tokens;
}
