/** The control flow drawn: blocks laid out in layers by dagre, with source lines in them, as SVG. */
import { Graph, layout } from "@dagrejs/dagre";
import { type Block, type Edge, type Flow, shortened } from "./blocks.ts";
import { escaped } from "./escape.ts";

/** Pixels: of a character, a row, and what is left free. */
const CHARACTER = 6.65;
const ROW = 15;
const PADDING = 8;
const TITLE = 26;
const GAP = 24;

interface Drawn {
  readonly width: number;
  readonly height: number;
  readonly body: string;
}

/** One picture, the functions below one another. */
export function svgOf(flows: readonly Flow[]): string {
  const parts: string[] = [];
  let y = 0;
  let width = 1;
  for (const flow of flows) {
    const drawn = drawFlow(flow, "");
    const title = `<text class="cfg-title" x="4" y="17">${escaped(flow.name)}</text>`;
    parts.push(`<g transform="translate(0 ${y})">${title}<g transform="translate(0 ${TITLE})">${drawn.body}</g></g>\n`);
    width = Math.max(width, drawn.width);
    y += TITLE + drawn.height + GAP;
  }
  return wrapped(parts.join(""), width, Math.max(1, y - GAP), `<style>${pictureStyle}</style>\n`);
}

/** The picture of one function, for a page that has the style; `id` tells it from other pictures there. */
export function svgOfOne(flow: Flow, id: string): string {
  const { body, width, height } = drawFlow(flow, id);
  return wrapped(body, width, height, "", id);
}

const wrapped = (body: string, width: number, height: number, style: string, id = ""): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" class="cfg" width="${round(width)}" height="${round(height)}" ` +
  `viewBox="0 0 ${round(width)} ${round(height)}">\n${style}${tip(id)}${body}</svg>\n`;

export const pictureStyle = `
.cfg { font: 11px ui-monospace, monospace; background: var(--back, #fff); }
.cfg text { white-space: pre; fill: var(--text, #1d2430); }
.cfg .cfg-title { font-weight: bold; font-size: 13px; }
.cfg .cfg-source { fill: var(--faint, #6a7280); }
.cfg rect { fill: var(--panel, #f6f7f9); stroke: var(--line, #c3c9d2); }
.cfg path.edge { fill: none; stroke: var(--faint, #6a7280); stroke-width: 1.3; }
.cfg path.taken { stroke: #2a8d46; }
.cfg path.not-taken { stroke: #c2502f; }
`;

/** The point of an arrow. */
const tip = (id: string): string =>
  `<defs><marker id="tip${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0L8 4L0 8z" fill="context-stroke"/></marker></defs>\n`;

const round = (n: number): string => (Math.round(n * 10) / 10).toString();

function drawFlow(flow: Flow, id: string): Drawn {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "TB", nodesep: 30, ranksep: 36, marginx: 6, marginy: 6 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const block of flow.blocks) graph.setNode(String(block.slot), sizeOf(block));
  for (const { from, to, kind } of flow.edges) graph.setEdge(String(from), String(to), {}, kind);
  layout(graph);
  const edges = flow.edges.map((edge) => edgePath(edge, graph.edge(String(edge.from), String(edge.to), edge.kind), id));
  const blocks = flow.blocks.map((block) => drawBlock(block, graph.node(String(block.slot)) as Box));
  const { width = 1, height = 1 } = graph.graph() as { readonly width?: number; readonly height?: number };
  return { width, height, body: edges.join("") + blocks.join("") };
}

function sizeOf({ rows }: Block): { width: number; height: number } {
  const longest = Math.max(...rows.map((row) => shortened(row.text).length + (row.kind === "insn" ? 2 : 0)));
  return { width: longest * CHARACTER + 2 * PADDING, height: rows.length * ROW + 2 * PADDING };
}

interface Box {
  /** Of the middle. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function drawBlock(block: Block, { x, y, width, height }: Box): string {
  const [left, top] = [x - width / 2, y - height / 2];
  const rows = block.rows.map((row, i) => {
    const at = `x="${round(left + PADDING)}" y="${round(top + PADDING + (i + 0.75) * ROW)}"`;
    const text = row.kind === "insn" ? `  ${row.text}` : row.text;
    return `<text class="cfg-${row.kind}" data-slot="${row.slot}" ${at}>${escaped(shortened(text))}</text>`;
  });
  const rect = `<rect x="${round(left)}" y="${round(top)}" width="${round(width)}" height="${round(height)}" rx="4"/>`;
  return `<g class="cfg-block" data-block="${block.slot}">${rect}${rows.join("")}</g>\n`;
}

function edgePath({ kind }: Edge, label: unknown, id: string): string {
  const points = (label as { readonly points?: readonly { readonly x: number; readonly y: number }[] }).points ?? [];
  const place = ({ x, y }: { readonly x: number; readonly y: number }) => `${round(x)} ${round(y)}`;
  const [first, ...rest] = points;
  if (!first) return "";
  return `<path class="edge ${kind}" marker-end="url(#tip${id})" d="M${place(first)}${rest.map((p) => `L${place(p)}`).join("")}"/>\n`;
}
