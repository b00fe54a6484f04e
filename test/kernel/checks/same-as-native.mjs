// The language against a C compiler of this machine: the same header runs natively and in the kernel, and the arrays it
// fills have to come out alike.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { project } from "../harness/paths.mjs";
import { mustRun } from "../harness/process.mjs";
import { programNamed } from "../harness/programs.mjs";

const folder = "test/kernel/programs/native";
const INTEGERS = ["u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64"];

const CASES = [
  { name: "operators", arrays: INTEGERS.map((type) => `out_${type}`) },
  { name: "conversions", arrays: ["out_casts", "out_mixed", "out_constants"] },
  { name: "control", arrays: ["out", "effects"] },
  { name: "builtins", arrays: ["out"] },
  { name: "cleanup", arrays: ["out"] },
  { name: "data", arrays: ["out", "plain", "flag", "many"] },
  { name: "functions", arrays: ["out"] },
  { name: "memory", arrays: ["out"] },
  { name: "unsigned-division", arrays: ["out"] },
  { name: "signed-division", arrays: ["out"] },
  { name: "preprocessor", arrays: ["out"] },
];

/** Runs the header natively; resolves to the bytes of each array by name. */
async function natively({ name, arrays }) {
  const { flags = [] } = programNamed(name);
  const work = mkdtempSync(join(tmpdir(), "bpfasm-native-"));
  try {
    const program = join(work, "native");
    const names = `-DNAMES(X)=${arrays.map((array) => `X(${array})`).join(" ")}`;
    const how = ["-O1", "-w", "-fwrapv", "-fno-strict-aliasing", "-fsigned-char", "-std=gnu11", ...flags];
    const main = join(project, folder, "main.c");
    await mustRun("gcc", [...how, `-DCASE="${name}.h"`, names, main, "-o", program]);
    const { stdout } = await mustRun(program, []);
    return new Map(
      stdout
        .trim()
        .split("\n")
        .map((line) => line.split(" ")),
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The first 8-byte cell that differs, in words. */
function difference(name, want, got) {
  const cells = (hex) => hex.match(/.{1,16}/g) ?? [];
  const value = (cell) =>
    `0x${Buffer.from(cell ?? "", "hex")
      .reverse()
      .toString("hex")}`;
  const [wanted, found] = [cells(want), cells(got)];
  const at = wanted.findIndex((cell, index) => cell !== found[index]);
  return `${name}[${at}] is ${value(found[at])}, natively ${value(wanted[at])}`;
}

const checkOf = (row) => ({
  name: `same as native: ${row.name}`,
  kernels: ["7.2-amd64", "7.2-arm64"],
  objects: { "case.o": programNamed(row.name) },
  script: "bpfrun open case.o load attach run run_work detach globals",
  expect: async (output) => {
    for (const [name, want] of await natively(row)) {
      const got = output.bytes(name).toString("hex");
      assert.ok(got === want, difference(name, want, got));
    }
  },
});

export default CASES.map(checkOf);
