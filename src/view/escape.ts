/** Text in HTML and SVG. */
const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** The text as markup shows it, in an attribute too. Control characters, which XML does not take, become blanks. */
export const escaped = (text: string): string =>
  text.replace(/[^\P{Cc}\t\n]/gu, " ").replace(/[&<>"']/g, (c) => entities[c]!);
