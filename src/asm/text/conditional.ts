/** `.ifc a, b` and `.ifnc a, b` to `.endif`, with `.else` between: statements that count if two texts are the same. */
import { Unreadable } from "./reader.ts";
import type { Token } from "./token.ts";

type Statement = readonly Token[];

/** A choice that is not closed yet. */
interface Open {
  readonly head: Statement;
  /** Whether the statements around it count. */
  readonly outside: boolean;
  taken: boolean;
  inElse: boolean;
}

/** The statements that count; mistakes are told to `refuse` and passed over. */
export function chosen(
  statements: readonly Statement[],
  refuse: (statement: Statement, problem: Unreadable) => void,
): readonly Statement[] {
  if (!statements.some((s) => directives.has(s[0]!.text))) return statements;
  const open: Open[] = [];
  const counts = (): boolean => open.every(({ outside, taken }) => outside && taken);
  const out = statements.filter((statement) => {
    const { text } = statement[0]!;
    if (!directives.has(text)) return counts();
    const top = open[open.length - 1];
    if (text === ".ifc" || text === ".ifnc") {
      const same = isSame(statement, refuse);
      open.push({ head: statement, outside: counts(), taken: same === (text === ".ifc"), inElse: false });
    } else if (!top || (text === ".else" && top.inElse)) {
      refuse(statement, new Unreadable("expected '.ifc' before it", statement[0]!));
    } else if (text === ".endif") open.pop();
    else {
      top.taken = !top.taken;
      top.inElse = true;
    }
    return false;
  });
  for (const { head } of open) refuse(head, new Unreadable("expected '.endif' behind it", head[0]!));
  return out;
}

const directives: ReadonlySet<string> = new Set([".ifc", ".ifnc", ".else", ".endif"]);

function isSame(statement: Statement, refuse: (statement: Statement, problem: Unreadable) => void): boolean {
  const comma = statement.findIndex(({ text }) => text === ",");
  if (comma === -1) refuse(statement, new Unreadable("expected two texts with ',' between", statement[0]!));
  const written = (tokens: Statement): string => tokens.map(({ text }) => text).join(" ");
  return written(statement.slice(1, comma)) === written(statement.slice(comma + 1));
}
