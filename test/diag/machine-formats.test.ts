/** SARIF and workflow commands hold what a diagnostic holds, in the form that their readers ask for. */
import { expect, test } from "vitest";
import { DiagSink } from "../../src/diag/diagnostic.ts";
import { renderGithub } from "../../src/diag/github.ts";
import { renderSarif } from "../../src/diag/sarif.ts";
import { SourceMap } from "../../src/diag/source.ts";

const files = new SourceMap();
const { id } = files.add("src/a b#1.bpf", "int x;\nint *p = f();\n*p = 1;\n");
const span = (start: number, end: number) => ({ file: id, start, end });
const sink = new DiagSink();
sink
  .error("E0510", span(21, 23), "'p' (r0)")
  .note("expected a pointer")
  .note("it comes from f", span(16, 19))
  .path([span(7, 10)])
  .help("compare it, first: 100%\nor not")
  .edit(span(20, 20), "\nif (!p) return 0;")
  .edit(span(21, 23), "");
sink.warn("license", undefined, "probe");
const text = renderSarif([{ diagnostics: sink.diagnostics, files }], "1.2.3");

/** Members of each object of SARIF 2.1.0 that is written here: `!` must be there, others may. */
const shapes: Readonly<Record<string, string>> = {
  log: "$schema version! runs!",
  run: "tool! columnKind results",
  tool: "driver!",
  driver: "name! version rules",
  rules: "id! defaultConfiguration help",
  defaultConfiguration: "level",
  help: "text!",
  results: "ruleId ruleIndex level message! locations relatedLocations codeFlows fixes",
  message: "text!",
  locations: "physicalLocation location",
  location: "physicalLocation",
  relatedLocations: "id physicalLocation message",
  physicalLocation: "artifactLocation region",
  artifactLocation: "uri",
  region: "startLine startColumn endLine endColumn",
  deletedRegion: "startLine startColumn endLine endColumn",
  codeFlows: "threadFlows!",
  threadFlows: "locations!",
  fixes: "description artifactChanges!",
  description: "text!",
  artifactChanges: "artifactLocation! replacements!",
  replacements: "deletedRegion! insertedContent",
  insertedContent: "text",
};

function check(node: unknown, kind: string, at: string): void {
  if (typeof node !== "object" || node === null) return;
  if (Array.isArray(node)) {
    for (const one of node) check(one, kind, at);
    return;
  }
  const words = shapes[kind]?.split(" ") ?? [];
  const known = words.map((w) => w.replace("!", ""));
  expect(
    Object.keys(node).filter((k) => !known.includes(k)),
    `${at}: unknown members`,
  ).toEqual([]);
  expect(
    words.filter((w) => w.endsWith("!") && !(w.slice(0, -1) in node)),
    `${at}: missing members`,
  ).toEqual([]);
  for (const [key, value] of Object.entries(node)) check(value, key === "runs" ? "run" : key, `${at}.${key}`);
}

test("SARIF keeps to the schema's members, its levels, and numbers from 1", () => {
  const log = JSON.parse(text);
  check(log, "log", "log");
  expect(log.version).toBe("2.1.0");
  const levels = [...text.matchAll(/"level": "(\w+)"/g)].map((m) => m[1]);
  expect(levels.filter((l) => !/^(none|note|warning|error)$/.test(l!))).toEqual([]);
  const numbers = [...text.matchAll(/"(?:start|end)(?:Line|Column)": (-?\d+)/g)].map((m) => Number(m[1]));
  expect(numbers.filter((n) => n < 1)).toEqual([]);
  const [run] = log.runs;
  for (const r of run.results) expect(run.tool.driver.rules[r.ruleIndex].id).toBe(r.ruleId);
});

test("SARIF tells places, notes, path and edits", () => {
  const [first, second] = JSON.parse(text).runs[0].results;
  expect(first.locations[0].physicalLocation).toEqual({
    artifactLocation: { uri: "src/a%20b%231.bpf" },
    region: { startLine: 3, startColumn: 1, endLine: 3, endColumn: 3 },
  });
  expect(first.message.text.split("\n")).toEqual([
    "'p' (r0) may be null here",
    "note: expected a pointer",
    "help: compare it, first: 100%",
    "or not",
  ]);
  expect(first.relatedLocations).toMatchObject([{ id: 0, message: { text: "it comes from f" } }]);
  expect(first.codeFlows[0].threadFlows[0].locations[0].location.physicalLocation.region.startLine).toBe(2);
  expect(first.fixes[0].artifactChanges[0].replacements).toMatchObject([
    { deletedRegion: { startLine: 2, startColumn: 14 }, insertedContent: { text: "\nif (!p) return 0;" } },
    { deletedRegion: { startLine: 3, startColumn: 1, endColumn: 3 } },
  ]);
  expect(second).toMatchObject({ ruleId: "-Wlicense", level: "warning" });
  expect(second.locations).toBeUndefined();
});

test("a run without a word is a document, too", () => {
  expect(JSON.parse(renderSarif([], "1.2.3")).runs[0].results).toEqual([]);
});

test("workflow commands escape what their form needs", () => {
  const [error, warning] = sink.diagnostics.map((d) => renderGithub(d, files));
  expect(error).toBe(
    "::error file=src/a b#1.bpf,line=3,endLine=3,col=1,endColumn=3,title=E0510::'p' (r0) may be null here%0A" +
      "note: expected a pointer%0Anote: line 2: it comes from f%0Apath: lines 2%0A" +
      "help: compare it, first: 100%25%0Aor not\n",
  );
  expect(warning).toMatch(/^::warning title=-Wlicense::no license given/);
});
