// Programs as trees of text, so that one can be cut down piece by piece: nodes are never changed, only replaced.
//
// A node is { kind, parts }, where a part is text, a node, or a list of statements. Kinds:
//   expr   an integer expression: any integer expression may stand in its place
//   fixed  must stay as it is (a guard against undefined behaviour, a place to store to), but what is in it may change
//   stmt   a statement or declaration: may be left out, or give way to the statements in it

const make =
  (kind) =>
  (strings, ...values) => ({
    kind,
    parts: strings.flatMap((text, at) => (at < values.length ? [text, toPart(values[at])] : [text])),
  });
const toPart = (value) => (typeof value === "object" ? value : String(value));

export const ex = make("expr");
export const fixed = make("fixed");
export const stmt = make("stmt");
/** A node of plain text. */
export const word = (text) => ({ kind: "expr", parts: [text] });

const childrenOf = (node) => node.parts.flatMap((part) => (typeof part === "string" ? [] : part));

/** Text of a tree, where `changes` (a Map of node to node, or to undefined for nothing) replaces some nodes. */
export function textOf(node, changes) {
  if (changes?.has(node)) {
    const other = changes.get(node);
    return other === undefined ? "" : textOf(other, changes);
  }
  return node.parts
    .map((part) => {
      if (typeof part === "string") return part;
      return Array.isArray(part) ? part.map((item) => textOf(item, changes)).join("\n") : textOf(part, changes);
    })
    .join("");
}

/** The tree with changes made for good. */
export function rebuilt(node, changes) {
  if (changes.has(node)) {
    const other = changes.get(node);
    return other === undefined ? { kind: "stmt", parts: [] } : rebuilt(other, changes);
  }
  const parts = node.parts.map((part) => {
    if (typeof part === "string") return part;
    return Array.isArray(part) ? part.map((item) => rebuilt(item, changes)) : rebuilt(part, changes);
  });
  return { kind: node.kind, parts };
}

const nearest = (node, kind) =>
  childrenOf(node).flatMap((child) => (child.kind === kind ? [child] : nearest(child, kind)));

const CONSTANTS = ["0", "1"].map(word);

/** What may stand for a node, smallest first. */
function substitutes(node) {
  if (node.kind === "stmt") {
    const inner = nearest(node, "stmt");
    return [undefined, ...(inner.length > 0 ? [{ kind: "stmt", parts: [inner] }] : [])];
  }
  if (node.kind === "expr" && node.parts.length > 1) return [...CONSTANTS, ...nearest(node, "expr")];
  return [];
}

/** Every single change of a tree as { node, other, saves }, the largest first; `saves` is in characters. */
export function changesOf(root) {
  const found = [];
  const visit = (node) => {
    const size = textOf(node).length;
    if (size > 0)
      for (const other of substitutes(node)) {
        const saves = size - (other === undefined ? 0 : textOf(other).length);
        if (saves > 0) found.push({ node, other, saves });
      }
    childrenOf(node).forEach(visit);
  };
  childrenOf(root).forEach(visit);
  return found.sort((a, b) => b.saves - a.saves);
}

/** Lines indented by the braces that are open. */
export function indented(text) {
  let depth = 0;
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines
    .map((line) => {
      const bare = line.trim();
      const closes = /^[})]+/.test(bare) ? 1 : 0;
      const shown = "\t".repeat(Math.max(0, depth - closes)) + bare;
      depth += (bare.match(/{/g) ?? []).length - (bare.match(/}/g) ?? []).length;
      return shown;
    })
    .join("\n");
}
