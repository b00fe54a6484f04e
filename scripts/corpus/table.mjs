// The tables that a run of the corpus prints, in Markdown.
import { geometricMean } from "../../bench/measure.mjs";
import { reasonOf } from "./load.mjs";

const row = (...cells) => console.log(`| ${cells.join(" | ")} |`);

function head(title, ...cells) {
  console.log(`\n### ${title}\n`);
  row(...cells);
  row(...cells.map((_, at) => (at === 0 ? "---" : "--:")));
}

const EXTREMES = 10;
const percent = (part, whole) => (whole === 0 ? "" : `${((100 * part) / whole).toFixed(0)} %`);
const count = (items, holds) => items.filter(holds).length;
const median = (values) => (values.length ? values.toSorted((a, b) => a - b)[values.length >> 1].toFixed(0) : "");
const names = (problem) => problem.text.replaceAll(/'[^']*'/g, "'…'").split("\n")[0];

/** Programs that the kernel accepts in clang's object: ours have to be accepted, too. */
const wanted = ({ clang }) => [...(clang?.programs ?? [])].filter(([, p]) => p.verdict === "accepted");
/** Accepted, and so are the types of the object, if the kernel takes those of clang's. */
const isAccepted = ({ ours, clang }, name) => {
  const verdict = ours.programs?.get(name);
  return verdict?.verdict === "accepted" && (verdict.btf === undefined || clang.programs.get(name).btf !== undefined);
};
const isLoaded = (file) => file.ours.programs && wanted(file).every(([name]) => isAccepted(file, name));

/** Why files do not build: the diagnostics of each, counted by file. */
export function failureTable(files) {
  const groups = new Map();
  for (const { path, ours } of files) {
    for (const key of new Set(ours.problems.map((problem) => `${problem.code}: ${names(problem)}`))) {
      groups.set(key, [...(groups.get(key) ?? []), path]);
    }
  }
  if (groups.size === 0) return;
  head("Why files do not build", "diagnostic", "files", "one of them");
  const sorted = [...groups].sort((a, b) => b[1].length - a[1].length);
  for (const [key, paths] of sorted) row(key.replaceAll("|", "\\|"), paths.length, paths[0].split("/").at(-1));
}

export function buildTable(files) {
  head("Built", "group", "files", "clang builds", "bpfasm builds", "of clang's", "crashed", "median ms", "clang's ms");
  for (const group of [...new Set(files.map((file) => file.group))]) {
    const own = files.filter((file) => file.group === group);
    const theirs = own.filter(({ clang }) => !clang || clang.object);
    const built = count(theirs, ({ ours }) => ours.object);
    row(
      ...[group, own.length, own[0].clang ? theirs.length : "", count(own, ({ ours }) => ours.object)],
      ...[percent(built, theirs.length), count(own, ({ ours }) => ours.crashed)],
      ...[median(own.map(({ ours }) => ours.ms)), median(own.flatMap(({ clang }) => (clang ? [clang.ms] : [])))],
    );
  }
}

/** Disassembled and assembled again: objects that come back with the same bytes, and what did not. */
export function roundTripTable(files) {
  head("Disassembled and assembled again", "objects of", "objects", "instructions", "same bytes");
  const wrong = [];
  for (const compiler of ["ours", "clang"]) {
    const made = files.filter((file) => file[compiler]?.roundTrip);
    const insns = made.reduce((sum, file) => sum + file[compiler].roundTrip.insns, 0);
    const isSame = (file) => file[compiler].roundTrip.differences.length === 0;
    if (made.length > 0) row(compiler === "ours" ? "bpfasm" : "clang", made.length, insns, count(made, isSame));
    wrong.push(
      ...made.flatMap(({ path, [compiler]: { roundTrip } }) => roundTrip.differences.map((d) => ({ path, ...d }))),
    );
  }
  for (const { path, func, slot, text, again } of wrong.slice(0, EXTREMES))
    console.log(`${path}: ${func}, slot ${slot}: '${text}' became '${again}'`);
}

export function loadTable(files) {
  head("Loaded", "group", "clang's programs", "accepted", "ours accepted", "files whose programs all are", "of files");
  for (const group of [...new Set(files.map((file) => file.group))]) {
    const own = files.filter((file) => file.group === group && file.clang?.programs);
    const pairs = own.flatMap((file) => wanted(file).map(([name]) => isAccepted(file, name)));
    const all = own.reduce((sum, file) => sum + file.clang.programs.size, 0);
    row(group, all, pairs.length, count(pairs, Boolean), count(own, isLoaded), own.length);
  }
}

export function refusedTable(files) {
  const refused = files
    .filter(({ ours }) => ours.object)
    .flatMap((file) => wanted(file).flatMap(([name]) => (isAccepted(file, name) ? [] : [{ file, name }])));
  if (refused.length === 0) return;
  head("Accepted in clang's object, not in ours", "program", "file", "why");
  for (const { file, name } of refused) {
    const verdict = file.ours.programs?.get(name);
    const why = verdict ? reasonOf(verdict) : (file.ours.problem ?? "it is not in the object");
    row(name, file.path.split("/").at(-1), why.replaceAll("|", "\\|").split("\n").at(-1));
  }
}

/** Programs that the kernel accepts from both compilers: { name, path, ours, clang, ratio, processed }. */
const pairsOf = (files) =>
  files.flatMap((file) =>
    wanted(file)
      .filter(([name]) => isAccepted(file, name))
      .map(([name, clang]) => {
        const ours = file.ours.programs.get(name);
        const ratio = ours.insns / clang.insns;
        const processed = ours.processed > 0 && clang.processed > 0 ? ours.processed / clang.processed : undefined;
        return { name, path: file.path, ours: ours.insns, clang: clang.insns, ratio, processed };
      }),
  );

export function sizeTable(files) {
  const pairs = pairsOf(files).sort((a, b) => b.ratio - a.ratio);
  if (pairs.length === 0) return;
  const processed = pairs.flatMap((pair) => (pair.processed === undefined ? [] : [pair.processed]));
  head("Instructions a program, ours to clang's", "program", "ours", "clang's", "ratio", "processed");
  const line = (pair) => {
    const ratio = pair.processed === undefined ? "" : pair.processed.toFixed(2);
    row(`${pair.name} (${pair.path.split("/").at(-1)})`, pair.ours, pair.clang, pair.ratio.toFixed(2), ratio);
  };
  pairs.slice(0, EXTREMES).forEach(line);
  if (pairs.length > EXTREMES) pairs.slice(Math.max(EXTREMES, pairs.length - EXTREMES)).forEach(line);
  const mean = geometricMean(pairs.map((pair) => pair.ratio)).toFixed(3);
  row(`geometric mean of ${pairs.length}`, "", "", mean, processed.length ? geometricMean(processed).toFixed(3) : "");
}
