// The same source gives the same bytes whatever the folder, clock, locale, user and machine's set-up.
import assert from "node:assert/strict";
import { chmodSync, copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bpfasmArguments } from "../harness/compiler.mjs";
import { project } from "../harness/paths.mjs";
import { mustRun } from "../harness/process.mjs";
import { programNamed } from "../harness/programs.mjs";
import { skip } from "../harness/skip.mjs";

const NAMES = ["cookie", "latency", "packet-record", "data"];
const NOBODY = 65534;

function copyOf({ source }, folder) {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o777);
  const from = join(project, source);
  const to = join(folder, from.split("/").at(-1));
  copyFileSync(from, to);
  if (source.includes("/native/")) {
    for (const header of ["in-kernel.h", "data.h"]) copyFileSync(join(from, "..", header), join(folder, header));
  }
  return to;
}

/** Builds a copy in `folder` under other circumstances; the bytes of the object. */
async function bytesOf(program, folder, { wrap = [], ...options } = {}) {
  const copy = copyOf(program, folder);
  const output = join(folder, "out.o");
  const words = [...wrap, process.execPath, ...bpfasmArguments(copy, output)];
  await mustRun(words[0], words.slice(1), { cwd: folder, ...options });
  return readFileSync(output);
}

const check = (name, circumstances) => ({
  name: `reproducible: ${name}`,
  compilers: ["bpfasm"],
  host: async ({ folder }) => {
    chmodSync(folder, 0o777);
    chmodSync(join(folder, ".."), 0o755);
    for (const program of NAMES.map(programNamed)) {
      const first = await bytesOf(program, join(folder, "first"));
      const again = await bytesOf(
        program,
        join(folder, circumstances.folder ?? "second"),
        circumstances.options?.() ?? {},
      );
      assert.ok(first.equals(again), `${program.source} differs`);
    }
  },
});

const env = (more) => ({ ...process.env, ...more });

export default [
  check("again", {}),
  check("another folder", { folder: "deep/er/with a blank" }),
  check("another clock and time zone", {
    options: () => ({
      wrap: ["faketime", "2001-02-03 04:05:06"],
      env: env({ TZ: "Pacific/Chatham", SOURCE_DATE_EPOCH: "7" }),
    }),
  }),
  check("another locale", { options: () => ({ env: env({ LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" }) }) }),
  check("another user and no home", {
    options: () => {
      if (process.getuid() !== 0) skip("becoming another user takes root");
      return { uid: NOBODY, gid: NOBODY, env: { PATH: process.env.PATH } };
    },
  }),
];
