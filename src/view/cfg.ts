/** Pictures of the control flow, as text for other tools to draw, or drawn. */
import type { DisassembledFunc } from "../driver/disassemble.ts";
import { type Block, type Edge, type Flow, flowOf, shortened } from "./blocks.ts";
import { svgOf } from "./svg.ts";

export type PictureKind = "dot" | "mermaid" | "svg";

/** One picture with all the functions. */
export function draw(funcs: readonly DisassembledFunc[], kind: PictureKind): string {
  const flows = funcs.map(flowOf);
  if (kind === "svg") return svgOf(flows);
  return kind === "dot" ? dot(flows) : mermaid(flows);
}

function dot(flows: readonly Flow[]): string {
  const graphs = flows.map((flow, i) => {
    const id = (slot: number) => `f${i}_${slot}`;
    const nodes = flow.blocks.map((block) => `    ${id(block.slot)} [label="${dotLabel(block)}"];\n`);
    const edges = flow.edges.map((edge) => `    ${id(edge.from)} -> ${id(edge.to)}${dotColour[edge.kind]};\n`);
    const title = `    label="${dotText(flow.name)}"; labeljust=l;\n`;
    return `  subgraph cluster_${i} {\n${title}${nodes.join("")}${edges.join("")}  }\n`;
  });
  const style = '  node [shape=box, fontname="monospace", fontsize=10];\n  fontname="monospace";\n';
  return `digraph control_flow {\n${style}${graphs.join("")}}\n`;
}

const dotColour: Readonly<Record<Edge["kind"], string>> = {
  taken: ' [color="#2a7d3f"]',
  "not-taken": ' [color="#b3432b"]',
  next: "",
};

const dotText = (text: string): string => text.replace(/[\\"]/g, "\\$&");

/** Lines that end in `\l` are set to the left. */
const dotLabel = ({ rows }: Block): string =>
  rows.map((row) => `${row.kind === "insn" ? "    " : ""}${dotText(shortened(row.text))}\\l`).join("");

function mermaid(flows: readonly Flow[]): string {
  const graphs = flows.map((flow, i) => {
    const id = (slot: number) => `f${i}_${slot}`;
    const nodes = flow.blocks.map((block) => `    ${id(block.slot)}["${mermaidLabel(block)}"]\n`);
    const edges = flow.edges.map((edge) => `    ${id(edge.from)} ${arrows[edge.kind]} ${id(edge.to)}\n`);
    return `  subgraph ${`g${i}`}["${mermaidText(flow.name)}"]\n${nodes.join("")}${edges.join("")}  end\n`;
  });
  return `flowchart TD\n${graphs.join("")}`;
}

const arrows: Readonly<Record<Edge["kind"], string>> = { taken: "-->|yes|", "not-taken": "-->|no|", next: "-->" };

const entities: Readonly<Record<string, string>> = {
  '"': "#quot;",
  "<": "#lt;",
  ">": "#gt;",
  "&": "#amp;",
  "#": "#35;",
};
const mermaidText = (text: string): string => text.replace(/["<>&#]/g, (c) => entities[c]!);
const mermaidLabel = ({ rows }: Block): string => rows.map((row) => mermaidText(shortened(row.text))).join("<br/>");
