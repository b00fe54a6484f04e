// Group (d): accepted programs with one instruction changed, judged by both verifiers; many in one boot.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { boot } from "../../test/kernel/harness/guest.mjs";
import { fetch } from "../../test/kernel/harness/paths.mjs";
import { judged, linked } from "./engine.mjs";
import { bytesOf, mutation, slotsOf } from "./mutate.mjs";
import { randomFrom } from "./random.mjs";

const MOST_INSNS = 400;
const MOST_PROCESSED = 3000;
const SECONDS = 3000;
const PER_PROGRAM = 25;

/** The programs of these objects that both verifiers accept and that are small enough to be loaded many times. */
function bases(engine, objects, truth) {
  return objects.flatMap(({ name, object }) => {
    const small = Object.entries(truth[name] ?? {}).filter(
      ([, t]) => t.verdict === "accepted" && t.insns <= MOST_INSNS && t.processed > 0 && t.processed <= MOST_PROCESSED,
    );
    if (small.length === 0) return [];
    const names = new Set(small.map(([program]) => program));
    return linked(engine, object)
      .filter((program) => names.has(program.name) && judged(engine, program).verdict === "accepted")
      .map((program) => ({ name: `${name}:${program.name}`, object, program }));
  });
}

/** The bytes of a linked program; undefined where something in it is still a name. */
function encoded({ encodeInsns }, program) {
  try {
    return encodeInsns(program.insns.map(({ insn }) => insn));
  } catch {
    return undefined;
  }
}

/** `count` changes to programs drawn by lot, grouped by program. */
function draw(engine, pool, count, random) {
  const groups = [];
  for (let made = 0; made < count; ) {
    const base = pool[random(pool.length)];
    const bytes = encoded(engine, base.program);
    if (!bytes) continue;
    const slots = slotsOf(bytes);
    const starts = base.program.insns.map(({ slot }) => slot);
    const changes = Array.from({ length: Math.min(PER_PROGRAM, count - made) }, () => mutation(slots, starts, random));
    const real = changes.filter(Boolean);
    if (real.length === 0) continue;
    groups.push({ ...base, bytes, slotCount: slots.length, changes: real });
    made += changes.length;
  }
  return groups;
}

/** The program with the change, or undefined where the decoder takes it for no instruction. */
export function changed({ decodeInsns, DecodeError }, base, { slot, after }) {
  const index = base.program.insns.findIndex((line) => line.slot === slot);
  const line = base.program.insns[index];
  const bytes = base.bytes.slice(8 * slot, 8 * slot + (line.insn.kind === "ld_imm64" ? 16 : 8));
  bytes.set(bytesOf(after));
  try {
    const [insn] = decodeInsns(bytes);
    return { ...base.program, insns: base.program.insns.with(index, { ...line, insn }) };
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

const isMapFd = ({ code, src }) => code === 0x18 && (src === 1 || src === 2);
const hex = (value) => value.toString(16);
const patchLine = (index, { slot, before, after }) =>
  `m${index} ${slot}:${hex(after.code)}:${hex((after.src << 4) | after.dst)}:${after.off}:${isMapFd(before) ? "-" : after.imm}`;

/** What the guest says of each change, in the groups' order. */
async function askKernel(groups, folder, release, verbose) {
  const files = { patchload: fetch("patchload") };
  const script = ["chmod +x patchload"];
  groups.forEach(({ object, program, changes }, g) => {
    const patches = join(folder, `p${g}.txt`);
    writeFileSync(patches, `${changes.map((change, index) => patchLine(index, change)).join("\n")}\n`);
    files[`p${g}.txt`] = patches;
    files[`p${g}.o`] = object;
    script.push(`echo "group ${g}"; ./patchload ${verbose ? "-v " : ""}p${g}.o ${program.name} p${g}.txt`);
  });
  const jobs = [{ script: script.join("\n"), objects: files }];
  const [output] = await boot(`${release}-amd64`, jobs, { seconds: SECONDS, checkSeconds: SECONDS });
  return answersIn(output.text, groups);
}

function answersIn(text, groups) {
  const answers = groups.map(() => ({ slots: 0, verdicts: new Map() }));
  let at = answers[0];
  for (const line of text.split("\n")) {
    const [, group] = /^group (\d+)$/.exec(line) ?? [];
    if (group !== undefined) at = answers[Number(group)];
    const [, slots] = /^slots (\d+)$/.exec(line) ?? [];
    if (slots !== undefined) at.slots = Number(slots);
    const [, index, verdict, error, log] = /^m(\d+) (\w+) (-?\d+) ?(.*)$/.exec(line) ?? [];
    if (index !== undefined) at.verdicts.set(Number(index), { verdict, error: Number(error), why: lastLine(log) });
  }
  return answers;
}

const lastLine = (log) => log.split("|").at(-1);

/** Rows { name, section, truth, ours } for `count` changes from `seed` on. */
export async function comparePatched(engine, { objects, truth, folder, release, seed, count, verbose, pick }) {
  mkdirSync(folder, { recursive: true });
  const random = randomFrom(seed);
  const pool = bases(engine, objects, truth);
  let groups = draw(engine, pool, count, random);
  if (pick) groups = picked(groups, pick);
  const answers = await askKernel(groups, folder, release, verbose);
  return groups.flatMap((group, g) => {
    const { slots, verdicts } = answers[g];
    if (slots !== group.slotCount) return [];
    return group.changes.flatMap((change, index) => {
      const told = verdicts.get(index);
      if (!told || told.verdict === "late" || told.verdict === "bad") return [];
      return [rowOf(engine, group, change, told)];
    });
  });
}

/** Only the changes that are named, for a second look. */
function picked(groups, names) {
  return groups
    .map((group) => ({ ...group, changes: group.changes.filter((change) => names.has(nameOf(group, change))) }))
    .filter(({ changes }) => changes.length > 0);
}

const text = ({ code, dst, src, off, imm }) => `${hex(code)} r${dst} r${src} ${off} ${imm}`;
const nameOf = ({ name }, { slot, before, after }) => `${name}@${slot}: ${text(before)} -> ${text(after)}`;

function rowOf(engine, group, change, truth) {
  const program = changed(engine, group, change);
  const ours = program ? judged(engine, program) : { verdict: "rejected", processed: 0, why: "no instruction" };
  return { name: nameOf(group, change), section: group.program.section, truth, ours };
}
