// Measuring: best times of interleaved runs, which a busy machine disturbs least; sizes of objects.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export const geometricMean = (values) =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

/** Runs each command `rounds` times in turn, after one run that does not count; the best time of each in milliseconds. */
export function interleaved(commands, rounds) {
  const times = commands.map(() => []);
  for (let round = -1; round < rounds; round++) {
    commands.forEach(({ words: [file, ...words], env = {} }, index) => {
      const started = performance.now();
      const how = { encoding: "utf8", timeout: 60_000, env: { ...process.env, ...env } };
      const { status, stderr } = spawnSync(file, words, how);
      if (status !== 0) throw new Error(`${file} ${words.join(" ")}: status ${status}\n${stderr}`);
      if (round >= 0) times[index].push(performance.now() - started);
    });
  }
  return times.map((list) => Math.min(...list));
}

/** Median milliseconds of a function over `rounds` calls, after as many that do not count. */
export function warm(work, rounds) {
  for (let i = 0; i < rounds; i++) work();
  const times = Array.from({ length: rounds }, () => {
    const started = performance.now();
    work();
    return performance.now() - started;
  });
  return median(times);
}

const SHF_EXECINSTR = 4n;

/** Slots of 8 bytes in the executable sections of an ELF64 little-endian object. */
export function slotsIn(bytes) {
  const [start, size, count] = [
    Number(bytes.readBigUInt64LE(0x28)),
    bytes.readUInt16LE(0x3a),
    bytes.readUInt16LE(0x3c),
  ];
  const headers = Array.from({ length: count }, (_, index) => bytes.subarray(start + index * size));
  const code = headers.filter((header) => header.readBigUInt64LE(8) & SHF_EXECINSTR);
  return code.reduce((sum, header) => sum + Number(header.readBigUInt64LE(0x20)) / 8, 0);
}

/** The same of the object in a file. */
export const slotsOf = (path) => slotsIn(readFileSync(path));
