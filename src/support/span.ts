/** Index of a source file in the `SourceMap` of one compilation. */
export type FileId = number & { readonly brand: "FileId" };

/**
 * A stretch of source text, in UTF-16 offsets of its file.
 *
 * A token that a macro produced has the place of the outermost invocation, in the text that the user wrote, and `via`
 * tells the macros it came through.
 */
export interface Span {
  readonly file: FileId;
  readonly start: number;
  readonly end: number;
  readonly via?: Expansion;
}

/** One macro on the way from a token's spelling to the user's text, innermost first. */
export interface Expansion {
  readonly macro: string;
  /** Where the token is spelled inside the macro's definition. */
  readonly spelled: Span;
  readonly outer?: Expansion;
}
