// Whether what `disasm` prints of an object gives the same bytes again, for objects of both compilers.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { library } from "../../test/kernel/harness/paths.mjs";

/** Adds to each build with an object: { roundTrip: { insns, differences } }. */
export async function addRoundTrips(files) {
  const { roundTrip } = await import(pathToFileURL(library));
  const of = (built) => built?.object && roundTrip(new Uint8Array(readFileSync(built.object)));
  const added = (built) => (built?.object ? { ...built, roundTrip: of(built) } : built);
  return files.map((file) => ({ ...file, ours: added(file.ours), clang: added(file.clang) }));
}
