import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folder, good } from "./run.ts";

/** Builds the same file with a cache in `code`; gives the object. */
function built(at: ReturnType<typeof folder>, env: Readonly<Record<string, string>> = {}): Buffer {
  at.put("probe.bpf", good);
  const ran = at.runWith({ BPFASM_CACHE: at.path, ...env }, "build", "probe.bpf", "-o", "-", "--emit", "asm");
  expect(ran).toMatchObject({ code: 0, err: "" });
  return Buffer.from(ran.out);
}

const cached = (at: ReturnType<typeof folder>): readonly string[] =>
  readdirSync(join(at.path, "code")).map((name) => join(at.path, "code", name));

describe("the cache of compiled code", () => {
  test("is written by the first start and used by the next", () => {
    const at = folder();
    const first = built(at);
    const [path, ...others] = cached(at);
    expect(others).toEqual([]);
    const bytes = readFileSync(path!);
    expect(built(at)).toEqual(first);
    expect(readFileSync(path!).equals(bytes)).toBe(true);
  });

  test.each([
    ["damaged", (bytes: Buffer) => bytes.fill(0x55, 5000, 5010)],
    ["cut off", (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)],
    ["empty", () => Buffer.alloc(0)],
  ])("is passed over when it is %s, and written anew", (_, harm) => {
    const at = folder();
    const first = built(at);
    const path = cached(at)[0]!;
    const bytes = readFileSync(path);
    writeFileSync(path, harm(Buffer.from(bytes)));
    expect(built(at)).toEqual(first);
    expect(readFileSync(path).length).toBeGreaterThan(bytes.length / 2);
  });

  test("is not read when others may write it", () => {
    const at = folder();
    const first = built(at);
    const path = cached(at)[0]!;
    writeFileSync(path, "not code at all");
    chmodSync(path, 0o666);
    expect(built(at)).toEqual(first);
  });

  test("is not made where the user wants none, or where it has no place", () => {
    const at = folder();
    mkdirSync(join(at.path, "code"));
    built(at, { NODE_DISABLE_COMPILE_CACHE: "1" });
    expect(cached(at)).toEqual([]);
    at.put("file", "");
    built(at, { BPFASM_CACHE: join(at.path, "file") });
  });
});
