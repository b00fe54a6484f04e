// What an object did in the guest, as a map from what was observed to its values; and the masks that say which of it
// may differ from run to run.

const byText = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** A line of bpfrun to [what, value], for each kind of line. */
const READERS = [
  ["attached", (l) => [`attached ${l.attached}`, String(l.error)]],
  ["ran", (l) => [`result of ${l.ran} on ${l.input}`, `${l.error} ${l.retval} ${l.out ?? ""}`]],
  ["did", (l) => [`act ${l.did}`, l.value]],
  ["iterator", (l) => [`text of ${l.iterator}`, Buffer.from(l.text).toString("hex")]],
  ["counted", (l) => [`runs of ${l.counted}`, l.runs > 0 ? "some" : "none"]],
  ["global", (l) => [`${l.static ? "static" : "global"} ${l.global}`, l.value]],
  ["map", (l) => [`map ${l.map}`, `${l.key} ${l.value}`]],
  ["ring", (l) => [`ring ${l.ring}`, l.record]],
  ["perf", (l) => [`perf ${l.perf}`, l.record]],
];
/** Static locals, which each compiler names and keeps in its own way; the loader's own structures. */
const NOT_COMPARED = /^(global|static) .*\.|^map .*_ops$/;
/** Where nothing else refers to it, a compiler may leave it out. */
const DISPENSABLE = /^static /;
/** Maps keep no order that could be compared. */
const UNORDERED = /^map /;

/** What was observed without programs comes before this line. */
const startOf = (lines) => lines.findIndex((line) => line.mark === "attach") + 1;

/** [item, value] of a line that is compared, else undefined. */
function read(line) {
  const reader = READERS.find(([key]) => typeof line[key] === "string");
  const pair = reader?.[1](line);
  return pair && !NOT_COMPARED.test(pair[0]) ? pair : undefined;
}

/** Map from an item (`global x`, `ring y`, `result of f on IPv4`) to its values, in order where there is one. */
export function observe(lines) {
  const seen = new Map();
  for (const line of lines.slice(startOf(lines))) {
    const pair = read(line);
    if (!pair) continue;
    const [item, value] = pair;
    seen.set(item, [...(seen.get(item) ?? []), value]);
  }
  for (const [item, values] of seen) if (UNORDERED.test(item)) values.sort(byText);
  return seen;
}

const isSome = (values) => values.some((value) => /[1-9a-z]/i.test(value));

/**
 * One item as it is compared. A mask is "any" (it is not compared), "some" (whether there is anything but zeros), "set"
 * (which values there are, not how often), or a list of [from, to] columns of the values' text that are left out.
 */
export function masked(values, mask) {
  if (mask === undefined) return values.join("\n");
  if (mask === "any") return "";
  if (mask === "some") return isSome(values) ? "some" : "none";
  if (mask === "set") return [...new Set(values)].sort(byText).join("\n");
  const hide = (text) =>
    mask.reduce((got, [from, to]) => got.slice(0, from) + ".".repeat(to - from) + got.slice(to), text);
  return values.map(hide).sort(byText).join("\n");
}

/** Columns of eight bytes: a count differs in another digit each time. */
const WORD = 16;

/** The words in which texts of one length differ, as [from, to] columns; words are counted from each space. */
function differingColumns(texts) {
  const ranges = [];
  for (let at = 0; at < texts[0].length; at++) {
    if (texts.every((text) => text[at] === texts[0][at])) continue;
    const start = texts[0].lastIndexOf(" ", at) + 1;
    const end = texts[0].indexOf(" ", at);
    const from = start + Math.floor((at - start) / WORD) * WORD;
    const to = Math.min(from + WORD, end < 0 ? texts[0].length : end);
    ranges.push([from, to]);
    at = to - 1;
  }
  return ranges;
}

const WORTH_COMPARING = 0.25;

/** The mask under which an item is the same in all runs of one object; undefined where it is so without. */
function maskOf(runs) {
  if (new Set(runs.map((values) => values.join("\n"))).size === 1) return undefined;
  const lengths = runs.map((values) => values.map((value) => value.length).join());
  if (new Set(lengths).size === 1 && runs[0].length > 0) {
    const columns = runs[0].flatMap((_, at) => differingColumns(runs.map((values) => values[at])));
    const merged = mergeRanges(columns);
    const hidden = merged.reduce((sum, [from, to]) => sum + to - from, 0);
    const longest = Math.max(...runs[0].map((value) => value.length));
    const same = new Set(runs.map((values) => masked(values, merged))).size === 1;
    if (same && hidden <= longest * (1 - WORTH_COMPARING)) return merged;
  }
  return ["set", "some"].find((mask) => new Set(runs.map((values) => masked(values, mask))).size === 1) ?? "any";
}

function mergeRanges(ranges) {
  const merged = [];
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

/** The masks that several runs of one object ask for: { item: mask }. */
export function learnMasks(runs) {
  const items = [...new Set(runs.flatMap((run) => [...run.keys()]))].sort(byText);
  const rows = items.map((item) => [item, maskOf(runs.map((run) => run.get(item) ?? []))]);
  return Object.fromEntries(rows.filter(([, mask]) => mask !== undefined));
}

/** Items that two runs do not have in common: [{ item, ours, clang }]; `compared` counts those that were looked at. */
export function compare(ours, clang, masks = {}) {
  const inBoth = (item) => ours.has(item) && clang.has(item);
  const items = [...new Set([...ours.keys(), ...clang.keys()])].filter(
    (item) => masks[item] !== "any" && (inBoth(item) || !DISPENSABLE.test(item)),
  );
  const differing = items
    .map((item) => ({ item, ours: ours.get(item) ?? [], clang: clang.get(item) ?? [] }))
    .filter(({ item, ours, clang }) => masked(ours, masks[item]) !== masked(clang, masks[item]));
  return { compared: items.length, differing };
}

const NO_DIGIT = /[0. ]/;

/** Digits in which a text is another than the one before it; without one, digits that are not zero. */
function changedDigits(text, before) {
  const digits = [...text];
  if (before === undefined) return digits.filter((digit) => !NO_DIGIT.test(digit)).length;
  return digits.filter((digit, at) => digit !== before[at]).length + Math.max(0, before.length - text.length);
}

/** Bytes that a line shows to be the programs' doing, where `before` is the same item's text without them. */
function bytesOf(line, item, value, mask, before) {
  if (line.attached !== undefined || line.counted !== undefined) return 0;
  if (line.ran !== undefined) return line.error === 0 ? (line.retval !== 0 ? 1 : 0) + (line.changed ?? 0) : 0;
  const hidden = (text) => (typeof mask === "object" ? masked([text], mask) : text);
  const own = (text) => hidden(text).slice(item.startsWith("map ") ? text.indexOf(" ") + 1 : 0);
  if (line.iterator !== undefined) return [...own(value)].filter((digit) => digit !== ".").length / 2;
  const digits = changedDigits(own(value), before === undefined ? undefined : own(before));
  return Math.ceil(digits / 2);
}

/**
 * How many bytes of what was observed, masked bytes aside, the programs wrote, returned or changed: variables and map
 * values that are others than before they were attached, records, results, text, and what an act came to.
 */
export function observedBytes(lines, masks = {}) {
  const start = startOf(lines);
  const keyOf = (line, [item, value]) => (line.map === undefined ? item : `${item} ${value.split(" ")[0]}`);
  const before = new Map();
  for (const line of lines.slice(0, start)) {
    const pair = read(line);
    if (pair) before.set(keyOf(line, pair), pair[1]);
  }
  let bytes = 0;
  for (const line of lines.slice(start)) {
    const pair = read(line);
    const mask = pair && masks[pair[0]];
    if (!pair || mask === "any" || mask === "some") continue;
    bytes += bytesOf(line, pair[0], pair[1], mask, before.get(keyOf(line, pair)));
  }
  return bytes;
}
