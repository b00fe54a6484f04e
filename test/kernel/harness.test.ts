import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";

// plain scripts without types, so that they run as they are
const script = (path: string) => import(new URL(path, import.meta.url).href);
const { geometricMean, median, slotsOf } = await script("../../bench/measure.mjs");
const { Output } = await script("./harness/output.mjs");
const { mapLimited, run } = await script("./harness/process.mjs");
const { kernelTests } = await script("./harness/paths.mjs");
const { programs } = await script("./harness/programs.mjs");
const { skip, skipReason } = await script("./harness/skip.mjs");

const folder = mkdtempSync(join(tmpdir(), "bpfasm-harness-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("what a guest printed", () => {
  const output = new Output(
    0,
    `some text
{"step":"load","object":"a.o","error":0}
{"global":"small","section":".data","value":"fe"}
{"global":"pair","section":".bss","value":"0100000002000000"}
{"map":"counts","key":"05000000","value":"0700000000000000"}
{"ring":"events","record":"0a0b"}
{"broken
`,
  );

  test("is read as globals, maps and records", () => {
    expect(output.global("small")).toBe(0xfen);
    expect(output.signed("small")).toBe(-2n);
    expect(output.array("pair", 4)).toEqual([1n, 2n]);
    expect(output.map("counts")[0].map((bytes: Buffer) => bytes[0])).toEqual([5, 7]);
    expect([...output.records("events")[0]]).toEqual([10, 11]);
    expect(() => output.assertDone()).not.toThrow();
    expect(() => output.assertGlobals({ small: -2 })).not.toThrow();
    expect(() => output.assertGlobals({ small: 3 })).toThrow(/global small/);
    expect(() => output.global("absent")).toThrow(/no global absent/);
  });

  test("a failed step or status fails the check", () => {
    const failed = new Output(1, '{"step":"load","object":"a.o","error":-22,"said":"no such thing"}');
    expect(() => failed.assertDone()).toThrow(/load a\.o: error -22\nno such thing/);
    expect(() => new Output(-1, "").assertDone()).toThrow(/exit status -1/);
  });
});

test("work is bounded and keeps its order", async () => {
  let running = 0;
  let most = 0;
  const results = await mapLimited([30, 10, 20, 0], 2, async (wait: number) => {
    most = Math.max(most, ++running);
    await new Promise((done) => setTimeout(done, wait));
    running--;
    return wait;
  });
  expect(results).toEqual([30, 10, 20, 0]);
  expect(most).toBe(2);
});

test("a command that fails or never ends has a status", async () => {
  expect((await run("sh", ["-c", "echo out; echo err >&2; exit 3"])).status).toBe(3);
  expect((await run("sleep", ["10"], { timeout: 50 })).status).toBe(-1);
  expect((await run(join(folder, "absent"), [])).status).toBe(-1);
});

test("a skipped check is told from a failed one", () => {
  const thrown = (work: () => unknown) => {
    try {
      return work();
    } catch (error) {
      return skipReason(error);
    }
  };
  expect(thrown(() => skip("no root"))).toBe("no root");
  expect(thrown(() => JSON.parse("{"))).toBeUndefined();
});

test("every program is listed once, by a name of its own", () => {
  const names = programs.map((program: { name: string }) => program.name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(expect.arrayContaining(["entry-exit", "cookie", "latency", "operators"]));
});

test("bench figures", () => {
  expect(median([5, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(geometricMean([1, 4])).toBeCloseTo(2);
  const elf = Buffer.alloc(64 + 2 * 64);
  elf.writeBigUInt64LE(64n, 0x28);
  elf.writeUInt16LE(64, 0x3a);
  elf.writeUInt16LE(2, 0x3c);
  elf.writeBigUInt64LE(6n, 64 + 64 + 8); // alloc and executable
  elf.writeBigUInt64LE(24n, 64 + 64 + 0x20);
  writeFileSync(join(folder, "three.o"), elf);
  expect(slotsOf(join(folder, "three.o"))).toBe(3);
});

const DEB822 = `Types: deb
URIs: http://other.example/tools
Suites: nodistro
Components: main

Types: deb
# a comment
URIs: http://mirror.example/debian
Suites: stable
Components: main
Signed-By: /key
`;

test.each([
  ["sources.list.d/debian.sources", DEB822],
  ["sources.list.d/debian.list", "deb [arch=amd64 signed-by=/key] http://mirror.example/debian stable main\n"],
  ["sources.list", "# none\ndeb [signed-by=/key] http://mirror.example/debian stable main\n"],
])("the private view of apt is made of %s", async (file, text) => {
  const etc = mkdtempSync(join(folder, "etc-"));
  mkdirSync(join(etc, "sources.list.d"));
  writeFileSync(join(etc, file), text);
  const { stdout } = await run("bash", ["-c", 'source "$0" && debian_source "$1"', `${kernelTests}/vm/debian.sh`, etc]);
  expect(stdout).toMatch(/^URIs: http:\/\/mirror\.example\/debian$/m);
  expect(stdout).toMatch(/^Suites: bookworm trixie trixie-backports forky$/m);
  expect(stdout).toMatch(/^Signed-By: \/key$/m);
});
