/** How tightly C's operators bind: one table for expressions and for `#if`. */

export const COMMA_LEVEL = 0;
export const ASSIGN_LEVEL = 1;
export const COND_LEVEL = 2;

const rows: readonly (readonly [level: number, ...ops: string[]])[] = [
  [COMMA_LEVEL, ","],
  [ASSIGN_LEVEL, "=", "*=", "/=", "%=", "+=", "-=", "<<=", ">>=", "&=", "^=", "|="],
  [COND_LEVEL, "?"],
  [3, "||"],
  [4, "&&"],
  [5, "|"],
  [6, "^"],
  [7, "&"],
  [8, "==", "!="],
  [9, "<", ">", "<=", ">="],
  [10, "<<", ">>"],
  [11, "+", "-"],
  [12, "*", "/", "%"],
];

/** The level of each operator that stands between operands; a higher one binds tighter. */
export const operatorLevels: ReadonlyMap<string, number> = new Map(
  rows.flatMap(([level, ...ops]) => ops.map((op) => [op, level] as const)),
);

/** Whether operators of the level group from the right: assignments and `?:`. */
export const groupsFromRight = (level: number): boolean => level === ASSIGN_LEVEL || level === COND_LEVEL;
