/** The difference of two texts by lines, in the unified form that `patch` reads. */

interface Row {
  readonly sign: " " | "-" | "+";
  readonly text: string;
}

const CONTEXT = 3;
/** Pairs of lines that are compared at most; beyond, all of the middle is told as changed. */
const MOST_PAIRS = 4_000_000;

/** Empty where the texts are equal. */
export function lineDiff(name: string, before: string, after: string): string {
  if (before === after) return "";
  const rows = rowsOf(before.split("\n"), after.split("\n"));
  return `--- ${name}\n+++ ${name}\n${hunks(rows).join("")}`;
}

function rowsOf(a: readonly string[], b: readonly string[]): readonly Row[] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const same = (lines: readonly string[]): Row[] => lines.map((text) => ({ sign: " ", text }));
  const middle = changed(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  return [...same(a.slice(0, head)), ...middle, ...same(a.slice(a.length - tail))];
}

/** By the longest common subsequence. */
function changed(a: readonly string[], b: readonly string[]): readonly Row[] {
  const rows: Row[] = [];
  const width = b.length + 1;
  const longest = a.length * b.length > MOST_PAIRS ? undefined : lengths(a, b, width);
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (longest && i < a.length && j < b.length && a[i] === b[j]) {
      rows.push({ sign: " ", text: a[i++]! });
      j++;
    } else if (
      i < a.length &&
      (j === b.length || !longest || longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!)
    ) {
      rows.push({ sign: "-", text: a[i++]! });
    } else rows.push({ sign: "+", text: b[j++]! });
  }
  return rows;
}

function lengths(a: readonly string[], b: readonly string[], width: number): Uint32Array {
  const longest = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const skip = Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!);
      longest[i * width + j] = a[i] === b[j] ? longest[(i + 1) * width + j + 1]! + 1 : skip;
    }
  }
  return longest;
}

/** Changes with the lines around them; those that touch share a hunk. */
function hunks(rows: readonly Row[]): readonly string[] {
  const near = rows.map((_, i) => rows.slice(Math.max(0, i - CONTEXT), i + CONTEXT + 1).some((r) => r.sign !== " "));
  const out: string[] = [];
  let oldLine = 1;
  let newLine = 1;
  for (let i = 0; i < rows.length; ) {
    let end = i;
    while (end < rows.length && near[end] === near[i]) end++;
    const part = rows.slice(i, end);
    const olds = part.filter((r) => r.sign !== "+").length;
    const news = part.filter((r) => r.sign !== "-").length;
    const body = part.map((r) => `${r.sign}${r.text}\n`).join("");
    if (near[i]) out.push(`@@ -${oldLine},${olds} +${newLine},${news} @@\n${body}`);
    oldLine += olds;
    newLine += news;
    i = end;
  }
  return out;
}
