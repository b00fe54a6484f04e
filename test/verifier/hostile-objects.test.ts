/** Objects that were cut off or scribbled on: a verdict, a diagnostic or a refusal to read them, never a crash or a hang. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { randomFrom } from "../../scripts/agreement/random.mjs";
import { DiagSink } from "../../src/diag/diagnostic.ts";
import { compile } from "../../src/driver/compile.ts";
import { ElfError } from "../../src/elf/object-file.ts";
import { readObject } from "../../src/elf/reader.ts";
import { linkObject } from "../../src/link/link.ts";
import { verify } from "../../src/verifier/verify.ts";
import { kernel } from "./program.ts";

/** HOSTILE_RUNS and HOSTILE_SEED: how many, and from which number on. */
const RUNS = Number(process.env.HOSTILE_RUNS ?? 2000);
const SEED = Number(process.env.HOSTILE_SEED ?? 1);
const SLOWEST_MS = 5000;

const SOURCES = [
  "examples/cookie/cookie.bpf",
  "test/kernel/programs/maps.bpf.c",
  "test/kernel/programs/ring.bpf.c",
  "test/kernel/programs/loops.bpf.c",
  "test/kernel/programs/weak.bpf.c",
];

function damaged(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  const copy = bytes.slice();
  const kind = random(10);
  if (kind === 0) return copy.slice(0, random(copy.length));
  const times = 1 + random(kind < 6 ? 3 : 40);
  for (let i = 0; i < times; i++) {
    const at = random(copy.length);
    copy[at] = kind % 2 ? random(256) : copy[at]! ^ (1 << random(8));
  }
  if (kind === 9) copy.copyWithin(random(copy.length), random(copy.length), random(copy.length));
  return copy;
}

/** How long it took to get an answer. */
function judge(bytes: Uint8Array): number {
  const started = performance.now();
  try {
    for (const program of linkObject(readObject(bytes), kernel, new DiagSink()))
      expect(["accepted", "rejected", "unknown"]).toContain(verify(program, kernel, { limit: 3000 }).verdict);
  } catch (error) {
    if (!(error instanceof ElfError)) throw error;
  }
  return performance.now() - started;
}

test("damaged objects get an answer, and soon", { timeout: 60_000 + RUNS * 100 }, () => {
  const objects = SOURCES.flatMap((path) => {
    const { object } = compile(readFileSync(path, "utf8"), { kernel, fileName: path });
    return object ? [object] : [];
  });
  expect(objects.length).toBeGreaterThan(1);
  for (let run = 0; run < RUNS; run++) {
    const random = randomFrom(SEED + run);
    const bytes = damaged(objects[run % objects.length]!, random);
    try {
      expect(judge(bytes)).toBeLessThan(SLOWEST_MS);
    } catch (error) {
      throw new Error(`HOSTILE_SEED=${SEED + run} HOSTILE_RUNS=1`, { cause: error });
    }
  }
});
