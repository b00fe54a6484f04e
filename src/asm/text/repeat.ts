/** `.rept N` to `.endr`: the statements between, so many times. */
import { Reader, Unreadable } from "./reader.ts";
import type { Token } from "./token.ts";

type Statement = readonly Token[];

/** More statements than any BPF program has instructions: the kernel's BPF_COMPLEXITY_LIMIT_INSNS is a million steps. */
const MAX_STATEMENTS = 1 << 18;

/** `statements` with their repetitions written out; mistakes are told to `refuse` and passed over. */
export function repeated(
  statements: readonly Statement[],
  refuse: (statement: Statement, problem: Unreadable) => void,
): readonly Statement[] {
  if (!statements.some((s) => s[0]!.text === ".rept")) return statements;
  const open: { readonly count: number; readonly head: Statement }[] = [];
  let out: Statement[] = [];
  const outer: Statement[][] = [];
  const problem = (s: Statement, text: string) => refuse(s, new Unreadable(text, s[0]!));
  for (const statement of statements) {
    const { text } = statement[0]!;
    if (text === ".rept") {
      open.push({ count: countOf(statement, refuse), head: statement });
      outer.push(out);
      out = [];
      continue;
    }
    if (text !== ".endr") {
      out.push(statement);
      continue;
    }
    const block = open.pop();
    if (!block) {
      problem(statement, "expected '.rept' before it");
      continue;
    }
    const body = out;
    out = outer.pop()!;
    if (body.length === 0) continue;
    if (out.length + body.length * block.count > MAX_STATEMENTS) problem(block.head, "expected fewer repetitions");
    else for (let i = 0; i < block.count; i++) for (const one of body) out.push(one);
  }
  for (const { head } of open) problem(head, "expected '.endr' behind it");
  return [...outer, out].flat();
}

function countOf(statement: Statement, refuse: (statement: Statement, problem: Unreadable) => void): number {
  try {
    const reader = new Reader(statement);
    reader.take();
    const count = reader.number(32);
    reader.end();
    return count < 0n ? 0 : Number(count);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    refuse(statement, error);
    return 0;
  }
}
