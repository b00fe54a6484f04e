/** The text form of the fact tables: a row a line, fields between semicolons. */

/** Rows of a table as lists of fields. */
export const rowsOf = (table: string): readonly (readonly string[])[] =>
  table
    .trim()
    .split("\n")
    .map((line) => line.split(";"));

/** A comma list; the empty text is the empty list. */
export const listOf = (field: string | undefined): readonly string[] => (field ? field.split(",") : []);

/** A function whose result is computed when it is first asked for. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
