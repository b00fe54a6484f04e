/** Which operations a program is: read from the structs in the object's data, of any compiler. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DiagSink } from "../../src/diag/diagnostic.ts";
import { compile } from "../../src/driver/index.ts";
import { readObject } from "../../src/elf/reader.ts";
import { linkObject } from "../../src/link/link.ts";
import { kernel } from "../verifier/program.ts";

function usesIn(bytes: Uint8Array): readonly string[] {
  return linkObject(readObject(bytes), kernel, new DiagSink()).map(({ name, structOps }) => {
    const uses = structOps?.map((use) => `${use.variable}=${use.struct}.${use.member}${use.optional ? "?" : ""}`);
    return `${name}: ${uses?.join(" ")}`;
  });
}

const expected = [
  "threshold: first=tcp_congestion_ops.ssthresh second=tcp_congestion_ops.ssthresh",
  "begin: second=tcp_congestion_ops.init",
  "unused: ",
  "later: third=tcp_congestion_ops.no_such?",
];

const source = new URL("objects/ops.bpf.c", import.meta.url);

test("in an object of clang", () => {
  expect(usesIn(readFileSync(new URL("objects/ops.bpf.o", import.meta.url))).toSorted()).toEqual(expected.toSorted());
});

test("in an object of ours", () => {
  const { object } = compile(readFileSync(source, "utf8"), { kernel, verify: false });
  expect(usesIn(object!).toSorted()).toEqual(expected.toSorted());
});
